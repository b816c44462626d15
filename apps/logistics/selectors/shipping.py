from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from apps.logistics.models import (
    CallKind,
    CallStatus,
    CarrierCall,
    Parcel,
    Shipment,
    ShipmentStatus,
)
from apps.orders.models import OrderLine, OrderStatus


@dataclass(frozen=True, slots=True)
class ShippableLine:
    """What of one order line may still be sent."""

    line_id: int
    number: str
    sku_code: str
    name: str
    spec_text: str
    image_url: str
    quantity: int


def shippable_lines(order_id: int) -> list[ShippableLine]:
    """Return what is left to ship of a paid order, line by line; nothing if its state forbids shipping."""
    lines = OrderLine.objects.filter(
        order_id=order_id, order__status__in=[OrderStatus.PAID, OrderStatus.PARTIALLY_SHIPPED]
    ).order_by("pk")
    return [
        ShippableLine(
            line_id=line.pk,
            number=line.number,
            sku_code=line.sku_code,
            name=line.name,
            spec_text=line.spec_text,
            image_url=line.image_url,
            quantity=line.unshipped_quantity,
        )
        for line in lines
        if line.unshipped_quantity > 0
    ]


def has_printed_waybill(order_id: int) -> bool:
    """
    Say whether a parcel of this order has a waybill, or one is being asked for: the carrier may know the address.

    From then on the merchant decides on cancelling, and the address stays. A request that was refused counts for
    nothing.
    """
    refused = CarrierCall.objects.filter(
        parcel=OuterRef("pk"),
        kind=CallKind.REQUEST,
        status__in=[CallStatus.REFUSED, CallStatus.STUCK],
    )
    parcels = Parcel.objects.live().filter(shipment__order_id=order_id)
    return bool(parcels.exclude(Q(waybill="") & Exists(refused)).exists())


def shipments_by_order(order_ids: Collection[int]) -> dict[int, list[Shipment]]:
    """
    Return what was sent of each order and what is prepared, oldest first, with lines and parcels.

    Four statements, however many orders; those without any are left out.
    """
    found: dict[int, list[Shipment]] = defaultdict(list)
    has_parcels = Exists(Parcel.objects.live().filter(shipment=OuterRef("pk")))
    is_prepared = Q(status=ShipmentStatus.DRAFT) & Q(has_parcels)
    shipments = Shipment.objects.filter(
        is_prepared | Q(status=ShipmentStatus.SHIPPED), order_id__in=order_ids
    )
    for shipment in shipments.order_by("pk").prefetch_related(
        "lines__order_line", "parcels__carrier"
    ):
        found[shipment.order_id].append(shipment)
    return dict(found)
