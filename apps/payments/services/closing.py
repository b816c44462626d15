"""Ending an attempt: CLOSING is committed before the channel is asked."""

from django.db import transaction

from apps.core import clock
from apps.payments.models import Payment, PaymentStatus


@transaction.atomic
def begin_closing(*, payment_id: int) -> None:
    """Say that the attempt is to end; if it has ended already, nothing happens."""
    payment = Payment.objects.locked().get(pk=payment_id)
    if payment.status in {PaymentStatus.CREATED, PaymentStatus.PENDING}:
        payment.move_to(PaymentStatus.CLOSING, next_poll_at=clock.now())


@transaction.atomic
def finish_closing(*, payment_id: int) -> None:
    """End an attempt that is closing, whether or not the channel has closed; otherwise nothing happens."""
    payment = Payment.objects.locked().get(pk=payment_id)
    if payment.status == PaymentStatus.CLOSING:
        payment.move_to(PaymentStatus.CLOSED)
