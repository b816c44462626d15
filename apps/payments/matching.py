"""Holding what a channel says against our row: whatever differs is not believed (rule book, 2)."""

from apps.payments.gateways.facts import ChannelFact
from apps.payments.models import Payment, Refund


def mismatch(payment: Payment, fact: ChannelFact) -> str:
    """Return what does not match between a row and what a channel says of it; empty if all does."""
    if fact.amount != payment.amount:
        return f"amount {fact.amount} instead of {payment.amount}"
    if fact.currency != payment.currency:
        return f"currency {fact.currency} instead of {payment.currency}"
    if fact.payee != payment.payee:
        return "paid to somebody else"
    if not fact.channel_transaction_no:
        return "the channel gave no transaction number"
    return ""


def contradiction(refund: Refund, fact: ChannelFact) -> str:
    """Return what does not match between a refund and what a channel says of it; empty if all does."""
    if fact.amount is not None and fact.amount != refund.amount:
        return f"amount {fact.amount} instead of {refund.amount}"
    if fact.out_trade_no and fact.out_trade_no != refund.payment.out_trade_no:
        return "of another payment"
    return ""
