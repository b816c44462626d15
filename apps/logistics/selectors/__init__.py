"""Questions about freight, shipments and parcels."""

from apps.logistics.selectors.freight import freight_for, tariffs_for
from apps.logistics.selectors.shipping import (
    ShippableLine,
    has_printed_waybill,
    shipments_by_order,
    shippable_lines,
)
from apps.logistics.selectors.tracks import ParcelTrack, TrackLine, parcels_by_order

__all__ = [
    "ParcelTrack",
    "ShippableLine",
    "TrackLine",
    "freight_for",
    "has_printed_waybill",
    "parcels_by_order",
    "shipments_by_order",
    "shippable_lines",
    "tariffs_for",
]
