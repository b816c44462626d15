"""What time does to trades that wait for money, and to money that waits for a channel."""

import logging
from collections.abc import Callable, Iterable
from datetime import timedelta

from apps.checkout.services import (
    apply_channel_fact,
    apply_notice,
    decide_cancellation,
    expire_trade,
)
from apps.core import clock
from apps.core.errors import Refusal
from apps.core.jobs import job
from apps.orders.models import CancellationDecision, CancellationRequest, Trade
from apps.payments.selectors import list_unapplied_notices
from apps.payments.services import claim_due_polls, claim_due_refunds, query_channel, send_refund

log = logging.getLogger(__name__)

BATCH = 200


@job(every=timedelta(seconds=10))
def expire_unpaid_trades() -> str:
    """Cancel trades whose time to pay is over."""
    due = Trade.objects.overdue().order_by("expires_at").values_list("pk", flat=True)
    return _each("expired", list(due[:BATCH]), lambda trade_id: expire_trade(trade_id=trade_id))


@job(every=timedelta(seconds=5))
def poll_pending_payments() -> str:
    """Ask channels about payments that no notice has spoken of."""
    return _each("polled", claim_due_polls(limit=BATCH), _poll)


@job(every=timedelta(seconds=3))
def send_due_refunds() -> str:
    """Send refunds to their channels, again after a failure, under the same number."""
    return _each("sent", claim_due_refunds(limit=BATCH), _send)


@job(every=timedelta(seconds=10))
def apply_waiting_notices() -> str:
    """Apply notices of the inbox that came before what they speak of, or whose applying was cut short."""
    ids = [notice.pk for notice in list_unapplied_notices(limit=BATCH)]
    return _each("applied", ids, apply_notice)


@job(every=timedelta(minutes=1))
def agree_to_overdue_cancellations() -> str:
    """Say yes to shoppers whom the merchant has not answered in time."""
    due = CancellationRequest.objects.filter(
        decision=CancellationDecision.OPEN, decide_by__lte=clock.now()
    )
    ids = list(due.order_by("decide_by").values_list("pk", flat=True)[:BATCH])
    return _each("agreed", ids, _agree)


def _poll(payment_id: int) -> None:
    fact = query_channel(payment_id)
    if fact is not None:
        apply_channel_fact(fact)


def _send(refund_id: int) -> None:
    fact = send_refund(refund_id)
    if fact is not None:
        apply_channel_fact(fact)


def _agree(request_id: int) -> None:
    decide_cancellation(request_id=request_id, decision=CancellationDecision.AGREED, actor=None)


def _each(what: str, ids: Iterable[int], command: Callable[[int], object]) -> str:
    """Run a command for each row alone: one failure holds nobody up, and the row's own deadline brings it back."""
    done = 0
    for row_id in ids:
        try:
            command(row_id)
        except Refusal:
            continue
        except Exception:
            log.exception("a row of a sweep failed", extra={"what": what, "row_id": row_id})
            continue
        done += 1
    return f"{done} {what}" if done else ""
