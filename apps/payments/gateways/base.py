"""What every channel's adapter can do. One provider, one folder; nothing of it stands elsewhere."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.errors import Refusal
from apps.payments.gateways.charges import Charge, Scene
from apps.payments.gateways.facts import ChannelFact

if TYPE_CHECKING:
    from apps.payments.models import Payment, Refund


class BadNotice(Exception):
    """A notice that is not the channel's, or not to be believed. Nothing of it is kept but a count."""


class NothingNew(Exception):
    """A notice that is the channel's and says nothing that matters: accepted, and not kept."""


class ChannelRefused(Refusal):
    """The channel, or our own settings of it, will not take this payment."""

    code = "CHANNEL_REFUSED"
    http_status = 409
    text = _("This way to pay is not possible for this order: {reason}")


class ChannelUnavailable(Refusal):
    code = "CHANNEL_UNAVAILABLE"
    http_status = 503
    text = _("This way to pay does not answer at the moment. Please try again or choose another.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A verified notice: its own id at the channel, its raw body, and the fact that it states."""

    provider: str
    notice_id: str
    body: str
    fact: ChannelFact


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseAnswer:
    """``is_closed``: nobody can pay any more. ``fact``: it was paid already."""

    is_closed: bool
    fact: ChannelFact | None = None


class RefundOutcome(StrEnum):
    ACCEPTED = "ACCEPTED"  # the channel is at it: ask again
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"  # may be sent again under the same number
    REFUSED = "REFUSED"  # will never succeed: a person's business
    UNKNOWN = "UNKNOWN"  # the channel knows no such refund


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundAnswer:
    """What a channel says to a refund that we send or ask about."""

    outcome: RefundOutcome
    channel_refund_no: str = ""
    reason: str = ""


EXPIRY_MARGIN = timedelta(
    minutes=5
)  # between the channel's clock and ours, and a shopper half-way through


def is_past_paying(payment: "Payment") -> bool:
    """Say whether the channel, which was told until when, cannot take money for this payment any more."""
    return clock.now() > payment.expires_at + EXPIRY_MARGIN


class Gateway(Protocol):
    """One channel. Methods that talk to it raise ``core.outgoing.OutgoingFailed`` when no usable answer comes."""

    name: str
    scenes: tuple[Scene, ...]
    max_refunds: int | None
    refund_window: timedelta

    @property
    def refund_gap(self) -> timedelta:
        """Return how far apart two refunds of one payment have to be."""

    def payee(self) -> str:
        """Return who is paid by this channel's credentials, as facts state it."""

    def create_charge(self, payment: "Payment", *, payer_ip: str, open_id: str) -> Charge:
        """
        Ask for the money; asking again for the same payment gives the same charge.

        :raises ChannelRefused: if the channel says no
        """

    def read_notice(self, request: HttpRequest) -> Notice:
        """
        Verify a notice on its raw body and return it.

        :raises BadNotice: whatever is wrong with it
        :raises NothingNew: if it says nothing that matters
        :raises ChannelNotConfigured: without the keys to verify it nothing is believed
        """

    def query(self, payment: "Payment") -> ChannelFact | None:
        """Ask for the payment's state; ``None`` as long as nothing is decided."""

    def close(self, payment: "Payment") -> CloseAnswer:
        """Ask that nobody can pay any more."""

    def refund(self, refund: "Refund") -> RefundAnswer:
        """Send a refund under its own number; the same number again is the same refund."""

    def query_refund(self, refund: "Refund") -> RefundAnswer:
        """Ask for the refund's state."""
