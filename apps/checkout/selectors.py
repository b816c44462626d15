"""What would it cost? One answer for cart page, confirm page, API and placing."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal

from django.conf import settings

from apps.cart.limits import NotForSale, TooManyLines, must_allow
from apps.cart.models import CartLine
from apps.catalog.selectors import SaleableSku, skus_for_sale
from apps.checkout.baskets import (
    BasketLine,
    BasketQuote,
    NoDeliveryThere,
    PurchaseLimitReached,
)
from apps.core.errors import Refusal
from apps.inventory.selectors import quantities_by_sku
from apps.inventory.services.allocating import out_of_stock
from apps.logistics.freight import FreightTable
from apps.logistics.selectors import tariffs_for
from apps.merchants.selectors import Limits, limits_of
from apps.orders.selectors import bought_quantities
from apps.pricing.basket import Line, PackageFreight
from apps.pricing.engine import price_basket
from apps.pricing.quote import Quote

UNKNOWN_SKU = "?"


def quote_cart(
    lines: Sequence[CartLine], *, shopper_id: int | None, region_code: str = ""
) -> BasketQuote:
    """Return what the selected lines of a cart would cost, and what speaks against any line."""
    selected = [BasketLine(line.sku_id, line.quantity) for line in lines if line.is_selected]
    others = [BasketLine(line.sku_id, line.quantity) for line in lines if not line.is_selected]
    return quote_basket(
        selected, shopper_id=shopper_id, region_code=region_code, only_checked=others
    )


def quote_basket(
    lines: Sequence[BasketLine],
    *,
    shopper_id: int | None,
    region_code: str = "",
    only_checked: Sequence[BasketLine] = (),
) -> BasketQuote:
    """
    Return what a basket would cost now; without a region the freight is left out.

    Lines that cannot be bought are not priced but named under ``problems``; so are those ``only_checked``.
    """
    wanted = _summed(lines)
    every = [*wanted, *only_checked]
    skus = skus_for_sale([line.sku_id for line in every])
    limits = limits_of({sku.merchant_id for sku in skus.values()})
    problems = _problems_of(every, skus, limits, shopper_id)
    good = [line for line in wanted if line.sku_id not in problems]
    freight = _freight_table(good, skus, region_code)
    quote = _price(good, skus, freight)
    if freight is not None:
        problems |= _undeliverable(quote, skus)
        if problems.keys() & {line.sku_id for line in good}:
            good = [line for line in good if line.sku_id not in problems]
            quote = _price(good, skus, freight)
    return BasketQuote(
        quote=quote,
        wanted=tuple(wanted),
        skus=skus,
        problems=problems,
        is_freight_known=freight is not None,
    )


def _summed(lines: Sequence[BasketLine]) -> list[BasketLine]:
    """Add up lines of the same SKU, so that no check sees a part of what is wanted."""
    total: dict[int, int] = {}
    for line in lines:
        total[line.sku_id] = total.get(line.sku_id, 0) + line.quantity
    return [BasketLine(sku_id, quantity) for sku_id, quantity in total.items()]


def _problems_of(
    lines: Sequence[BasketLine],
    skus: Mapping[int, SaleableSku],
    limits: Mapping[int, Limits],
    shopper_id: int | None,
) -> dict[int, Refusal]:
    stock = quantities_by_sku([line.sku_id for line in lines])
    bought = _bought(skus, shopper_id)
    problems: dict[int, Refusal] = {}
    for line in lines:
        sku = skus.get(line.sku_id)
        if sku is None:
            problems[line.sku_id] = NotForSale(name=UNKNOWN_SKU)
            continue
        try:
            _must_be_buyable(sku, line, limits[sku.merchant_id], stock, bought)
        except Refusal as refusal:
            problems[line.sku_id] = refusal
    return problems | _too_many_lines(lines, skus, limits)


def _must_be_buyable(
    sku: SaleableSku,
    line: BasketLine,
    limits: Limits,
    stock: Mapping[int, int],
    bought: Mapping[int, int],
) -> None:
    if not sku.is_saleable:
        raise NotForSale(name=sku.name)
    if stock.get(sku.sku_id, 0) < line.quantity:
        raise out_of_stock({sku.sku_id: max(0, stock.get(sku.sku_id, 0))})
    must_allow(sku, limits, line.quantity)
    had = bought.get(sku.sku_id, 0)
    if sku.max_per_user is not None and had + line.quantity > sku.max_per_user:
        raise PurchaseLimitReached(name=sku.name, limit=sku.max_per_user, bought=had)


def _too_many_lines(
    lines: Sequence[BasketLine], skus: Mapping[int, SaleableSku], limits: Mapping[int, Limits]
) -> dict[int, Refusal]:
    """Refuse the lines beyond what one order of their merchant may hold."""
    places: dict[int, int] = {}
    problems: dict[int, Refusal] = {}
    for line in lines:
        sku = skus.get(line.sku_id)
        if sku is None:
            continue
        places[sku.merchant_id] = places.get(sku.merchant_id, 0) + 1
        most = limits[sku.merchant_id].lines or settings.CART_MAX_LINES
        if places[sku.merchant_id] > most:
            problems[line.sku_id] = TooManyLines(limit=most)
    return problems


def _bought(skus: Mapping[int, SaleableSku], shopper_id: int | None) -> dict[int, int]:
    """Return what the shopper has had of the limited SKUs, within each one's period."""
    if shopper_id is None:
        return {}
    found: dict[int, int] = {}
    periods: dict[int | None, list[int]] = {}
    for sku in skus.values():
        if sku.max_per_user is not None:
            periods.setdefault(sku.max_per_user_days, []).append(sku.sku_id)
    for days, ids in periods.items():
        within = timedelta(days=days) if days else None
        found |= bought_quantities(shopper_id=shopper_id, sku_ids=ids, within=within)
    return found


def _freight_table(
    lines: Sequence[BasketLine], skus: Mapping[int, SaleableSku], region_code: str
) -> FreightTable | None:
    if not region_code:
        return None
    return tariffs_for({skus[line.sku_id].merchant_id for line in lines}, region_code)


def _price(
    lines: Sequence[BasketLine], skus: Mapping[int, SaleableSku], freight: FreightTable | None
) -> Quote:
    priced = [_line_of(line, skus[line.sku_id]) for line in lines]

    def charge(amounts: Mapping[str, Decimal]) -> Sequence[PackageFreight]:
        if freight is None:
            return []
        return [
            PackageFreight(
                merchant_id=package.merchant_id,
                amount=package.amount,
                free_reason=package.free_reason,
                refused_line_keys=package.refused_line_keys,
            )
            for package in freight.charge(priced, amounts)
        ]

    return price_basket(priced, [], charge, vat_percent=settings.VAT_RATE)


def _line_of(line: BasketLine, sku: SaleableSku) -> Line:
    return Line(
        key=str(line.sku_id),
        merchant_id=sku.merchant_id,
        sku_id=sku.sku_id,
        quantity=line.quantity,
        unit_price=sku.unit_price,
        list_price=sku.list_price,
        tiers=sku.tiers,
        category_id=sku.category_id,
        brand_id=sku.brand_id,
        weight_grams=sku.weight_grams,
        volume_cm3=sku.volume_cm3,
        shipping_class_id=sku.shipping_class_id,
    )


def _undeliverable(quote: Quote, skus: Mapping[int, SaleableSku]) -> dict[int, Refusal]:
    return {int(key): NoDeliveryThere(name=skus[int(key)].name) for key in quote.refused_line_keys}
