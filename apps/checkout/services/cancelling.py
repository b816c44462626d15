"""Giving up: an unpaid trade in three steps around the channel, a paid order by paying it back."""

from django.utils.translation import gettext_lazy as _

from apps.checkout.services.returning import refund_whole_order
from apps.checkout.services.settling import apply_channel_fact
from apps.core.actors import Actor
from apps.core.crashpoints import crashpoint
from apps.core.errors import Refusal
from apps.core.retrying import whole_transaction
from apps.core.states import IllegalMove
from apps.inventory.services import release_reservations
from apps.logistics.selectors import has_printed_waybill
from apps.orders.models import (
    CancellationDecision,
    CancellationRequest,
    CancelReason,
    Order,
    OrderLine,
    OrderRefund,
    OrderStatus,
    Trade,
    TradeStatus,
)
from apps.orders.services import (
    ask_to_cancel,
    cancel_unpaid_trade,
    decide_cancellation_request,
)
from apps.payments.selectors import list_live_payments
from apps.payments.services import ask_channel_to_close, begin_closing, finish_closing


class AlreadyPaid(Refusal):
    code = "ALREADY_PAID"
    http_status = 409
    text = _(
        "The payment has just arrived, so the order is paid. You may cancel it as a paid order."
    )


def cancel_trade(*, trade_id: int, reason: CancelReason, actor: Actor | None) -> None:
    """
    Cancel a trade that nobody paid: close its payments, ask the channel, then free everything.

    :raises IllegalMove: if it is paid or cancelled
    :raises AlreadyPaid: if the channel says that it was paid after all; it is a paid trade now
    """
    payment_ids = _begin(trade_id)
    crashpoint("close.pre_channel")
    for payment_id in payment_ids:
        fact = ask_channel_to_close(payment_id)
        if fact is not None:
            apply_channel_fact(fact)
    crashpoint("close.post_channel")
    _finish(trade_id, payment_ids, reason, actor)


def expire_trade(*, trade_id: int) -> None:
    """
    Cancel a trade whose time to pay is over; if it was paid after all, the payment wins.

    :raises IllegalMove: if it is paid or cancelled
    """
    cancel_trade(trade_id=trade_id, reason=CancelReason.EXPIRED, actor=None)


def cancel_order(
    *, order_id: int, reason: str, actor: Actor | None
) -> OrderRefund | CancellationRequest:
    """
    Cancel a paid order that has not shipped: at once, or, with a printed waybill, by asking the merchant.

    :raises IllegalMove: if it is not waiting to be shipped
    :raises CancellationAlreadyAsked: if the merchant was asked before
    """
    if has_printed_waybill(order_id):
        return ask_to_cancel(order_id=order_id, reason=reason, actor=actor)
    return refund_whole_order(order_id=order_id, reason=reason, actor=actor, is_cancellation=True)


@whole_transaction
def decide_cancellation(
    *, request_id: int, decision: CancellationDecision, actor: Actor | None
) -> OrderRefund | None:
    """
    Answer a shopper who asked to cancel; a yes pays the whole order back.

    :raises IllegalMove: if it was answered, or the order has shipped
    """
    order_id, trade_id = CancellationRequest.objects.values_list("order_id", "order__trade_id").get(
        pk=request_id
    )
    Trade.objects.locked().get(pk=trade_id)
    request = decide_cancellation_request(request_id=request_id, decision=decision, actor=actor)
    if decision != CancellationDecision.AGREED:
        return None
    return refund_whole_order(
        order_id=order_id, reason=request.reason, actor=actor, is_cancellation=True
    )


@whole_transaction
def _begin(trade_id: int) -> list[int]:
    """Step 1: from here on nobody can start to pay; the live payments are being closed."""
    trade = Trade.objects.locked().get(pk=trade_id)
    if trade.status != TradeStatus.UNPAID:
        raise IllegalMove(current=trade.status, wanted=TradeStatus.CANCELLED)
    payment_ids = [payment.pk for payment in list_live_payments(trade.number)]
    for payment_id in payment_ids:
        begin_closing(payment_id=payment_id)
    return payment_ids


@whole_transaction
def _finish(
    trade_id: int, payment_ids: list[int], reason: CancelReason, actor: Actor | None
) -> None:
    """Step 3: paid after all, or everything goes back; money that still comes is paid back."""
    trade = Trade.objects.locked().get(pk=trade_id)
    if trade.status == TradeStatus.PAID:
        raise AlreadyPaid
    cancel_unpaid_trade(trade_id=trade_id, reason=reason, actor=actor)
    for payment_id in payment_ids:
        finish_closing(payment_id=payment_id)
    numbers = OrderLine.objects.filter(order__trade_id=trade_id).order_by("pk")
    release_reservations(references=list(numbers.values_list("number", flat=True)), reason=reason)


def can_cancel(order: Order) -> bool:
    """Say whether a shopper may still cancel this order by a button."""
    return order.status in {OrderStatus.UNPAID, OrderStatus.PAID}
