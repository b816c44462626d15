"""Locks in the one order: order, shipment, parcel."""

from apps.logistics.models import Parcel
from apps.orders.models import Order


def lock_parcel(parcel_id: int) -> Parcel:
    """
    Lock a parcel's order and then the parcel, and return it with its shipment and carrier.

    :raises Parcel.DoesNotExist: if there is none
    """
    order_id = Parcel.objects.values_list("shipment__order_id", flat=True).get(pk=parcel_id)
    Order.objects.locked().get(pk=order_id)
    parcel: Parcel = Parcel.objects.locked().select_related("shipment", "carrier").get(pk=parcel_id)
    return parcel
