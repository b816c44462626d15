"""The sellers of the demo shop, their warehouses, and what they take for sending."""

from decimal import Decimal
from typing import Any

from django.db import transaction

from apps.backoffice.demo.reading import read_people, shop_words
from apps.catalog.models import ShippingClass
from apps.inventory.models import Warehouse
from apps.logistics.models import Courier, DispatchAddress, FreightRate, FreightTemplate
from apps.merchants.models import Contract, Merchant
from apps.regions.models import Region


@transaction.atomic
def load_sellers() -> dict[str, Merchant]:
    """Return the three sellers by their codes, made if they were missing, with all they need to sell."""
    merchants = {code: _merchant(code, say) for code, say in shop_words()["merchants"].items()}
    for code, merchant in merchants.items():
        Contract.objects.get_or_create(merchant=merchant)
        for place in read_people()["warehouses"][code]:
            _warehouse(merchant, place)
        _dispatch_address(merchant, read_people()["dispatch"][code])
    for courier in read_people()["couriers"]:
        _courier(merchants[courier["merchant"]], courier)
    classes = _shipping_classes()
    for say in read_people()["freight"]:
        _freight(merchants[say["merchant"]], classes[say["class"]], say)
    return merchants


def _merchant(code: str, say: dict[str, Any]) -> Merchant:
    is_platform = say.get("own", False)
    found: Merchant | None = (
        Merchant.objects.filter(is_platform=True).first()
        if is_platform
        else Merchant.objects.filter(code=code).first()
    )
    return found or Merchant.objects.create(
        code=code,
        name=say["name"],
        name_en=say["en"],
        introduction=say["about"],
        logo=f"merchants/{code}.webp",
        is_platform=is_platform,
        edits_need_review=not is_platform,
    )


def _warehouse(merchant: Merchant, place: dict[str, Any]) -> None:
    Warehouse.objects.get_or_create(
        merchant=merchant,
        code=place["code"],
        defaults={
            "name": place["name"],
            "region": Region.objects.get(code=place["region"]),
            "priority": place["priority"],
        },
    )


def _dispatch_address(merchant: Merchant, say: dict[str, Any]) -> None:
    DispatchAddress.objects.get_or_create(
        merchant=merchant,
        defaults={
            "name": say["name"],
            "phone": say["phone"],
            "region": Region.objects.get(code=say["region"]),
            "street": say["street"],
        },
    )


def _courier(merchant: Merchant, say: dict[str, Any]) -> None:
    Courier.objects.get_or_create(
        merchant=merchant, name=say["name"], defaults={"phone": say["phone"]}
    )


def _shipping_classes() -> dict[str, ShippingClass]:
    return {
        code: ShippingClass.objects.get_or_create(code=code, defaults={"name": say["name"]})[0]
        for code, say in shop_words()["shipping_classes"].items()
    }


def _freight(merchant: Merchant, shipping_class: ShippingClass, say: dict[str, Any]) -> None:
    template, is_new = FreightTemplate.objects.get_or_create(
        merchant=merchant,
        shipping_class=shipping_class,
        defaults={
            "name": say["name"],
            "charge_by": say["by"],
            "free_amount": Decimal(str(say["free"])) if "free" in say else None,
        },
    )
    if not is_new:
        return
    groups, far = read_people()["regions"], say["far"]
    FreightRate.objects.bulk_create(
        [
            _rate(template, [], say["first"][1], say["extra"][1], say),
            FreightRate(template=template, region_codes=groups["refused"], is_refused=True),
            _rate(template, groups["far"], far[0], far[1], say, is_never_free=True)
            if far
            else FreightRate(template=template, region_codes=groups["far"], is_refused=True),
        ]
    )


def _rate(
    template: FreightTemplate,
    codes: list[str],
    first: float,
    extra: float,
    say: dict[str, Any],
    **more: bool,
) -> FreightRate:
    return FreightRate(
        template=template,
        region_codes=codes,
        first_units=say["first"][0],
        first_fee=Decimal(str(first)),
        extra_units=say["extra"][0],
        extra_fee=Decimal(str(extra)),
        **more,
    )
