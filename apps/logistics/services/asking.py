"""Ask carriers about parcels that have gone silent: a push may have been lost on its way."""

import logging

from apps.core import clock
from apps.core.outgoing import OutgoingFailed
from apps.logistics.carriers import ADAPTERS
from apps.logistics.carriers.adapter import CarrierRefused
from apps.logistics.models import Parcel
from apps.logistics.services.problems import silent_parcels
from apps.logistics.services.tracking import record_events
from apps.orders.models import Order

log = logging.getLogger(__name__)
BATCH = 100


def ask_about_silent_parcels() -> int:
    """Ask the carriers that can be asked, outside any transaction, and return how many parcels that were."""
    found = silent_parcels(clock.now()).filter(carrier__adapter__in=ADAPTERS)
    parcels = list(found.select_related("carrier", "shipment")[:BATCH])
    for parcel in parcels:
        _ask_about(parcel)
    return len(parcels)


def _ask_about(parcel: Parcel) -> None:
    phone = Order.objects.get(pk=parcel.shipment.order_id).phone
    adapter = ADAPTERS[parcel.carrier.adapter]
    try:
        events = adapter.list_events(waybill=parcel.waybill, phone=phone)
    except (CarrierRefused, OutgoingFailed) as problem:
        log.warning("a carrier does not say where a parcel is", extra={"problem": str(problem)})
        return
    record_events(parcel_id=parcel.pk, waybill=parcel.waybill, events=events)
