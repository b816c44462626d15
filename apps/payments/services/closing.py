"""Ending an attempt: CLOSING is committed before the channel is asked."""

from django.db import transaction

from apps.core import clock
from apps.core.actors import Actor
from apps.core.states import IllegalMove
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


@transaction.atomic
def recheck_payment(*, payment_id: int, actor: Actor) -> None:
    """
    Let the poller ask the channel about a payment that did not match: what it answers now counts.

    It is closed there if nobody has paid; if somebody has, the money is taken, or frozen again.

    :raises IllegalMove: if the payment is not frozen
    """
    payment = Payment.objects.locked().get(pk=payment_id)
    if payment.status != PaymentStatus.MISMATCH:
        raise IllegalMove(current=payment.status, wanted=PaymentStatus.CLOSED)
    payment.move_to(
        PaymentStatus.CLOSED,
        by=actor,
        reason="to be asked about again",
        next_poll_at=clock.now(),
        poll_count=0,
    )
