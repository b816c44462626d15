"""Getting goods to people."""

from apps.logistics.models.carriers import Carrier, CarrierKind, Courier, DispatchAddress
from apps.logistics.models.freight import ChargeBy, FreightRate, FreightTemplate

__all__ = [
    "Carrier",
    "CarrierKind",
    "ChargeBy",
    "Courier",
    "DispatchAddress",
    "FreightRate",
    "FreightTemplate",
]
