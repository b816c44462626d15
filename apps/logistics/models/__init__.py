"""Getting goods to people."""

from apps.logistics.models.calls import CallKind, CallStatus, CarrierCall, CarrierPush
from apps.logistics.models.carriers import Carrier, CarrierKind, Courier, DispatchAddress
from apps.logistics.models.freight import ChargeBy, FreightRate, FreightTemplate
from apps.logistics.models.parcels import (
    Parcel,
    ParcelMove,
    ParcelProblem,
    ParcelStatus,
    ProblemKind,
    TrackingEvent,
)
from apps.logistics.models.runs import CourierRun, CourierRunMove, RunStatus
from apps.logistics.models.shipments import (
    Shipment,
    ShipmentLine,
    ShipmentMove,
    ShipmentStatus,
)

__all__ = [
    "CallKind",
    "CallStatus",
    "Carrier",
    "CarrierCall",
    "CarrierKind",
    "CarrierPush",
    "ChargeBy",
    "Courier",
    "CourierRun",
    "CourierRunMove",
    "DispatchAddress",
    "FreightRate",
    "FreightTemplate",
    "Parcel",
    "ParcelMove",
    "ParcelProblem",
    "ParcelStatus",
    "ProblemKind",
    "RunStatus",
    "Shipment",
    "ShipmentLine",
    "ShipmentMove",
    "ShipmentStatus",
    "TrackingEvent",
]
