"""Asking channels about payments. Network: never inside a transaction."""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from apps.core import clock
from apps.core.outgoing import OutgoingFailed
from apps.payments.gateways import get_gateway
from apps.payments.gateways.base import CloseAnswer
from apps.payments.gateways.facts import ChannelFact
from apps.payments.models import Payment, PaymentStatus

log = logging.getLogger(__name__)

GIVE_UP_AFTER = timedelta(days=2)  # no channel keeps an unpaid order open for longer


def claim_due_polls(*, limit: int) -> list[int]:
    """Return the ids of payments to ask about now, each put off to its next turn (15 s … 30 min)."""
    with transaction.atomic():
        due = list(
            Payment.objects.to_poll()
            .order_by("next_poll_at")
            .select_for_update(skip_locked=True, of=("self",), no_key=True)[:limit]
        )
        for payment in due:
            payment.poll_count += 1
            payment.next_poll_at = _next_poll(payment)
        Payment.objects.bulk_update(due, ["poll_count", "next_poll_at"])
    return [payment.pk for payment in due]


def query_channel(payment_id: int) -> ChannelFact | None:
    """Ask about one payment; one that ended here is asked to be closed there. ``None``: nothing new."""
    payment = Payment.objects.get(pk=payment_id)
    if payment.status in {PaymentStatus.CLOSING, PaymentStatus.CLOSED}:
        return ask_channel_to_close(payment_id)
    try:
        return get_gateway(payment.provider).query(payment)
    except OutgoingFailed as problem:
        log.warning(
            "channel does not answer", extra={"payment": payment.number, "why": str(problem)}
        )
        return None


def ask_channel_to_close(payment_id: int) -> ChannelFact | None:
    """
    Ask that nobody can pay any more. Return a fact only if it was paid already.

    A channel that is silent, or refuses to close yet, is asked again by the poller.
    """
    payment = Payment.objects.get(pk=payment_id)
    try:
        answer = get_gateway(payment.provider).close(payment)
    except OutgoingFailed as problem:
        log.warning(
            "channel does not close", extra={"payment": payment.number, "why": str(problem)}
        )
        return None
    _note_close(payment, answer)
    return answer.fact


def _note_close(payment: Payment, answer: CloseAnswer) -> None:
    if answer.is_closed:
        Payment.objects.filter(pk=payment.pk).update(is_closed_at_channel=True)


def _next_poll(payment: Payment) -> datetime | None:
    turns = settings.PAYMENTS_POLL_AFTER
    if clock.now() - payment.created_at > GIVE_UP_AFTER:
        return None
    return clock.now() + turns[min(payment.poll_count, len(turns) - 1)]
