"""Questions about payments."""

from collections import defaultdict
from collections.abc import Collection
from decimal import Decimal

from apps.core import clock
from apps.payments.gateways.facts import ChannelFact, FactKind
from apps.payments.gateways.readiness import is_ready
from apps.payments.matching import contradiction, mismatch
from apps.payments.models import (
    Disposition,
    GatewayNotice,
    Payment,
    PaymentChannel,
    Refund,
)


def find_payment_of_fact(fact: ChannelFact) -> Payment | None:
    """Return the payment that a channel speaks of."""
    return Payment.objects.filter(provider=fact.provider, out_trade_no=fact.out_trade_no).first()


def find_refund_of_fact(fact: ChannelFact) -> Refund | None:
    """Return the refund that a channel speaks of."""
    return Refund.objects.filter(provider=fact.provider, number=fact.out_refund_no).first()


def find_applied_payment(reference: str) -> Payment | None:
    """Return the payment whose money a reference has."""
    return Payment.objects.filter(reference=reference, disposition=Disposition.APPLIED).first()


def list_live_payments(reference: str) -> list[Payment]:
    """Return the attempts that may still bring money, oldest first."""
    return list(Payment.objects.live().filter(reference=reference).order_by("pk"))


def payments_by_reference(references: Collection[str]) -> dict[str, list[Payment]]:
    """Return every attempt of each reference with its refunds, oldest first."""
    found: dict[str, list[Payment]] = defaultdict(list)
    rows = Payment.objects.filter(reference__in=references).prefetch_related("refunds", "moves")
    for payment in rows.order_by("pk"):
        found[payment.reference].append(payment)
    return dict(found)


def list_unapplied_notices(*, limit: int) -> list[GatewayNotice]:
    """Return notices of the inbox that are due to be tried again."""
    waiting = GatewayNotice.objects.filter(applied_at=None, due_at__lte=clock.database_now())
    return list(waiting.order_by("due_at")[:limit])


def list_channels(amount: Decimal) -> list[PaymentChannel]:
    """Return the ways in which such an amount can be paid, the preferred first; none that lacks a key."""
    taking = PaymentChannel.objects.taking(amount)
    return [channel for channel in taking if is_ready(channel.provider)]


def problem_of_notice(notice: GatewayNotice) -> str:
    """Return why what a notice says cannot be believed as it stands; empty if it can."""
    fact = notice.fact()
    if fact.kind is FactKind.REFUND:
        refund = find_refund_of_fact(fact)
        return contradiction(refund, fact) if refund else "about no refund of ours"
    payment = notice.payment or find_payment_of_fact(fact)
    if payment is None:
        return "about no payment of ours"
    return mismatch(payment, fact) if fact.kind is FactKind.PAYMENT and fact.is_success else ""
