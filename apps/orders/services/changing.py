"""What a merchant may change: the price of an unpaid order, the address before the waybill, notes."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F, Sum
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import contact_hash
from apps.core.actors import Actor
from apps.core.audit import record_audit
from apps.core.bus import publish
from apps.core.errors import Refusal, VersionConflict
from apps.core.money import ZERO
from apps.core.states import IllegalMove
from apps.orders.events import OrderChanged
from apps.orders.models import Adjustment, Order, OrderLine, OrderStatus, Trade
from apps.orders.services.drafts import AddressSnapshot

MERCHANT_STAGE, MERCHANT_CODE = "MERCHANT", "MERCHANT_REDUCTION"
READDRESSABLE = {OrderStatus.UNPAID, OrderStatus.PAID}


class ReductionTooLarge(Refusal):
    code = "REDUCTION_TOO_LARGE"
    http_status = 409
    text = _("A reduction must leave at least ¥0.01 to pay for the trade.")


@dataclass(frozen=True, slots=True, kw_only=True)
class LinePrice:
    """What a line costs after the merchant's change."""

    line_id: int
    merchant_reduction: Decimal
    tax_amount: Decimal
    freight_amount: Decimal


@transaction.atomic
def reprice_order(
    *, order_id: int, prices: Sequence[LinePrice], expected_version: int, actor: Actor, reason: str
) -> Order:
    """
    Write new prices of an unpaid order; its trade follows. The payment that is open is the caller's.

    :raises IllegalMove: if it is not unpaid
    :raises VersionConflict: if somebody else changed it meanwhile
    :raises ReductionTooLarge: if nothing would be left to pay
    """
    order = _locked_order(order_id, expected_version)
    if order.status != OrderStatus.UNPAID:
        raise IllegalMove(current=order.status, wanted=order.status)
    before = _amounts(order)
    for price in sorted(prices, key=lambda each: each.line_id):
        _reprice_line(price)
    _sum_up(order)
    record_audit(
        "order.repriced", order, actor=actor, before=before, after=_amounts(order), reason=reason
    )
    publish(OrderChanged(order_id=order.pk))
    return order


@transaction.atomic
def readdress_order(
    *,
    order_id: int,
    address: AddressSnapshot,
    expected_version: int,
    actor: Actor | None,
    reason: str,
) -> Order:
    """
    Write another address; whether freight allows it, and that no waybill is printed, the caller has checked.

    :raises IllegalMove: if it has shipped or ended
    :raises VersionConflict: if somebody else changed it meanwhile
    """
    order = _locked_order(order_id, expected_version)
    if order.status not in READDRESSABLE:
        raise IllegalMove(current=order.status, wanted=order.status)
    before = {"region": order.region_text}
    for name, value in asdict(address).items():
        setattr(order, name, value)
    order.phone_hash = contact_hash(address.phone)
    order.version += 1
    order.save(update_fields=[*asdict(address), "phone_hash", "version"])
    record_audit(
        "order.readdressed",
        order,
        actor=actor,
        before=before,
        after={"region": order.region_text},
        reason=reason,
    )
    publish(OrderChanged(order_id=order.pk))
    return order


@transaction.atomic
def leave_note(*, order_id: int, note: str, flag: int, actor: Actor) -> None:
    """Keep a note and a flag for the staff; shoppers never see them."""
    order = Order.objects.locked().get(pk=order_id)
    before: dict[str, Any] = {"note": order.merchant_note, "flag": order.flag}
    order.merchant_note, order.flag = note, flag
    order.save(update_fields=["merchant_note", "flag"])
    record_audit(
        "order.noted", order, actor=actor, before=before, after={"note": note, "flag": flag}
    )


def _locked_order(order_id: int, expected_version: int) -> Order:
    trade_id = Order.objects.values_list("trade_id", flat=True).get(pk=order_id)
    Trade.objects.locked().get(pk=trade_id)
    order = Order.objects.locked().get(pk=order_id)
    if order.version != expected_version:
        raise VersionConflict(version=order.version)
    return order


def _reprice_line(price: LinePrice) -> None:
    line = OrderLine.objects.get(pk=price.line_id)
    earlier = line.adjustments.filter(stage=MERCHANT_STAGE)
    had = sum((each.amount for each in earlier), ZERO)
    earlier.delete()
    if price.merchant_reduction:
        Adjustment.objects.create(
            line=line,
            stage=MERCHANT_STAGE,
            code=MERCHANT_CODE,
            amount=price.merchant_reduction,
        )
    change = price.merchant_reduction - had
    OrderLine.objects.filter(pk=line.pk).guarded_update(
        discount_amount=F("discount_amount") + change,
        payable_amount=F("payable_amount") - change,
        tax_amount=price.tax_amount,
        freight_amount=price.freight_amount,
    )


def _sum_up(order: Order) -> None:
    """Bring the caches of the order and of its trade back in line with the lines."""
    names = ("goods_amount", "discount_amount", "freight_amount", "tax_amount")
    sums = order.lines.aggregate(**{name: Sum(name) for name in names})
    for name in names:
        setattr(order, name, sums[name])
    order.payable_amount = order.goods_amount - order.discount_amount + order.freight_amount
    order.version += 1
    order.save(update_fields=[*names, "payable_amount", "version"])
    totals = ("goods_amount", "discount_amount", "freight_amount", "payable_amount")
    whole = Order.objects.filter(trade_id=order.trade_id).aggregate(**{n: Sum(n) for n in totals})
    if whole["payable_amount"] <= 0:
        raise ReductionTooLarge
    Trade.objects.filter(pk=order.trade_id).guarded_update(**whole)


def _amounts(order: Order) -> dict[str, str]:
    names = ("goods_amount", "discount_amount", "freight_amount", "payable_amount")
    return {name: str(getattr(order, name)) for name in names}
