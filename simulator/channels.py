"""What the till and the postman need to know of a payment channel or a carrier."""

from dataclasses import dataclass
from typing import Any, Protocol

from simulator.rows import Notice, Payment, Refund


@dataclass(frozen=True)
class Envelope:
    """A notice ready to be posted."""

    body: bytes
    headers: dict[str, str]


@dataclass(frozen=True)
class Draft:
    """A notice to be made: where it goes and what it says."""

    url: str
    kind: str
    content: dict[str, Any]


class Notifier(Protocol):
    """Turns notices into signed requests and reads the shop's answers."""

    @property
    def name(self) -> str:
        """Its name in the book and in knobs."""

    @property
    def schedule(self) -> tuple[float, ...]:
        """The waits between deliveries, in seconds of reality."""

    def seal(self, notice: Notice) -> Envelope:
        """Sign the notice as it is sent this time."""

    def is_accepted(self, status: int, body: bytes) -> bool:
        """Tell whether this answer ends the deliveries."""


class Channel(Notifier, Protocol):
    """A payment channel."""

    @property
    def refund_seconds(self) -> float:
        """How long a refund takes after its acceptance."""

    def paid(self, payment: Payment) -> Draft | None:
        """Say that it was paid."""

    def closed(self, payment: Payment) -> Draft | None:
        """Say that its time ran out."""

    def finished(self, payment: Payment) -> Draft | None:
        """Say that it can be refunded no more."""

    def refunded(self, payment: Payment, refund: Refund) -> Draft | None:
        """Say that a refund has ended."""
