"""Money meets trade: what a channel says is applied in one transaction, in any order, any number of times."""

from decimal import Decimal

from django.db import transaction

from apps.checkout.postings import post_late_payment, post_payment
from apps.checkout.services.returning import apply_refund_fact
from apps.core import clock
from apps.core.crashpoints import crashpoint
from apps.core.retrying import whole_transaction
from apps.inventory.services import confirm_reservations
from apps.orders.models import Order, OrderLine, Trade
from apps.orders.selectors import find_trade
from apps.orders.services import mark_trade_paid
from apps.payments.gateways.facts import ChannelFact, FactKind
from apps.payments.models import Disposition, GatewayNotice, Payment, RefundReason
from apps.payments.selectors import find_payment_of_fact, find_refund_of_fact
from apps.payments.services import (
    capture_payment,
    mark_notice_applied,
    put_notice_off,
    refund_payment,
    settle_payment,
)


def apply_notice(notice_id: int) -> None:
    """
    Apply a notice of the inbox. It stays there unapplied if its payment or refund is not known yet.

    Applying twice, or after the poller, changes nothing.
    """
    notice = GatewayNotice.objects.get(pk=notice_id)
    if notice.applied_at is not None:
        return
    if apply_channel_fact(notice.fact()):
        mark_notice_applied(notice_id=notice.pk)
    else:
        put_notice_off(notice_id=notice.pk)
    crashpoint("inbox.post_commit")


def apply_channel_fact(fact: ChannelFact) -> bool:
    """
    Apply what a channel says, whoever brought it: notice, poller, return page or refund sender.

    Return whether it could be matched; a fact about nothing we know is for the inbox.
    """
    if fact.kind is FactKind.REFUND:
        refund = find_refund_of_fact(fact)
        if refund is None:
            return False
        apply_refund_fact(refund_id=refund.pk, fact=fact)
        return True
    payment = find_payment_of_fact(fact)
    if payment is None:
        return False
    _apply_payment_fact(payment_id=payment.pk, reference=payment.reference, fact=fact)
    return True


@whole_transaction
def _apply_payment_fact(*, payment_id: int, reference: str, fact: ChannelFact) -> None:
    """Lock trade, then payment; take the money; give it to the trade or send it back."""
    trade = find_trade(reference)
    locked = Trade.objects.locked().get(pk=trade.pk) if trade else None
    captured = capture_payment(payment_id=payment_id, fact=fact)
    if captured is not None:
        _dispose_of_money(captured, locked)
    crashpoint("pay.apply.pre_commit")


def _dispose_of_money(payment: Payment, trade: Trade | None) -> None:
    if trade is None or not _waits_for(trade, payment):
        settle_payment(payment_id=payment.pk, disposition=Disposition.ORPHANED)
        post_late_payment(payment)
        refund_payment(
            payment_id=payment.pk,
            amount=payment.amount,
            reason=RefundReason.LATE_PAYMENT,
            reference=payment.reference,
            actor=None,
        )
        return
    settle_payment(payment_id=payment.pk, disposition=Disposition.APPLIED)
    confirm_reservations(references=_line_numbers(trade))
    mark_trade_paid(trade_id=trade.pk, paid_at=payment.paid_at or clock.now())
    post_payment(payment, _shares(trade))


def _waits_for(trade: Trade, payment: Payment) -> bool:
    """A trade whose price was changed meanwhile does not take the old amount: it goes back like late money."""
    return trade.is_unpaid and trade.payable_amount == payment.amount


@transaction.atomic
def settle_free_trade(*, trade_id: int) -> None:
    """Call a trade that costs nothing paid: no channel is asked and no money moves."""
    trade = Trade.objects.locked().get(pk=trade_id)
    confirm_reservations(references=_line_numbers(trade))
    mark_trade_paid(trade_id=trade.pk, paid_at=clock.now())


def _line_numbers(trade: Trade) -> list[str]:
    return list(
        OrderLine.objects.filter(order__trade=trade).order_by("pk").values_list("number", flat=True)
    )


def _shares(trade: Trade) -> dict[str, Decimal]:
    """Return what each merchant's order is due of the payment, by merchant code."""
    rows = Order.objects.filter(trade=trade).values_list("merchant__code", "payable_amount")
    return dict(rows)
