"""One order's whole story on one line of time: moves, facts, deliveries, payments, notices, parcels, audit."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from apps.core.bus import EVENTS
from apps.core.models import AuditEntry, Delivery, DeliveryStatus
from apps.core.states import StatusMove
from apps.logistics.models import Parcel, TrackingEvent
from apps.orders.models import Order
from apps.payments.models import GatewayNotice, Payment, Refund


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """One thing that happened. ``look`` is good, bad, waiting or plain."""

    at: datetime
    kind: str
    text: str
    detail: str = ""
    who: str = ""
    look: str = "plain"


def order_timeline(order: Order) -> list[TimelineRow]:
    """Return everything that is known about an order and its trade, oldest first."""
    payments = list(Payment.objects.filter(reference=order.trade.number).order_by("pk"))
    refunds = list(Refund.objects.filter(payment__in=payments).order_by("pk"))
    parcels = list(Parcel.objects.filter(shipment__order=order).order_by("pk"))
    rows = [
        *_moves(_("Trade"), order.trade.number, order.trade.moves.select_related("actor")),
        *_moves(_("Order"), order.number, order.moves.select_related("actor")),
        *_payment_rows(payments),
        *_notice_rows(payments),
        *_refund_rows(refunds),
        *_parcel_rows(parcels),
        *_fact_rows(order, payments, refunds, parcels),
        *_audit_rows(order),
    ]
    return sorted(rows, key=lambda row: row.at)


def _moves(kind: str, number: str, moves: Iterable[StatusMove]) -> Iterator[TimelineRow]:
    for move in moves:
        text = f"{move.from_status or '–'} → {move.to_status}"
        who = str(move.actor) if move.actor else ""
        detail = " · ".join(part for part in (number, move.reason, move.ip or "") if part)
        yield TimelineRow(move.at, kind, text, detail, who)


def _payment_rows(payments: list[Payment]) -> Iterator[TimelineRow]:
    for payment in payments:
        label = f"{_('Payment')} {payment.get_provider_display()}"
        yield from _moves(label, payment.number, payment.moves.select_related("actor"))


def _refund_rows(refunds: list[Refund]) -> Iterator[TimelineRow]:
    for refund in refunds:
        yield from _moves(
            f"{_('Refund')} ¥{refund.amount}", refund.number, refund.moves.select_related("actor")
        )


def _notice_rows(payments: list[Payment]) -> Iterator[TimelineRow]:
    numbers = [payment.out_trade_no for payment in payments]
    for notice in GatewayNotice.objects.filter(out_trade_no__in=numbers):
        is_applied = notice.applied_at is not None
        yield TimelineRow(
            notice.received_at,
            _("Notice"),
            f"{notice.provider} {notice.kind}",
            notice.notice_id,
            look="good" if is_applied else "waiting",
        )


def _parcel_rows(parcels: list[Parcel]) -> Iterator[TimelineRow]:
    for parcel in parcels:
        yield from _moves(
            _("Parcel"), parcel.waybill or str(parcel.pk), parcel.moves.select_related("actor")
        )
    for event in TrackingEvent.objects.filter(parcel__in=parcels):
        yield TimelineRow(event.at, _("Tracking"), event.text, getattr(event, "place", ""))


def _fact_rows(
    order: Order, payments: list[Payment], refunds: list[Refund], parcels: list[Parcel]
) -> Iterator[TimelineRow]:
    """Return each fact, and beside it how its deliveries stand."""
    subjects = [f"order:{order.pk}", f"trade:{order.trade_id}"]
    subjects += [f"payment:{payment.pk}" for payment in payments]
    subjects += [f"refund:{refund.pk}" for refund in refunds]
    subjects += [f"parcel:{parcel.pk}" for parcel in parcels]
    for delivery in Delivery.objects.about(*subjects):
        event = EVENTS.get(delivery.event)
        names = ", ".join(event.names) if event else ""
        handler = delivery.handler.removeprefix("apps.").replace(".handlers.", ".")
        yield TimelineRow(
            delivery.created_at,
            _("Fact"),
            f"{delivery.event} ({names})" if names else delivery.event,
            f"→ {handler} · {delivery.get_status_display()}" if handler else _("nobody listens"),
            look=_LOOKS[DeliveryStatus(delivery.status)],
        )


_LOOKS = {
    DeliveryStatus.DONE: "good",
    DeliveryStatus.WAITING: "waiting",
    DeliveryStatus.STUCK: "bad",
}


def _audit_rows(order: Order) -> Iterator[TimelineRow]:
    entries = AuditEntry.objects.filter(target_type="orders.order", target_id=str(order.pk))
    for entry in entries.select_related("actor"):
        changed = ", ".join(
            f"{name}: {entry.before.get(name, '–')} → {after}"
            for name, after in entry.after.items()
            if entry.before.get(name) != after
        )
        yield TimelineRow(
            entry.at,
            _("Audit"),
            entry.action,
            " · ".join(part for part in (changed, entry.reason) if part),
            str(entry.actor or ""),
        )
