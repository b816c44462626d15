"""How the journey's money stands in the ledger: one posting per payment and per refund."""

from collections.abc import Mapping
from decimal import Decimal

from apps.ledger.models import PostingKind
from apps.ledger.services import post
from apps.payments.models import Payment, Refund

SUSPENSE = "suspense:late"


def channel_account(provider: str) -> str:
    return f"channel:{provider.lower()}"


def merchant_account(code: str) -> str:
    """Return the account of what the platform holds for a merchant until it is settled."""
    return f"merchant:{code}:pending"


def post_payment(payment: Payment, shares: Mapping[str, Decimal]) -> None:
    """Post a payment that was applied: the channel owes us, we hold it for the merchants."""
    entries = {merchant_account(code): -amount for code, amount in shares.items()}
    _post(PostingKind.PAYMENT, payment, payment.number, payment.amount, entries)


def post_late_payment(payment: Payment) -> None:
    """Post money that no trade waits for."""
    _post(PostingKind.PAYMENT, payment, payment.number, payment.amount, {SUSPENSE: -payment.amount})


def post_refund(refund: Refund, merchant_code: str | None) -> None:
    """Post money that went back: out of what was held for the merchant, or out of suspense."""
    account = merchant_account(merchant_code) if merchant_code else SUSPENSE
    _post(
        PostingKind.REFUND,
        refund.payment,
        refund.number,
        -refund.amount,
        {account: refund.amount},
    )


def _post(
    kind: PostingKind,
    payment: Payment,
    reference: str,
    at_channel: Decimal,
    others: Mapping[str, Decimal],
) -> None:
    post(
        kind=kind,
        reference=reference,
        entries={channel_account(payment.provider): at_channel, **others},
        currency=payment.currency,
    )
