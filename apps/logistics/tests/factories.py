from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import factory
from django.db import transaction
from factory.django import DjangoModelFactory

from apps.catalog.tests.factories import MerchantFactory
from apps.core import clock
from apps.core.models import AuditEntry
from apps.inventory.allocation import Allocation
from apps.inventory.services import confirm_reservations, reserve_stock
from apps.inventory.tests.factories import StockItemFactory
from apps.logistics import models
from apps.logistics.known_carriers import KNOWN_CARRIERS, write_known_carriers
from apps.logistics.selectors import shippable_lines
from apps.orders.models import Order, OrderLine
from apps.orders.services import (
    AddressSnapshot,
    NewLine,
    NewOrder,
    NewTrade,
    create_trade,
    mark_trade_paid,
)
from apps.regions.models import Region, RegionLevel

XIHU = [("330000", "浙江省"), ("330100", "杭州市"), ("330106", "西湖区")]
NANSHAN = [("440000", "广东省"), ("440300", "深圳市"), ("440305", "南山区")]


def a_region(path):
    """Return the last region of a path from the province down, making what is missing."""
    region = None
    for level, (code, name) in zip(RegionLevel, path, strict=False):
        region, _ = Region.objects.get_or_create(
            code=code, defaults={"name": name, "level": level, "parent": region}
        )
    return region


def a_carrier(code):
    """Return one of the known carriers, which a test with real commits may have swept away."""
    write_known_carriers(models.Carrier.objects)
    assert code in KNOWN_CARRIERS
    return models.Carrier.objects.get(code=code)


class DispatchAddressFactory(DjangoModelFactory):
    class Meta:
        model = models.DispatchAddress

    merchant = factory.SubFactory(MerchantFactory)
    name = "云集仓"
    phone = "13800000001"
    region = factory.LazyFunction(lambda: a_region(XIHU))
    street = "文一西路 969 号"


@transaction.atomic
def a_paid_order(*, quantities=(2, 3), merchant=None, shopper=None, on_hand=100):
    """Return an order of one merchant that is paid and whose stock is held for it, as checkout leaves it."""
    a_carrier("sf")
    merchant = merchant or MerchantFactory()
    if not models.DispatchAddress.objects.filter(merchant=merchant).exists():
        DispatchAddressFactory(merchant=merchant)
    items = [StockItemFactory(sku__spu__merchant=merchant, on_hand=on_hand) for _ in quantities]
    lines = [_new_line(item.sku, count) for item, count in zip(items, quantities, strict=True)]
    trade = create_trade(_new_trade(merchant, shopper, lines))
    order = Order.objects.get(trade=trade)
    numbers = OrderLine.objects.filter(order=order).order_by("pk").values_list("number", flat=True)
    reserve_stock(
        allocations=[
            Allocation(number, item.pk, item.warehouse_id, count)
            for number, item, count in zip(numbers, items, quantities, strict=True)
        ],
        expires_at=trade.expires_at,
    )
    confirm_reservations(references=list(numbers))
    mark_trade_paid(trade_id=trade.pk, paid_at=clock.now())
    order.refresh_from_db()
    return order


def _new_line(sku, quantity):
    amount = Decimal("10.00") * quantity
    return NewLine(
        key=str(sku.pk),
        sku_id=sku.pk,
        sku_version=1,
        sku_code=sku.code,
        spu_slug=sku.spu.slug,
        name="青瓷茶杯",
        spec_text="天青",
        image_url="",
        weight_grams=300,
        volume_cm3=500,
        list_price=None,
        unit_price=Decimal("10.00"),
        quantity=quantity,
        goods_amount=amount,
        discount_amount=Decimal("0.00"),
        payable_amount=amount,
        freight_amount=Decimal("0.00"),
        tax_amount=Decimal("0.00"),
    )


def _new_trade(merchant, shopper, lines):
    region = a_region(NANSHAN)
    return NewTrade(
        owner=f"user:{shopper.pk}" if shopper else f"guest:{uuid4().hex}",
        shopper_id=shopper.pk if shopper else None,
        checkout_key=uuid4(),
        contact_phone="13900000002",
        address=AddressSnapshot(
            recipient="张三",
            phone="13900000002",
            region_code=region.code,
            region_text="广东省 深圳市 南山区",
            street="科技园 1 栋",
        ),
        orders=(NewOrder(merchant_id=merchant.pk, remark="请放门口", lines=tuple(lines)),),
        currency="CNY",
        language="zh-hans",
        expires_at=clock.now() + timedelta(minutes=30),
    )


def everything(order):
    """Return what is left to ship of an order, as ``ship_order`` takes it."""
    return {line.line_id: line.quantity for line in shippable_lines(order.pk)}


class FreightTemplateFactory(DjangoModelFactory):
    class Meta:
        model = models.FreightTemplate

    merchant = factory.SubFactory(MerchantFactory)
    name = factory.Sequence(lambda n: f"运费模板{n}")


class FreightRateFactory(DjangoModelFactory):
    class Meta:
        model = models.FreightRate

    template = factory.SubFactory(FreightTemplateFactory)
    first_fee = Decimal("8.00")
    extra_fee = Decimal("2.00")


class CourierFactory(DjangoModelFactory):
    class Meta:
        model = models.Courier

    merchant = factory.SubFactory(MerchantFactory)
    name = "李师傅"
    phone = "13700000003"


def audit_of(row):
    """Return what the audit log says about a row, oldest first."""
    about = {"target_type": row._meta.label_lower, "target_id": str(row.pk)}
    return list(AuditEntry.objects.filter(**about).order_by("pk"))
