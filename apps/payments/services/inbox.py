"""The inbox of notices."""

import hashlib
from datetime import timedelta

from django.db import transaction
from django.db.models import F

from apps.core import clock
from apps.core.crashpoints import crashpoint
from apps.payments.gateways.base import Notice
from apps.payments.models import GatewayNotice
from apps.payments.selectors import find_payment_of_fact

FIRST_PAUSE = timedelta(seconds=10)
MOST_DOUBLINGS = 12


@transaction.atomic
def record_notice(notice: Notice) -> GatewayNotice:
    """Keep a verified notice, once; committed before the channel is answered."""
    fact = notice.fact
    row, _is_new = GatewayNotice.objects.get_or_create(
        provider=notice.provider,
        notice_id=notice.notice_id,
        defaults={
            "kind": fact.kind,
            "out_trade_no": fact.out_trade_no,
            "out_refund_no": fact.out_refund_no,
            "channel_transaction_no": fact.channel_transaction_no,
            "fact_json": fact.plain(),
            "body": notice.body,
            "body_sha256": hashlib.sha256(notice.body.encode()).hexdigest(),
            "payment": find_payment_of_fact(fact),
            "received_at": clock.now(),
            "due_at": clock.now() + FIRST_PAUSE,
        },
    )
    crashpoint("inbox.pre_commit")
    return row


@transaction.atomic
def mark_notice_applied(*, notice_id: int) -> None:
    """Note that nothing is left to do about a notice; a second time nothing happens."""
    GatewayNotice.objects.filter(pk=notice_id, applied_at=None).update(applied_at=clock.now())


@transaction.atomic
def put_notice_off(*, notice_id: int) -> None:
    """Try a notice again after a growing pause: what it speaks of is not known yet."""
    row = GatewayNotice.objects.locked().get(pk=notice_id)
    pause = FIRST_PAUSE * 2 ** min(row.attempts, MOST_DOUBLINGS)
    GatewayNotice.objects.filter(pk=notice_id).update(
        attempts=F("attempts") + 1, due_at=clock.now() + pause
    )
