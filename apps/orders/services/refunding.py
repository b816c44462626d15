"""What an order gives back. The money itself is payments' business; this keeps the lines true to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.actors import Actor
from apps.core.bus import publish
from apps.core.errors import Refusal
from apps.core.money import ZERO
from apps.core.states import IllegalMove
from apps.orders.events import OrderRefunded
from apps.orders.models import (
    HoldCode,
    Order,
    OrderLine,
    OrderRefund,
    OrderRefundLine,
    OrderRefundStatus,
    OrderStatus,
)
from apps.orders.services.holding import lift_hold, place_hold
from apps.orders.services.shipping import shipped_times


class NothingToRefund(Refusal):
    code = "REFUND_EXCEEDS_PAID"
    http_status = 409
    text = _("At most {refundable} can still be paid back.")


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundPart:
    """What one line gives back: units (0 when only money is), its cash and its share of the freight."""

    line_id: int
    quantity: int
    amount: Decimal
    freight_amount: Decimal = ZERO


@transaction.atomic
def open_order_refund(
    *,
    order_id: int,
    parts: Sequence[RefundPart],
    is_cancellation: bool,
    reason: str,
    actor: Actor | None,
) -> OrderRefund:
    """
    Set money of a paid order aside for paying back, and stop shipping if it is the whole order.

    :raises IllegalMove: if it is not paid, or (a cancellation) has shipped
    :raises NothingToRefund: if more would go back than came
    """
    order = Order.objects.locked().get(pk=order_id)
    _must_allow_refund(order, is_cancellation=is_cancellation)
    amount = sum((part.amount + part.freight_amount for part in parts), ZERO)
    if amount > order.refundable_amount or (amount == 0 and order.payable_amount > 0):
        raise NothingToRefund(refundable=str(order.refundable_amount))
    Order.objects.filter(
        pk=order.pk, refunding_amount__lte=F("payable_amount") - amount
    ).guarded_update(refunding_amount=F("refunding_amount") + amount)
    refund = OrderRefund.objects.create(
        order=order,
        amount=amount,
        is_cancellation=is_cancellation,
        reason=reason,
        requested_by=actor,
        requested_at=clock.now(),
    )
    OrderRefundLine.objects.bulk_create(
        [OrderRefundLine(order_refund=refund, **_columns_of(part)) for part in parts]
    )
    if is_cancellation:
        place_hold(order_id=order.pk, code=HoldCode.REFUND, note=reason, actor=actor)
    return refund


@transaction.atomic
def succeed_order_refund(*, order_refund_id: int) -> OrderRefund:
    """
    Note that the money has reached the shopper: on the lines, on the order, and in its state.

    :raises IllegalMove: if it had ended before
    """
    refund = _locked(order_refund_id)
    _end(refund, OrderRefundStatus.SUCCEEDED)
    Order.objects.filter(pk=refund.order_id).guarded_update(
        refunded_amount=F("refunded_amount") + refund.amount
    )
    for part in refund.lines.select_related("line").order_by("line_id"):
        _apply_to_line(part)
    _move_after_refund(refund)
    publish(OrderRefunded(order_id=refund.order_id, order_refund_id=refund.pk))
    return refund


@transaction.atomic
def abandon_order_refund(*, order_refund_id: int, reason: str) -> OrderRefund:
    """
    Give up a refund for good (a person decided so); its amount can be asked for again.

    :raises IllegalMove: if it had ended before
    """
    refund = _locked(order_refund_id)
    _end(refund, OrderRefundStatus.ABANDONED, reason=reason)
    Order.objects.filter(pk=refund.order_id).guarded_update(
        refunding_amount=F("refunding_amount") - refund.amount
    )
    if refund.is_cancellation:
        lift_hold(order_id=refund.order_id, code=HoldCode.REFUND)
    return refund


def _columns_of(part: RefundPart) -> dict[str, Any]:
    return {
        "line_id": part.line_id,
        "quantity": part.quantity,
        "amount": part.amount,
        "freight_amount": part.freight_amount,
    }


def _must_allow_refund(order: Order, *, is_cancellation: bool) -> None:
    if not order.is_paid or (is_cancellation and order.status != OrderStatus.PAID):
        raise IllegalMove(current=order.status, wanted=OrderStatus.CLOSED_REFUNDED)


def _locked(order_refund_id: int) -> OrderRefund:
    """Lock the order first, then its refund, as every command does."""
    order_id = OrderRefund.objects.values_list("order_id", flat=True).get(pk=order_refund_id)
    Order.objects.locked().get(pk=order_id)
    return OrderRefund.objects.locked().get(pk=order_refund_id)


def _end(refund: OrderRefund, status: OrderRefundStatus, reason: str = "") -> None:
    if refund.status != OrderRefundStatus.REQUESTED:
        raise IllegalMove(current=refund.status, wanted=status)
    refund.status, refund.ended_at = status, clock.now()
    refund.reason = reason[:200] or refund.reason
    refund.save(update_fields=["status", "ended_at", "reason"])


def _apply_to_line(part: OrderRefundLine) -> None:
    unshipped = min(part.quantity, part.line.unshipped_quantity)
    OrderLine.objects.filter(pk=part.line_id).guarded_update(
        refunded_quantity=F("refunded_quantity") + part.quantity,
        refunded_unshipped_quantity=F("refunded_unshipped_quantity") + unshipped,
        refunded_amount=F("refunded_amount") + part.amount,
        refunded_freight_amount=F("refunded_freight_amount") + part.freight_amount,
    )


def _move_after_refund(refund: OrderRefund) -> None:
    """Close an order that gave everything back; call one shipped whose last unshipped unit was refunded."""
    order = Order.objects.get(pk=refund.order_id)
    lines = list(order.lines.all())
    if (
        order.refunded_amount == order.payable_amount
        and order.status != OrderStatus.CLOSED_REFUNDED
    ):
        order.move_to(OrderStatus.CLOSED_REFUNDED, reason=refund.reason)
    elif order.status == OrderStatus.PARTIALLY_SHIPPED and not any(
        line.unshipped_quantity for line in lines
    ):
        order.move_to(OrderStatus.SHIPPED, **shipped_times())
