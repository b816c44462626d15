"""Waiting until everything that was set going has ended: deliveries, notices, refunds."""

import time
from collections.abc import Iterator

from apps.core.jobs import run_job
from apps.core.models import Delivery, DeliveryStatus
from apps.logistics.models import CallStatus, CarrierCall
from apps.payments.models import GatewayNotice, Payment, PaymentStatus, Refund
from apps.payments.models.refunds import UNDER_WAY

JOBS = (
    "checkout.send_due_refunds",
    "checkout.apply_waiting_notices",
    "checkout.poll_pending_payments",
    "core.sweep_deliveries",
    "logistics.make_carrier_calls",
)
LOOK_EVERY = 0.5


def left_to_settle() -> int:
    """Return how many deliveries, notices, payments, refunds and calls to carriers are still under way."""
    return int(
        Delivery.objects.filter(status=DeliveryStatus.WAITING).count()
        + GatewayNotice.objects.filter(applied_at=None, payment__isnull=False).count()
        + Payment.objects.filter(status=PaymentStatus.CLOSING).count()
        + Refund.objects.filter(status__in=UNDER_WAY).count()
        + CarrierCall.objects.filter(status=CallStatus.WAITING, attempts=0).count()
    )


def settle(*, patience: float) -> Iterator[int]:
    """
    Do what the workers do, beside them, until nothing is under way; yield what is left now and then.

    It ends when the patience (seconds) does, whatever is left then.
    """
    until = time.monotonic() + patience
    while (left := left_to_settle()) and time.monotonic() < until:
        yield left
        for name in JOBS:
            run_job(name)
        time.sleep(LOOK_EVERY)
    yield left
