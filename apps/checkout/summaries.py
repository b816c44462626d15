"""A total, explained row by row for people: on the cart, the confirm page and the order."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from apps.checkout.baskets import BasketQuote
from apps.core.money import ZERO
from apps.orders.models import Adjustment, Order
from apps.pricing.stages import Stage


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """One saving; its amount is negative."""

    label: str
    amount: Decimal
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """``goods_amount`` + rows + ``freight_amount`` = ``payable_amount``."""

    goods_amount: Decimal
    rows: Sequence[SummaryRow]
    freight_amount: Decimal
    tax_amount: Decimal
    payable_amount: Decimal
    is_freight_known: bool = True


def summary_of_basket(basket: BasketQuote) -> Summary:
    """Explain what a basket would cost."""
    quote = basket.quote
    savings = (each for each in quote.explanations if each.stage in SAVING_STAGES and each.amount)
    return Summary(
        goods_amount=quote.list_amount,
        rows=[SummaryRow(saving_label(each.stage, each.code), -each.amount) for each in savings],
        freight_amount=quote.freight_amount,
        tax_amount=quote.tax_amount,
        payable_amount=quote.payable_amount,
        is_freight_known=basket.is_freight_known,
    )


def summary_of_order(order: Order, adjustments: Iterable[Adjustment]) -> Summary:
    """Explain what an order cost, as it was agreed."""
    sums: dict[tuple[str, str, str], Decimal] = {}
    for each in adjustments:
        key = (each.stage, each.code, each.offer_ref)
        sums[key] = sums.get(key, ZERO) + each.amount
    return Summary(
        goods_amount=order.goods_amount,
        rows=[
            SummaryRow(saving_label(Stage[stage], code), -amount)
            for (stage, code, _ref), amount in sums.items()
            if amount
        ],
        freight_amount=order.freight_amount,
        tax_amount=order.tax_amount,
        payable_amount=order.payable_amount,
    )


SAVING_STAGES = {
    Stage.UNIT_PRICE,
    Stage.UNIT_RULE,
    Stage.MERCHANT_REDUCTION,
    Stage.PLATFORM_REDUCTION,
    Stage.COUPON,
    Stage.POINTS,
}


def saving_label(stage: Stage, code: str) -> str:
    """Return the words for a saving: those of its code, or else those of its stage."""
    if code == "TIER_PRICE":
        return _("Price for larger quantities")
    return {
        Stage.UNIT_PRICE: _("Special price"),
        Stage.UNIT_RULE: _("Bundle price"),
        Stage.MERCHANT_REDUCTION: _("Reduction by the seller"),
        Stage.PLATFORM_REDUCTION: _("Reduction by EMShop"),
        Stage.COUPON: _("Coupon"),
        Stage.POINTS: _("Points"),
    }.get(stage, _("Reduction"))
