"""Where a shopper's parcels are, ready to be shown."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from apps.logistics.models import (
    Parcel,
    ParcelStatus,
    Shipment,
    ShipmentStatus,
    TrackingEvent,
)

S = ParcelStatus
TONES = {
    S.DELIVERING: "accent",
    S.SIGNED: "good",
    S.EXCEPTION: "warn",
    S.REFUSED: "warn",
    S.RETURNING: "warn",
    S.LOST: "warn",
}
CODE_IS_SHOWN = {S.CREATED, S.LABEL_PRINTED, S.PICKED_UP, S.IN_TRANSIT, S.DELIVERING, S.EXCEPTION}


@dataclass(frozen=True, slots=True)
class TrackLine:
    """One thing that happened to a parcel."""

    title: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ParcelTrack:
    """One parcel as its recipient sees it; ``events`` newest first, ``sign_code`` for our own courier."""

    number: str
    label: str
    status: str
    state_label: str
    state_tone: str
    carrier: str
    carrier_phone: str
    waybill: str
    contents: str
    sign_code: str
    signed_at: datetime | None
    events: tuple[TrackLine, ...]


def parcels_by_order(order_ids: Collection[int]) -> dict[int, list[ParcelTrack]]:
    """
    Return the parcels that have been sent of each order with their tracks, in four statements.

    Orders without any are left out.
    """
    found: dict[int, list[Parcel]] = defaultdict(list)
    for parcel in _sent_parcels(order_ids):
        found[parcel.shipment.order_id].append(parcel)
    return {
        order_id: [
            _track(parcel, place=place, of=len(parcels))
            for place, parcel in enumerate(parcels, start=1)
        ]
        for order_id, parcels in found.items()
    }


def _sent_parcels(order_ids: Collection[int]) -> QuerySet[Parcel]:
    shipments = Shipment.objects.prefetch_related("lines__order_line")
    events = TrackingEvent.objects.order_by("-at", "-pk")
    parcels: QuerySet[Parcel] = (
        Parcel.objects.live()
        .filter(shipment__order_id__in=order_ids, shipment__status=ShipmentStatus.SHIPPED)
        .select_related("carrier")
        .prefetch_related(Prefetch("shipment", shipments), Prefetch("events", events))
        .order_by("pk")
    )
    return parcels


def _track(parcel: Parcel, *, place: int, of: int) -> ParcelTrack:
    status = ParcelStatus(parcel.status)
    return ParcelTrack(
        number=parcel.number,
        label=_("Parcel %(place)s of %(of)s") % {"place": place, "of": of}
        if of > 1
        else _("Parcel"),
        status=status,
        state_label=str(status.label),
        state_tone=TONES.get(status, "info"),
        carrier=str(parcel.carrier),
        carrier_phone=parcel.carrier.phone,
        waybill=parcel.waybill,
        contents=_contents(parcel.shipment),
        sign_code=parcel.sign_code if status in CODE_IS_SHOWN else "",
        signed_at=parcel.signed_at,
        events=tuple(
            TrackLine(title=event.text, text=event.place, at=event.at)
            for event in parcel.events.all()
            if event.waybill == parcel.waybill
        ),
    )


def _contents(shipment: Shipment) -> str:
    return _(", ").join(
        f"{line.order_line.name} × {line.quantity}" for line in shipment.lines.all()
    )
