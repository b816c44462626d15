"""Boxes: with a waybill that was typed in, one that a carrier is asked for, or our own number."""

from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.actors import Actor
from apps.core.bus import publish
from apps.core.errors import InvalidInput, NotFound, Refusal
from apps.logistics.events import ParcelMoved
from apps.logistics.models import (
    CallKind,
    CallStatus,
    Carrier,
    CarrierCall,
    CarrierKind,
    Parcel,
    ParcelStatus,
    Shipment,
    ShipmentStatus,
)
from apps.logistics.models.parcels import new_sign_code
from apps.logistics.services.addressing import must_have_sender
from apps.orders.models import Order
from apps.orders.services import must_not_be_held


class WaybillNotValid(Refusal):
    code = "WAYBILL_NOT_VALID"
    http_status = 422
    text = _("“{waybill}” is not a waybill of {carrier}.")


class WaybillTaken(Refusal):
    code = "WAYBILL_TAKEN"
    http_status = 409
    text = _("The waybill “{waybill}” belongs to another parcel already.")


class NothingToPack(Refusal):
    code = "NOTHING_TO_PACK"
    http_status = 409
    text = _("Nothing of this order is left to be sent.")


@dataclass(frozen=True, slots=True)
class ParcelDraft:
    """Who carries a parcel, and its waybill if somebody has typed it in."""

    carrier_code: str
    waybill: str = ""


def create_parcel(shipment: Shipment, draft: ParcelDraft, *, actor: Actor | None) -> Parcel:
    """
    Write the row of a parcel, and what its carrier has to be told.

    :raises NotFound: if no carrier in use has this code
    :raises WaybillNotValid, WaybillTaken:
    :raises SenderMissing: if the carrier cannot be told where to collect it
    """
    carrier = _carrier(draft.carrier_code)
    parcel = Parcel(shipment=shipment, merchant_id=shipment.merchant_id, carrier=carrier)
    parcel.waybill = parcel.number if carrier.kind == CarrierKind.OWN else draft.waybill
    if carrier.kind == CarrierKind.OWN:
        parcel.sign_code = new_sign_code()
    if parcel.waybill or carrier.kind == CarrierKind.MANUAL:
        check_waybill(carrier, parcel.waybill)
    if not parcel.waybill:
        must_have_sender(shipment.merchant_id)
    save_with_waybill(parcel)
    parcel.record_move("", parcel.status, by=actor)
    tell_carrier(parcel)
    return parcel


@transaction.atomic
def add_parcel(*, shipment_id: int, draft: ParcelDraft, actor: Actor | None) -> Parcel:
    """
    Add one more box to a shipment whose lines fill several.

    :raises InvalidInput: if the shipment was voided or discarded
    """
    order_id = Shipment.objects.values_list("order_id", flat=True).get(pk=shipment_id)
    Order.objects.locked().get(pk=order_id)
    shipment = Shipment.objects.locked().get(pk=shipment_id)
    if shipment.status not in {ShipmentStatus.DRAFT, ShipmentStatus.SHIPPED}:
        raise InvalidInput(field="shipment", reason=shipment.get_status_display())
    return create_parcel(shipment, draft, actor=actor)


@transaction.atomic
def prepare_parcel(*, order_id: int, carrier_code: str, actor: Actor | None) -> Parcel:
    """
    Get the waybill and the label of an order's next parcel ready before it leaves.

    From here on a shopper's cancellation is the merchant's to decide.

    :raises NothingToPack: if nothing waits to be shipped
    :raises OrderHeld: while somebody holds the order back
    :raises InvalidInput: if this carrier's waybills have to be typed in
    """
    must_not_be_held(Order.objects.locked().get(pk=order_id))
    shipment = Shipment.objects.drafts().filter(order_id=order_id).first()
    if shipment is None:
        raise NothingToPack(order=order_id)
    if _carrier(carrier_code).kind == CarrierKind.MANUAL:
        raise InvalidInput(field="carrier", reason=_("its waybills have to be typed in"))
    return create_parcel(shipment, ParcelDraft(carrier_code), actor=actor)


def check_waybill(carrier: Carrier, waybill: str) -> None:
    """
    Refuse what cannot be a waybill of this carrier.

    :raises WaybillNotValid:
    """
    if not waybill.isascii() or not carrier.accepts(waybill):
        raise WaybillNotValid(waybill=waybill[:40], carrier=str(carrier))


def save_with_waybill(parcel: Parcel) -> None:
    """
    Save a parcel; the database says whether its waybill is free.

    :raises WaybillTaken:
    """
    try:
        with transaction.atomic():
            parcel.save()
    except IntegrityError as problem:
        raise WaybillTaken(waybill=parcel.waybill) from problem


def tell_carrier(parcel: Parcel) -> None:
    """Put on record what the carrier has to be asked next: for a waybill, or to be followed."""
    carrier = parcel.carrier
    if not parcel.waybill and carrier.kind == CarrierKind.MACHINE:
        CarrierCall.objects.create(parcel=parcel, kind=CallKind.REQUEST, due_at=clock.now())
    elif parcel.waybill and carrier.tracking_code:
        CarrierCall.objects.get_or_create(
            parcel=parcel, kind=CallKind.SUBSCRIBE, waybill=parcel.waybill
        )


def void_row(parcel: Parcel, order_id: int, *, actor: Actor | None, reason: str) -> None:
    """Void one parcel, under its lock, and let its carrier forget the waybill."""
    parcel.move_to(ParcelStatus.VOIDED, by=actor, reason=reason)
    publish(ParcelMoved(parcel_id=parcel.pk, order_id=order_id, status=ParcelStatus.VOIDED))
    waiting = CarrierCall.objects.filter(parcel=parcel, status=CallStatus.WAITING)
    waiting.exclude(kind=CallKind.CANCEL).filter(lease_until=None).update(
        status=CallStatus.REFUSED, last_error="voided"
    )
    if parcel.waybill and parcel.carrier.kind == CarrierKind.MACHINE:
        CarrierCall.objects.get_or_create(
            parcel=parcel, kind=CallKind.CANCEL, waybill=parcel.waybill
        )


def _carrier(code: str) -> Carrier:
    carrier: Carrier | None = Carrier.objects.active().filter(code=code).first()
    if carrier is None:
        raise NotFound(carrier=code)
    return carrier
