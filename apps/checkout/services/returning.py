"""Money goes back: a row first, the channel next, and everything that follows when it has arrived."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from apps.checkout.postings import post_refund
from apps.core.actors import Actor
from apps.core.crashpoints import crashpoint
from apps.core.errors import Refusal
from apps.core.money import ZERO, split
from apps.core.retrying import whole_transaction
from apps.inventory.services import release_reservations
from apps.orders.models import Order, OrderLine, OrderRefund, OrderRefundStatus, Trade
from apps.orders.services import (
    NothingToRefund,
    RefundPart,
    abandon_order_refund,
    open_order_refund,
    succeed_order_refund,
)
from apps.payments.gateways.facts import ChannelFact
from apps.payments.models import Refund, RefundReason, RefundStatus
from apps.payments.selectors import find_applied_payment
from apps.payments.services import abandon_refund, record_refund_result, refund_payment


class NoMoneyToReturn(Refusal):
    code = "NO_PAYMENT_TO_REFUND"
    http_status = 409
    text = _("There is no payment that this could be paid back from.")


@whole_transaction
def refund_order(
    *, order_id: int, amount: Decimal, reason: str, actor: Actor | None
) -> OrderRefund:
    """
    Pay an amount of an order back, spread over what its lines still hold; the goods stay.

    :raises IllegalMove: if the order is not paid
    :raises NothingToRefund: if more would go back than is left
    """
    order = _locked_order(order_id)
    return _open(order, _parts_of_amount(order, amount), reason, actor, is_cancellation=False)


@whole_transaction
def refund_lines(
    *, order_id: int, amounts: Mapping[int, Decimal], reason: str, actor: Actor | None
) -> OrderRefund:
    """
    Pay back so much of each line (by id); the goods stay.

    :raises IllegalMove, NothingToRefund: as ``refund_order``
    """
    order = _locked_order(order_id)
    left = {line.pk: cash for line, cash, _freight in _rests(order)}
    if any(amount > left.get(line_id, ZERO) for line_id, amount in amounts.items()):
        raise NothingToRefund(refundable=str(sum(left.values(), ZERO)))
    parts = [
        RefundPart(line_id=line_id, quantity=0, amount=amount)
        for line_id, amount in sorted(amounts.items())
    ]
    return _open(order, parts, reason, actor, is_cancellation=False)


@whole_transaction
def refund_whole_order(
    *, order_id: int, reason: str, actor: Actor | None, is_cancellation: bool = False
) -> OrderRefund:
    """
    Pay back everything that an order still holds, freight included; its unshipped goods go back to stock.

    :raises IllegalMove: if it is not paid, or (a cancellation) has shipped
    :raises NothingToRefund: if nothing is left
    """
    order = _locked_order(order_id)
    refunded = _units_asked_back(order)
    parts = [
        RefundPart(
            line_id=line.pk,
            quantity=line.quantity - refunded.get(line.pk, 0),
            amount=cash,
            freight_amount=freight,
        )
        for line, cash, freight in _rests(order)
    ]
    return _open(order, parts, reason, actor, is_cancellation=is_cancellation)


@whole_transaction
def apply_refund_fact(*, refund_id: int, fact: ChannelFact) -> None:
    """Apply what a channel says of a refund: once, whoever brings it."""
    reference = Refund.objects.values_list("payment__reference", flat=True).get(pk=refund_id)
    Trade.objects.locked().filter(number=reference).first()
    order_refund = OrderRefund.objects.filter(refund_id=refund_id).first()
    if order_refund is not None:
        Order.objects.locked().get(pk=order_refund.order_id)
    refund = record_refund_result(refund_id=refund_id, fact=fact)
    if refund is not None and refund.status == RefundStatus.SUCCEEDED:
        _finish(refund, order_refund)
    crashpoint("refund.recorded")


@whole_transaction
def give_up_refund(*, order_refund_id: int, reason: str, actor: Actor | None) -> OrderRefund:
    """
    Give up a refund that only a person could still bring about.

    :raises IllegalMove: if the channel may still execute it
    """
    order_refund = OrderRefund.objects.select_related("refund", "order").get(pk=order_refund_id)
    Trade.objects.locked().get(pk=order_refund.order.trade_id)
    if order_refund.refund is not None:
        abandon_refund(refund_id=order_refund.refund.pk, actor=actor, reason=reason)
    return abandon_order_refund(order_refund_id=order_refund_id, reason=reason)


def _finish(refund: Refund, order_refund: OrderRefund | None) -> None:
    if order_refund is None:  # late money has no order
        post_refund(refund, None)
        return
    post_refund(refund, order_refund.order.merchant.code)
    if order_refund.status == OrderRefundStatus.REQUESTED:
        _settle_with_order(order_refund)


def _settle_with_order(order_refund: OrderRefund) -> None:
    succeed_order_refund(order_refund_id=order_refund.pk)
    lines = OrderLine.objects.filter(order_id=order_refund.order_id, refunded_quantity__gt=0)
    done = [line.number for line in lines.order_by("pk") if line.unshipped_quantity == 0]
    release_reservations(references=done, reason="refunded")


def _open(
    order: Order,
    parts: Sequence[RefundPart],
    reason: str,
    actor: Actor | None,
    *,
    is_cancellation: bool,
) -> OrderRefund:
    order_refund = open_order_refund(
        order_id=order.pk,
        parts=parts,
        is_cancellation=is_cancellation,
        reason=reason,
        actor=actor,
    )
    if order_refund.amount == 0:  # nothing was paid, so nothing goes back
        _settle_with_order(order_refund)
        return order_refund
    payment = find_applied_payment(order.trade.number)
    if payment is None:
        raise NoMoneyToReturn
    why = RefundReason.CANCELLED if is_cancellation else RefundReason.AGREED
    order_refund.refund = refund_payment(
        payment_id=payment.pk,
        amount=order_refund.amount,
        reason=why,
        reference=order.number,
        actor=actor,
    )
    order_refund.save(update_fields=["refund"])
    return order_refund


def _locked_order(order_id: int) -> Order:
    trade_id = Order.objects.values_list("trade_id", flat=True).get(pk=order_id)
    Trade.objects.locked().get(pk=trade_id)
    return Order.objects.select_related("trade").locked().get(pk=order_id)


def _rests(order: Order) -> list[tuple[OrderLine, Decimal, Decimal]]:
    """Return each line with the cash and the freight that no refund has asked for yet."""
    asked: dict[int, list[Decimal]] = {}
    live = order.refunds.exclude(status=OrderRefundStatus.ABANDONED)
    for refund in live.prefetch_related("lines"):
        for part in refund.lines.all():
            sums = asked.setdefault(part.line_id, [ZERO, ZERO])
            sums[0] += part.amount
            sums[1] += part.freight_amount
    rests = []
    for line in order.lines.order_by("pk"):
        cash, freight = asked.get(line.pk, (ZERO, ZERO))
        rests.append((line, line.payable_amount - cash, line.freight_amount - freight))
    return rests


def _units_asked_back(order: Order) -> dict[int, int]:
    units: dict[int, int] = {}
    live = order.refunds.exclude(status=OrderRefundStatus.ABANDONED)
    for refund in live.prefetch_related("lines"):
        for part in refund.lines.all():
            units[part.line_id] = units.get(part.line_id, 0) + part.quantity
    return units


def _parts_of_amount(order: Order, amount: Decimal) -> list[RefundPart]:
    """Spread an amount over the goods that are left, and what goes beyond them over the freight."""
    rests = _rests(order)
    goods = sum((cash for _line, cash, _freight in rests), ZERO)
    freight = sum((share for _line, _cash, share in rests), ZERO)
    if not ZERO < amount <= goods + freight:
        raise NothingToRefund(refundable=str(goods + freight))
    from_goods = min(amount, goods)
    cash_parts = split(from_goods, [cash for _line, cash, _share in rests])
    freight_parts = split(amount - from_goods, [share for _line, _cash, share in rests])
    return [
        RefundPart(line_id=line.pk, quantity=0, amount=cash, freight_amount=share)
        for (line, _cash, _share), cash, share in zip(rests, cash_parts, freight_parts, strict=True)
        if cash or share
    ]
