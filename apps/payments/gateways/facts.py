"""What a channel says of a payment or a refund, once it is verified, whoever brought it."""

from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any


class FactKind(StrEnum):
    """PAYMENT: money came, or finally did not. REFUND: money went back, or did not. CLOSE: nobody can pay any more."""

    PAYMENT = "PAYMENT"
    REFUND = "REFUND"
    CLOSE = "CLOSE"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelFact:
    """
    One verified statement of one channel. Amounts are in ``currency``, two places; times are aware.

    ``payee`` is who the channel says was paid (application and merchant id), to be held against the payment's row.
    """

    provider: str
    kind: FactKind
    is_success: bool
    out_trade_no: str = ""
    channel_transaction_no: str = ""
    amount: Decimal | None = None
    currency: str = "CNY"
    payee: str = ""
    occurred_at: datetime | None = None
    out_refund_no: str = ""
    channel_refund_no: str = ""
    reason: str = ""

    def plain(self) -> dict[str, Any]:
        """Return JSON-ready values that ``from_plain`` reads."""
        values = asdict(self)
        values["amount"] = None if self.amount is None else str(self.amount)
        values["occurred_at"] = self.occurred_at.isoformat() if self.occurred_at else None
        return values


def from_plain(values: dict[str, Any]) -> ChannelFact:
    """Return the fact that ``plain`` wrote."""
    amount, at = values["amount"], values["occurred_at"]
    return ChannelFact(
        **{
            **values,
            "kind": FactKind(values["kind"]),
            "amount": None if amount is None else Decimal(amount),
            "occurred_at": datetime.fromisoformat(at) if at else None,
        }
    )
