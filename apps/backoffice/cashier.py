"""The simulator's control doors: machine shoppers who pay, and the channels' own book."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import urllib3

from apps.payments.gateways.charges import Charge, ChargeKind
from apps.payments.models import Payment

PATIENCE = urllib3.Timeout(connect=3.0, read=120.0)


class NoSimulator(RuntimeError):
    """Nobody answers at the simulator's address, or not in its words."""


@dataclass(slots=True)
class Cashier:
    """One simulator, by its address."""

    url: str
    http: urllib3.PoolManager = field(default_factory=lambda: urllib3.PoolManager(retries=False))

    def pay(self, charges: Sequence[Charge]) -> list[dict[str, Any]]:
        """Open each charge as a shopper's browser would, and pay it; answers come in the same order."""
        return self._decide("pay", [_item(charge) for charge in charges])

    def fail(self, charges: Sequence[Charge]) -> list[dict[str, Any]]:
        """Open each charge, and let the payment fail."""
        return self._decide("fail", [_item(charge) for charge in charges])

    def pay_late(self, payment: Payment) -> list[dict[str, Any]]:
        """Let money arrive for a payment that the channel may have closed."""
        item = {"out_trade_no": payment.out_trade_no, "even_if_closed": True}
        return self._decide("pay", [item])

    def turn(self, **knob: Any) -> None:
        """Let something go wrong."""
        self.ask("POST", "knobs", knob)

    def book(self) -> dict[str, Any]:
        """Return the book: totals per channel and a row for each payment, in fen."""
        return self.ask("GET", "book")

    def ask(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        """
        Call one control door.

        :raises NoSimulator: if nobody answers, or with an error
        """
        try:
            answer = self.http.request(
                method,
                f"{self.url.rstrip('/')}/control/{path}",
                body=None if body is None else json.dumps(body),
                headers={"Content-Type": "application/json"},
                timeout=PATIENCE,
            )
            found: dict[str, Any] = json.loads(answer.data)
        except (urllib3.exceptions.HTTPError, ValueError) as problem:
            raise NoSimulator(f"no simulator answers at {self.url}: {problem}") from problem
        if answer.status >= 300:  # noqa: PLR2004
            raise NoSimulator(f"{method} {path}: {answer.status} {found.get('error', '')}")
        return found

    def _decide(self, decision: str, items: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        if not items:
            return []
        results: list[dict[str, Any]] = self.ask("POST", f"payments/{decision}", items)["results"]
        return results


def _item(charge: Charge) -> dict[str, Any]:
    number = {"out_trade_no": charge.payment_number}
    if charge.kind is ChargeKind.FORM:
        return number | {"form": {"action": charge.url, "fields": dict(charge.fields)}}
    return number | {"pay_url": charge.url or charge.qr_text}
