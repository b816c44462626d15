"""An order in words: its state, what may be done now, what has happened, what it cost."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.core.templatetags.money import money
from apps.orders.models import (
    Order,
    OrderLine,
    OrderMove,
    OrderRefund,
    OrderRefundStatus,
    OrderStatus,
)
from apps.payments.models import Provider

S = OrderStatus
SHOWN_LINES = 3


@dataclass(frozen=True, slots=True)
class Action:
    """A button; only what is possible now is ever made."""

    label: str
    url: str
    is_post: bool = False
    is_primary: bool = False


@dataclass(frozen=True, slots=True)
class Look:
    """How a state is shown: its tone as a badge, its icon and sentence on the order's own page."""

    tone: str
    icon: str
    text: Any
    look: str = ""


LOOKS: Mapping[str, Look] = {
    S.UNPAID: Look("warn", "wallet", gettext_lazy("We keep the goods for you until then.")),
    S.PAID: Look("info", "package", gettext_lazy("The seller is packing.")),
    S.PARTIALLY_SHIPPED: Look("info", "truck", gettext_lazy("A part of it is on its way.")),
    S.SHIPPED: Look("info", "truck", gettext_lazy("It is on its way to you.")),
    S.RECEIVED: Look("good", "package-check", gettext_lazy("We hope you like it."), "good"),
    S.COMPLETED: Look("good", "circle-check", gettext_lazy("Everything is done."), "good"),
    S.CANCELLED: Look("", "circle-x", gettext_lazy("Nothing was charged."), "quiet"),
    S.CLOSED_REFUNDED: Look("", "undo-2", gettext_lazy("Your money has gone back."), "quiet"),
}
STEPS = (
    (gettext_lazy("Placed"), {S.UNPAID}),
    (gettext_lazy("Paid"), {S.PAID}),
    (gettext_lazy("Shipped"), {S.PARTIALLY_SHIPPED, S.SHIPPED}),
    (gettext_lazy("Received"), {S.RECEIVED, S.COMPLETED}),
)


@dataclass(frozen=True, slots=True)
class OrderCard:
    """An order in the list."""

    order: Order
    lines: Sequence[OrderLine]

    @property
    def look(self) -> Look:
        return LOOKS[self.order.status]

    @property
    def shown(self) -> Sequence[OrderLine]:
        return self.lines[:SHOWN_LINES]

    @property
    def more_count(self) -> int:
        return len(self.lines) - len(self.shown)

    @property
    def unit_count(self) -> int:
        return sum(line.quantity for line in self.lines)

    @property
    def actions(self) -> list[Action]:
        return actions_of(self.order)


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the timeline."""

    at: datetime
    title: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    label: str
    state: str


@dataclass(frozen=True, slots=True)
class Fact:
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class OrderView:
    """Everything that the order's page shows beside the order itself."""

    order: Order
    lines: Sequence[OrderLine]
    refunds: Sequence[OrderRefund] = ()
    moves: Sequence[OrderMove] = field(default_factory=list)

    @property
    def look(self) -> Look:
        return LOOKS[self.order.status]

    @property
    def actions(self) -> list[Action]:
        return actions_of(self.order)

    @property
    def steps(self) -> list[Step]:
        return steps_of(self.order)

    @property
    def facts(self) -> list[Fact]:
        return facts_of(self.order, getattr(self.order, "paid_with", None))

    @property
    def events(self) -> list[Event]:
        return events_of(self.moves, self.refunds)


def actions_of(order: Order) -> list[Action]:
    """Return what the shopper may do with an order now, the main thing last."""
    number, trade = order.number, order.trade.number
    if order.status == S.UNPAID:
        give_up = reverse("trade-cancellation", args=[trade])
        return [
            Action(_("Cancel the order"), give_up, is_post=True),
            Action(_("Pay now"), reverse("trade-pay", args=[trade]), is_primary=True),
        ]
    if order.status == S.PAID and not order.refunding_amount:
        return [Action(_("Cancel the order"), reverse("order-cancellation", args=[number]), True)]
    if order.status == S.SHIPPED:
        later = Action(_("Give me more time"), reverse("order-extension", args=[number]), True)
        receipt = Action(
            _("I have received it"), reverse("order-receipt", args=[number]), True, True
        )
        return [receipt] if order.is_receipt_extended else [later, receipt]
    return []


def steps_of(order: Order) -> list[Step]:
    """Return the four steps of an order that is neither cancelled nor refunded."""
    places = [place for place, (_label, states) in enumerate(STEPS) if order.status in states]
    if not places:
        return []
    here, is_over = places[0], order.status == S.COMPLETED
    return [
        Step(str(label), "done" if place < here or is_over else "now" if place == here else "")
        for place, (label, _states) in enumerate(STEPS)
    ]


def facts_of(order: Order, paid_with: str | None) -> list[Fact]:
    """Return the dates of an order and how it was paid."""
    moments = [
        (_("Placed at"), order.placed_at),
        (_("Paid at"), order.paid_at),
        (_("Shipped at"), order.shipped_at),
        (_("Received at"), order.received_at),
        (_("Counts as received at"), order.auto_receive_at if order.status == S.SHIPPED else None),
    ]
    facts = [Fact(label, moment(at)) for label, at in moments if at]
    if paid_with:
        facts.append(Fact(_("Paid with"), str(Provider(paid_with).label)))
    return facts


def moment(at: datetime) -> str:
    """Spell a moment in the shop's time zone and the reader's language."""
    return date_format(timezone.localtime(at), "DATETIME_FORMAT")


def events_of(moves: Iterable[OrderMove], refunds: Iterable[OrderRefund]) -> list[Event]:
    """Return what has happened, the newest first. Who of the staff did it is not for shoppers."""
    events = [Event(move.at, _title(move)) for move in moves]
    for refund in refunds:
        amount = money(refund.amount)
        events.append(
            Event(refund.requested_at, _("Refund of %(amount)s asked for") % {"amount": amount})
        )
        if refund.status == OrderRefundStatus.SUCCEEDED and refund.ended_at:
            events.append(Event(refund.ended_at, _("%(amount)s paid back") % {"amount": amount}))
    return sorted(events, key=lambda event: event.at, reverse=True)


def _title(move: OrderMove) -> str:
    if not move.from_status:
        return _("Order placed")
    return str(OrderStatus(move.to_status).label)
