"""Goods leave the house: the one place where a shipment, the order and the stock change together."""

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.actors import Actor
from apps.core.crashpoints import crashpoint
from apps.core.errors import InvalidInput
from apps.inventory.services import consume_reservations
from apps.logistics.models import Parcel, Shipment, ShipmentLine, ShipmentStatus
from apps.logistics.selectors import shippable_lines
from apps.logistics.services.parcels import ParcelDraft, create_parcel, void_row
from apps.orders.models import Order, OrderLine
from apps.orders.services import record_shipped


@transaction.atomic
def draft_shipment(*, order_id: int) -> None:
    """Put an order on the list of those to be shipped; nothing happens if it stands there or is complete."""
    keep_draft(Order.objects.locked().get(pk=order_id))


@transaction.atomic
def discard_draft(*, order_id: int, actor: Actor | None = None) -> None:
    """Take an order of which nothing is left to ship off the list, and its prepared labels with it."""
    order = Order.objects.locked().get(pk=order_id)
    if shippable_lines(order.pk):
        return
    for shipment in Shipment.objects.drafts().filter(order=order).locked():
        _void_prepared(shipment, keep=None, actor=actor, reason="discarded")
        shipment.move_to(ShipmentStatus.DISCARDED, by=actor)


@transaction.atomic
def ship_order(
    *,
    order_id: int,
    quantities: Mapping[int, int],
    carrier_code: str,
    waybill: str | None = None,
    actor: Actor | None,
) -> Shipment:
    """
    Send units of an order's lines (by line id) in one parcel; more parcels may follow with ``add_parcel``.

    Without a waybill the carrier is asked for one, unless a label was prepared: then that one goes along.

    :raises InvalidInput: without anything to send
    :raises IllegalMove, OrderHeld, TooMuchToShip: as ``record_shipped``
    :raises NotFound: if no carrier in use has this code
    :raises WaybillNotValid, WaybillTaken: if the waybill is not that carrier's, or in use
    """
    if not quantities:
        raise InvalidInput(field="quantities", reason=_("nothing to send"))
    order = record_shipped(order_id=order_id, quantities=quantities, actor=actor)
    shipment = _shipment_to_send(order, actor)
    ShipmentLine.objects.bulk_create(
        ShipmentLine(shipment=shipment, order_line_id=line_id, quantity=quantity)
        for line_id, quantity in sorted(quantities.items())
    )
    _give_parcel(shipment, ParcelDraft(carrier_code, (waybill or "").strip()), actor)
    keep_draft(order)
    crashpoint("shipping.before_stock")
    numbers = OrderLine.objects.filter(pk__in=quantities).values_list("pk", "number")
    consume_reservations(
        quantities={number: quantities[line_id] for line_id, number in numbers},
        reason_reference=shipment.number,
        actor=actor,
    )
    return shipment


def keep_draft(order: Order) -> None:
    """Leave one draft where something is left to ship, under the lock of its order."""
    if not shippable_lines(order.pk) or Shipment.objects.drafts().filter(order=order).exists():
        return
    shipment = Shipment.objects.create(order=order, merchant_id=order.merchant_id)
    shipment.record_move("", ShipmentStatus.DRAFT)


def _shipment_to_send(order: Order, actor: Actor | None) -> Shipment:
    """Send the draft of the order; an order that nobody has put on the list yet gets one now."""
    shipment: Shipment | None = Shipment.objects.drafts().filter(order=order).locked().first()
    if shipment is None:
        shipment = Shipment.objects.create(order=order, merchant_id=order.merchant_id)
        shipment.record_move("", ShipmentStatus.DRAFT, by=actor)
    shipment.move_to(ShipmentStatus.SHIPPED, by=actor, shipped_at=clock.now(), created_by=actor)
    return shipment


def _give_parcel(shipment: Shipment, draft: ParcelDraft, actor: Actor | None) -> None:
    """Take the prepared parcels of this carrier along, or make one; the other prepared ones are void."""
    keep = None if draft.waybill else draft.carrier_code
    _void_prepared(shipment, keep=keep, actor=actor, reason="not used")
    if not shipment.parcels.exclude(status="VOIDED").exists():
        create_parcel(shipment, draft, actor=actor)


def _void_prepared(
    shipment: Shipment, *, keep: str | None, actor: Actor | None, reason: str
) -> None:
    prepared = Parcel.objects.live().filter(shipment=shipment).select_related("carrier")
    for parcel in prepared.locked():
        if parcel.carrier.code != keep:
            void_row(parcel, shipment.order_id, actor=actor, reason=reason)
