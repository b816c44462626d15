"""What went wrong at the packing table: a waybill typed wrongly, a parcel that must not leave."""

from collections.abc import Collection
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.actors import Actor
from apps.core.audit import record_audit
from apps.core.errors import InvalidInput, NotFound, Refusal
from apps.core.states import IllegalMove
from apps.inventory.services import return_to_reservation
from apps.logistics.models import (
    CallKind,
    CallStatus,
    Carrier,
    CarrierKind,
    Parcel,
    ParcelStatus,
    RunStatus,
    Shipment,
    ShipmentStatus,
)
from apps.logistics.services.locking import lock_parcel
from apps.logistics.services.parcels import (
    check_waybill,
    save_with_waybill,
    tell_carrier,
    void_row,
)
from apps.logistics.services.problems import ENDED_BY_PROGRESS, close_all, keep_clock
from apps.logistics.services.shipping import keep_draft
from apps.orders.models import Order
from apps.orders.services import record_unshipped

ENDED: Collection[str] = {
    ParcelStatus.SIGNED,
    ParcelStatus.RETURNED,
    ParcelStatus.LOST,
    ParcelStatus.VOIDED,
}


class TooLateToCorrect(Refusal):
    code = "TOO_LATE_TO_CORRECT"
    http_status = 409
    text = _("A waybill can be corrected for {hours} hours only.")


class TooLateToVoid(Refusal):
    code = "TOO_LATE_TO_VOID"
    http_status = 409
    text = _("A parcel can be voided for {hours} hours and before it is picked up, not later.")


@transaction.atomic
def correct_waybill(
    *,
    parcel_id: int,
    waybill: str,
    carrier_code: str | None = None,
    reason: str = "",
    actor: Actor | None,
) -> Parcel:
    """
    Write another waybill, of another carrier if need be, in place of one that was typed wrongly.

    :raises TooLateToCorrect: after 24 hours
    :raises IllegalMove: if the parcel has ended
    :raises InvalidInput: if a machine gave the waybill, or it is our own number
    :raises WaybillNotValid, WaybillTaken:
    """
    parcel = lock_parcel(parcel_id)
    if parcel.status in ENDED:
        raise IllegalMove(current=parcel.status, wanted=parcel.status)
    if clock.now() > parcel.created_at + settings.LOGISTICS_CORRECTION_WINDOW:
        raise TooLateToCorrect(hours=_hours(settings.LOGISTICS_CORRECTION_WINDOW))
    carrier = _new_carrier(parcel, carrier_code)
    before = {"carrier": parcel.carrier.code, "waybill": parcel.waybill}
    parcel.carrier, parcel.waybill, parcel.last_event_at = carrier, waybill.strip(), None
    check_waybill(carrier, parcel.waybill)
    save_with_waybill(parcel)
    after = {"carrier": carrier.code, "waybill": parcel.waybill}
    record_audit(
        "parcel.waybill_corrected", parcel, actor=actor, before=before, after=after, reason=reason
    )
    tell_carrier(parcel)
    return parcel


@transaction.atomic
def void_parcel(*, parcel_id: int, reason: str, actor: Actor | None) -> None:
    """
    Take back a parcel that nobody has picked up. With the last parcel of a shipment its lines are unshipped:
    the order waits to be shipped again and the stock is held for it as before.

    :raises TooLateToVoid: after 24 hours, or once it was picked up
    :raises IllegalMove: if it has ended, or the order has
    """
    parcel = lock_parcel(parcel_id)
    shipment = Shipment.objects.locked().get(pk=parcel.shipment_id)
    _must_be_voidable(parcel, shipment)
    for run in parcel.runs.exclude(status=RunStatus.WITHDRAWN):
        run.move_to(RunStatus.WITHDRAWN, by=actor, reason=reason[:200])
    void_row(parcel, shipment.order_id, actor=actor, reason=reason[:200])
    close_all(parcel, [*ENDED_BY_PROGRESS, "WAYBILL"], reason)
    is_last = not shipment.parcels.exclude(status=ParcelStatus.VOIDED).exists()
    if is_last and shipment.status == ShipmentStatus.SHIPPED:
        _take_back(shipment, reason[:200], actor)
    record_audit("parcel.voided", parcel, actor=actor, reason=reason)
    keep_clock(shipment.order_id)


def _must_be_voidable(parcel: Parcel, shipment: Shipment) -> None:
    since = shipment.shipped_at or parcel.created_at
    is_late = clock.now() > since + settings.LOGISTICS_VOID_WINDOW
    if is_late or parcel.picked_up_at is not None:
        raise TooLateToVoid(hours=_hours(settings.LOGISTICS_VOID_WINDOW))


def _take_back(shipment: Shipment, reason: str, actor: Actor | None) -> None:
    shipment.move_to(ShipmentStatus.VOIDED, by=actor, reason=reason)
    lines = list(shipment.lines.select_related("order_line").order_by("order_line_id"))
    record_unshipped(
        order_id=shipment.order_id,
        quantities={line.order_line_id: line.quantity for line in lines},
        actor=actor,
        reason=reason,
    )
    keep_draft(Order.objects.get(pk=shipment.order_id))
    for line in lines:
        return_to_reservation(
            reference=line.order_line.number,
            quantity=line.quantity,
            reason_reference=shipment.number,
            actor=actor,
        )


def _new_carrier(parcel: Parcel, code: str | None) -> Carrier:
    is_given = parcel.calls.filter(kind=CallKind.REQUEST, status=CallStatus.DONE).exists()
    if is_given or parcel.carrier.kind == CarrierKind.OWN:
        raise InvalidInput(field="waybill", reason=_("it was not typed in; void the parcel"))
    if code is None or code == parcel.carrier.code:
        return parcel.carrier
    carrier: Carrier | None = Carrier.objects.active().filter(code=code).first()
    if carrier is None:
        raise NotFound(carrier=code)
    if carrier.kind == CarrierKind.OWN:
        raise InvalidInput(field="carrier", reason=_("own couriers have no waybills"))
    return carrier


def _hours(window: timedelta) -> int:
    return int(window.total_seconds() // 3600)
