"""Returning money: the cap is checked under the payment's lock before anybody is asked (rule R11)."""

from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.actors import Actor
from apps.core.bus import publish
from apps.core.errors import Refusal
from apps.core.numbers import new_number
from apps.core.states import IllegalMove
from apps.payments.events import RefundNeedsPerson, RefundSucceeded
from apps.payments.gateways.facts import ChannelFact
from apps.payments.matching import contradiction
from apps.payments.models import Payment, PaymentStatus, Refund, RefundReason, RefundStatus
from apps.payments.models.payments import RECEIVED


class RefundExceedsPayment(Refusal):
    code = "REFUND_EXCEEDS_PAYMENT"
    http_status = 409
    text = _("More would be paid back than was paid: ¥{refundable} are left.")


@transaction.atomic
def refund_payment(
    *, payment_id: int, amount: Decimal, reason: RefundReason, reference: str, actor: Actor | None
) -> Refund:
    """
    Decide that money goes back. The sender takes it from there, under this row's number.

    :raises RefundExceedsPayment: if the sum of refunds would pass what was paid
    :raises IllegalMove: if nothing was paid
    """
    payment = Payment.objects.locked().get(pk=payment_id)
    if payment.status not in RECEIVED:
        raise IllegalMove(current=payment.status, wanted=PaymentStatus.REFUNDED)
    taken = Payment.objects.filter(
        pk=payment.pk, refunding_amount__lte=F("amount") - amount
    ).update(refunding_amount=F("refunding_amount") + amount)
    if taken != 1:
        raise RefundExceedsPayment(refundable=str(payment.amount - payment.refunding_amount))
    refund = Refund.objects.create(
        number=new_number(),
        payment=payment,
        provider=payment.provider,
        amount=amount,
        reason=reason,
        reference=reference,
        requested_by=actor,
        created_at=clock.now(),
        due_at=clock.now(),
    )
    refund.record_move("", RefundStatus.CREATED, by=actor, reason=reason)
    return refund


@transaction.atomic
def record_refund_result(*, refund_id: int, fact: ChannelFact) -> Refund | None:
    """
    Apply what a channel says of a refund; return it if that ended it just now or sent it back to be tried again.

    After ``REFUND_ATTEMPTS`` failures it is a person's business.
    """
    payment_id = Refund.objects.values_list("payment_id", flat=True).get(pk=refund_id)
    payment = Payment.objects.locked().get(pk=payment_id)
    refund = Refund.objects.locked().get(pk=refund_id)
    refund.payment = payment
    if refund.status == RefundStatus.SUCCEEDED:
        return None
    problem = contradiction(refund, fact)
    if problem:
        hand_to_person(refund_id=refund.pk, reason=problem)
        return None
    if not fact.is_success:
        return _note_failure(refund, fact.reason)
    refund.move_to(
        RefundStatus.SUCCEEDED,
        channel_refund_no=fact.channel_refund_no,
        succeeded_at=fact.occurred_at or clock.now(),
    )
    _count_in(payment, refund.amount)
    publish(RefundSucceeded(refund_id=refund.pk))
    return refund


@transaction.atomic
def retry_refund(*, refund_id: int, actor: Actor) -> None:
    """
    Send a refund again that was in a person's hands, under its own number.

    :raises IllegalMove: if it is under way or done
    """
    refund = Refund.objects.locked().get(pk=refund_id)
    refund.move_to(RefundStatus.SUBMITTED, by=actor, due_at=clock.now(), attempts=0)


@transaction.atomic
def abandon_refund(*, refund_id: int, actor: Actor | None, reason: str) -> None:
    """
    Give up a refund that is in a person's hands; its amount may be asked for again.

    :raises IllegalMove: if the channel may still execute it
    """
    payment_id = Refund.objects.values_list("payment_id", flat=True).get(pk=refund_id)
    Payment.objects.locked().get(pk=payment_id)
    refund = Refund.objects.locked().get(pk=refund_id)
    refund.move_to(RefundStatus.ABANDONED, by=actor, reason=reason[:200])
    Payment.objects.filter(pk=payment_id).guarded_update(
        refunding_amount=F("refunding_amount") - refund.amount
    )


@transaction.atomic
def hand_to_person(*, refund_id: int, reason: str) -> None:
    """Stop trying: the channel will never do it."""
    refund = Refund.objects.locked().get(pk=refund_id)
    if refund.can_move_to(RefundStatus.MANUAL):
        refund.move_to(RefundStatus.MANUAL, reason=reason[:200], problem=reason[:300])
        publish(RefundNeedsPerson(refund_id=refund.pk))


def _note_failure(refund: Refund, reason: str) -> Refund | None:
    if not refund.can_move_to(RefundStatus.FAILED):
        return None
    pause = clock.SECOND * 20 * 3**refund.attempts
    refund.move_to(
        RefundStatus.FAILED, reason=reason[:200], problem=reason[:300], due_at=clock.now() + pause
    )
    if refund.attempts >= settings.REFUND_ATTEMPTS:
        hand_to_person(refund_id=refund.pk, reason=reason)
    return refund


def _count_in(payment: Payment, amount: Decimal) -> None:
    total = payment.refunded_amount + amount
    after = PaymentStatus.REFUNDED if total == payment.amount else PaymentStatus.PARTIALLY_REFUNDED
    if payment.status == after:
        Payment.objects.filter(pk=payment.pk).guarded_update(refunded_amount=total)
        payment.refunded_amount = total
    else:
        payment.move_to(after, refunded_amount=total)
