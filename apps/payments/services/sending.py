"""The sender of refunds: claims a row, commits, talks to the channel, and brings back what it said."""

import logging
from datetime import timedelta

from django.db import transaction

from apps.core import clock
from apps.core.crashpoints import crashpoint
from apps.core.outgoing import OutgoingFailed
from apps.payments.gateways import get_gateway
from apps.payments.gateways.base import Gateway, RefundAnswer, RefundOutcome
from apps.payments.gateways.facts import ChannelFact, FactKind
from apps.payments.models import Refund, RefundStatus
from apps.payments.services.refunding import hand_to_person

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
ASK_AGAIN = [timedelta(seconds=s) for s in (5, 15, 60, 300, 1800)]


def claim_due_refunds(*, limit: int) -> list[int]:
    """Return the ids of refunds to send or ask about now; nobody else gets them while the lease runs."""
    with transaction.atomic():
        due = list(
            Refund.objects.due()
            .order_by("due_at")
            .select_for_update(skip_locked=True, of=("self",), no_key=True)
            .values_list("pk", flat=True)[:limit]
        )
        Refund.objects.filter(pk__in=due).update(due_at=clock.now() + LEASE)
    return due


def send_refund(refund_id: int) -> ChannelFact | None:
    """
    Send one refund, or ask about one that was sent, and return what the channel decided; ``None``: not yet.

    The number stays the same whatever happens, so a repeat can never pay twice.
    """
    refund = Refund.objects.select_related("payment").get(pk=refund_id)
    gateway = get_gateway(refund.provider)
    if not _may_go(refund, gateway):
        return None
    was_sent = refund.status in {RefundStatus.SUBMITTED, RefundStatus.PROCESSING}
    if not was_sent:
        _note_submitted(refund)
    crashpoint("refund.pre_call")
    try:
        answer = gateway.query_refund(refund) if was_sent else gateway.refund(refund)
        if was_sent and answer.outcome is RefundOutcome.UNKNOWN:
            answer = gateway.refund(refund)  # the first call was lost on its way
    except OutgoingFailed as problem:
        log.warning("refund unanswered", extra={"refund": refund.number, "why": str(problem)})
        _ask_again(refund)
        return None
    crashpoint("refund.post_call")
    return _read(refund, answer)


def _may_go(refund: Refund, gateway: Gateway) -> bool:
    """Keep the channel's own limits: how late, how often, and how soon after another refund of the payment."""
    payment = refund.payment
    others = payment.refunds.exclude(pk=refund.pk).exclude(submitted_at=None)
    if refund.submitted_at is None:
        if gateway.max_refunds is not None and others.count() >= gateway.max_refunds:
            hand_to_person(refund_id=refund.pk, reason="the channel takes no more refunds of it")
            return False
        if payment.paid_at and clock.now() - payment.paid_at > gateway.refund_window:
            hand_to_person(refund_id=refund.pk, reason="the payment is too old for the channel")
            return False
        last = others.order_by("-submitted_at").first()
        if (
            last is not None
            and last.submitted_at
            and clock.now() - last.submitted_at < gateway.refund_gap
        ):
            wait_until = last.submitted_at + gateway.refund_gap
            Refund.objects.filter(pk=refund.pk).update(due_at=wait_until)
            return False
    return refund.status in {
        RefundStatus.CREATED,
        RefundStatus.SUBMITTED,
        RefundStatus.PROCESSING,
        RefundStatus.FAILED,
    }


@transaction.atomic
def _note_submitted(refund: Refund) -> None:
    locked = Refund.objects.locked().get(pk=refund.pk)
    locked.move_to(RefundStatus.SUBMITTED, submitted_at=clock.now(), attempts=locked.attempts + 1)
    refund.status, refund.attempts = locked.status, locked.attempts
    refund.submitted_at = locked.submitted_at


def _read(refund: Refund, answer: RefundAnswer) -> ChannelFact | None:
    if answer.outcome is RefundOutcome.ACCEPTED:
        _note_accepted(refund)
        return None
    if answer.outcome is RefundOutcome.REFUSED:
        hand_to_person(refund_id=refund.pk, reason=answer.reason)
        return None
    if answer.outcome is RefundOutcome.UNKNOWN:
        _ask_again(refund)
        return None
    return ChannelFact(
        provider=refund.provider,
        kind=FactKind.REFUND,
        is_success=answer.outcome is RefundOutcome.SUCCEEDED,
        out_trade_no=refund.payment.out_trade_no,
        out_refund_no=refund.number,
        channel_refund_no=answer.channel_refund_no,
        amount=refund.amount,
        reason=answer.reason,
    )


@transaction.atomic
def _note_accepted(refund: Refund) -> None:
    locked = Refund.objects.locked().get(pk=refund.pk)
    if locked.status == RefundStatus.SUBMITTED:
        locked.move_to(RefundStatus.PROCESSING)
    _ask_again(locked)


def _ask_again(refund: Refund) -> None:
    waited = clock.now() - (refund.submitted_at or refund.created_at)
    pause = next((each for each in ASK_AGAIN if each > waited), ASK_AGAIN[-1])
    Refund.objects.filter(pk=refund.pk).update(due_at=clock.now() + pause)
