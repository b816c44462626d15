"""Asking for money: the row first, the channel after it is committed."""

from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from apps.core import clock
from apps.core.bus import publish
from apps.core.numbers import new_number
from apps.core.outgoing import OutgoingFailed
from apps.payments.events import PaymentCreated
from apps.payments.gateways import get_gateway
from apps.payments.gateways.base import ChannelRefused, ChannelUnavailable
from apps.payments.gateways.charges import Charge, Scene
from apps.payments.models import Payment, PaymentChannel, PaymentStatus, Purpose
from apps.payments.services.closing import begin_closing


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyRequest:
    """What money is asked for: the reference that it pays, how much, and until when."""

    reference: str
    purpose: Purpose
    amount: Decimal
    currency: str
    subject: str
    expires_at: datetime


@transaction.atomic
def start_payment(
    request: MoneyRequest, *, provider: str, scene: Scene
) -> tuple[Payment, list[int]]:
    """
    Write down that money is asked for, and return the attempt and the ids of others that it supersedes.

    An attempt for the same amount through the same channel and scene that is still open is used again.

    :raises ChannelRefused: if the channel is off, or does not take such an amount or scene
    """
    _must_take(provider, scene, request.amount)
    earlier = list(Payment.objects.live().locked().filter(reference=request.reference))
    same = [each for each in earlier if _is_same(each, provider, scene, request.amount)]
    superseded = [each.pk for each in earlier if each not in same]
    for payment_id in superseded:
        begin_closing(payment_id=payment_id)
    if same:
        return same[0], superseded
    number = new_number()
    payment = Payment.objects.create(
        number=number,
        provider=provider,
        scene=scene,
        **asdict(request),
        payee=get_gateway(provider).payee(),
        out_trade_no=number,
        created_at=clock.now(),
    )
    payment.record_move("", PaymentStatus.CREATED)
    publish(PaymentCreated(payment_id=payment.pk))
    return payment, superseded


def open_charge(payment_id: int, *, payer_ip: str, open_id: str = "") -> Charge:
    """
    Ask the channel and return what the shopper needs to pay. Outside any transaction.

    :raises ChannelRefused: if the channel says no; the attempt has failed
    :raises ChannelUnavailable: if it does not answer; the attempt stays and may be opened again
    """
    payment = Payment.objects.get(pk=payment_id)
    try:
        charge = get_gateway(payment.provider).create_charge(
            payment, payer_ip=payer_ip, open_id=open_id
        )
    except OutgoingFailed as problem:
        _await_end(payment_id)  # it may know of the payment all the same
        raise ChannelUnavailable(retry_after=5) from problem
    except ChannelRefused as refusal:
        _fail(payment_id, str(refusal.details.get("reason", "")))
        raise
    _await_end(payment_id)
    return charge


def _must_take(provider: str, scene: Scene, amount: Decimal) -> None:
    channel = PaymentChannel.objects.taking(amount).filter(provider=provider).first()
    if channel is None:
        raise ChannelRefused(reason=_("it is switched off, or does not take this amount"))
    if scene not in get_gateway(provider).scenes:
        raise ChannelRefused(reason=_("it cannot be used in this way"))


def _is_same(payment: Payment, provider: str, scene: Scene, amount: Decimal) -> bool:
    is_open = payment.status in {PaymentStatus.CREATED, PaymentStatus.PENDING}
    return is_open and (payment.provider, payment.scene, payment.amount) == (
        provider,
        scene,
        amount,
    )


@transaction.atomic
def _await_end(payment_id: int) -> None:
    """From now on the channel may bring money: the poller asks about it."""
    payment = Payment.objects.locked().get(pk=payment_id)
    if payment.status == PaymentStatus.CREATED:
        first = clock.now() + settings.PAYMENTS_POLL_AFTER[0]
        payment.move_to(PaymentStatus.PENDING, next_poll_at=first)


@transaction.atomic
def _fail(payment_id: int, problem: str) -> None:
    payment = Payment.objects.locked().get(pk=payment_id)
    if payment.status == PaymentStatus.CREATED:
        payment.move_to(PaymentStatus.FAILED, reason=problem[:200], problem=problem[:300])
