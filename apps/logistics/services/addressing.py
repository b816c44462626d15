"""Who sends a parcel and who gets it, split as carriers want it."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from apps.core.errors import Refusal
from apps.logistics.carriers.adapter import Contact, WaybillOrder
from apps.logistics.models import DispatchAddress, Parcel, Shipment, ShipmentLine, ShipmentStatus
from apps.logistics.papers.content import PaperLine
from apps.orders.models import Order, OrderLine
from apps.regions.selectors import region_paths_by_code

LEVELS = 3


class SenderMissing(Refusal):
    code = "SENDER_MISSING"
    http_status = 409
    text = _(
        "This merchant has no sender's address yet. Write one down before asking for waybills."
    )


def must_have_sender(merchant_id: int) -> None:
    """
    Check that there is an address to send from.

    :raises SenderMissing:
    """
    if not DispatchAddress.objects.filter(merchant_id=merchant_id).exists():
        raise SenderMissing(merchant=merchant_id)


def waybill_order(parcel: Parcel) -> WaybillOrder:
    """
    Return what a carrier is asked with for this parcel.

    :raises SenderMissing:
    """
    must_have_sender(parcel.merchant_id)
    sender, recipient = contacts_of([parcel])[parcel.pk]
    lines = lines_of(parcel.shipment)
    return WaybillOrder(
        reference=parcel.number,
        sender=sender,
        recipient=recipient,
        goods=[(line.name, quantity) for line, quantity in lines],
        weight_grams=sum(line.weight_grams * quantity for line, quantity in lines),
    )


def contacts_of(parcels: Sequence[Parcel]) -> dict[int, tuple[Contact, Contact]]:
    """Return sender and recipient of each parcel, in three statements."""
    merchants = {parcel.merchant_id for parcel in parcels}
    senders = {
        row.merchant_id: row
        for row in DispatchAddress.objects.filter(merchant_id__in=merchants).select_related(
            "region"
        )
    }
    orders = Order.objects.in_bulk([parcel.shipment.order_id for parcel in parcels])
    codes = {row.region.code for row in senders.values()}
    codes |= {order.region_code for order in orders.values()}
    paths = region_paths_by_code(codes)
    return {
        parcel.pk: (
            _sender(senders.get(parcel.merchant_id), paths),
            _recipient(orders[parcel.shipment.order_id], paths),
        )
        for parcel in parcels
    }


def lines_of(shipment: Shipment) -> list[tuple[OrderLine, int]]:
    """Return what a shipment holds; for a draft, all that the order still has to get."""
    if shipment.status == ShipmentStatus.DRAFT:
        lines = OrderLine.objects.filter(order_id=shipment.order_id).order_by("pk")
        return [(line, line.unshipped_quantity) for line in lines if line.unshipped_quantity]
    rows = ShipmentLine.objects.filter(shipment=shipment).select_related("order_line")
    return [(row.order_line, row.quantity) for row in rows.order_by("order_line_id")]


def paper_lines(shipment: Shipment) -> tuple[PaperLine, ...]:
    return tuple(
        PaperLine(line.sku_code, line.name, line.spec_text, quantity)
        for line, quantity in lines_of(shipment)
    )


def _sender(row: DispatchAddress | None, paths: dict[str, tuple[str, ...]]) -> Contact:
    if row is None:
        return Contact("", "", "", "", "", "")
    return Contact(row.name, row.phone, *_levels(paths.get(row.region.code, ())), row.street)


def _recipient(order: Order, paths: dict[str, tuple[str, ...]]) -> Contact:
    path = paths.get(order.region_code) or (order.region_text,)
    return Contact(order.recipient, order.phone, *_levels(path), order.street)


def _levels(path: tuple[str, ...]) -> tuple[str, str, str]:
    """Return province, city and district; a short path names the last it has again for the city only."""
    province, city, district = (*path, "", "", "")[:LEVELS]
    return province, city or province, district
