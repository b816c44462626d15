"""Taking money: what a channel says is held against the row, under its lock, once."""

import logging

from django.db import transaction

from apps.core import clock
from apps.core.bus import publish
from apps.payments.events import PaymentFailed, PaymentSucceeded
from apps.payments.gateways.facts import ChannelFact, FactKind
from apps.payments.matching import mismatch
from apps.payments.models import Disposition, Payment, PaymentStatus

log = logging.getLogger(__name__)

TAKES_MONEY = {
    PaymentStatus.CREATED,
    PaymentStatus.PENDING,
    PaymentStatus.CLOSING,
    PaymentStatus.CLOSED,
    PaymentStatus.FAILED,
}


@transaction.atomic
def capture_payment(*, payment_id: int, fact: ChannelFact) -> Payment | None:
    """
    Apply what a channel says of a payment; return the payment if its money has arrived just now.

    Said again, or of money that does not match what was asked for, it returns ``None``; the latter
    freezes the payment for a person (rule R16, states 2.2).
    """
    payment = Payment.objects.locked().get(pk=payment_id)
    if fact.kind is FactKind.CLOSE:
        _note_closed(payment)
        return None
    if not fact.is_success:
        _note_failure(payment, fact)
        return None
    if payment.status not in TAKES_MONEY:
        return None
    problem = mismatch(payment, fact)
    if problem:
        _freeze(payment, problem)
        return None
    payment.move_to(
        PaymentStatus.SUCCEEDED,
        channel_transaction_no=fact.channel_transaction_no,
        paid_at=fact.occurred_at or clock.now(),
        next_poll_at=None,
    )
    publish(PaymentSucceeded(payment_id=payment.pk))
    return payment


@transaction.atomic
def settle_payment(*, payment_id: int, disposition: Disposition) -> None:
    """Say what became of money that has arrived; at most one payment of a reference is applied."""
    Payment.objects.filter(
        pk=payment_id, disposition=Disposition.NONE, status=PaymentStatus.SUCCEEDED
    ).guarded_update(disposition=disposition)


def _note_closed(payment: Payment) -> None:
    Payment.objects.filter(pk=payment.pk).update(is_closed_at_channel=True)
    if payment.status in {PaymentStatus.PENDING, PaymentStatus.CLOSING}:
        payment.move_to(PaymentStatus.CLOSED, reason="closed by the channel")


def _note_failure(payment: Payment, fact: ChannelFact) -> None:
    if payment.status == PaymentStatus.PENDING:
        payment.move_to(PaymentStatus.FAILED, reason=fact.reason[:200], problem=fact.reason[:300])
        publish(PaymentFailed(payment_id=payment.pk))


def _freeze(payment: Payment, problem: str) -> None:
    log.error("payment does not match", extra={"payment": payment.number, "problem": problem})
    payment.move_to(PaymentStatus.MISMATCH, reason=problem[:200], problem=problem[:300])
    publish(PaymentFailed(payment_id=payment.pk))
