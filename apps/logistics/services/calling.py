"""Tell carriers what has to be told: claimed by lease, committed, called, recorded."""

from collections.abc import Collection

from django.conf import settings
from django.db import transaction

from apps.core import clock
from apps.core.actors import Actor
from apps.core.audit import record_audit
from apps.core.crashpoints import crashpoint
from apps.core.errors import Refusal
from apps.core.outgoing import OutgoingFailed
from apps.logistics.carriers import ADAPTERS
from apps.logistics.carriers.adapter import CarrierRefused, Waybill
from apps.logistics.carriers.kd100.subscription import subscribe
from apps.logistics.models import (
    CallKind,
    CallStatus,
    CarrierCall,
    Parcel,
    ParcelStatus,
    ProblemKind,
)
from apps.logistics.models.calls import LEASE
from apps.logistics.services.addressing import waybill_order
from apps.logistics.services.locking import lock_parcel
from apps.logistics.services.parcels import tell_carrier
from apps.logistics.services.problems import close_all, keep_clock, open_problem
from apps.orders.models import Order

BATCH = 200
PUSH_PATH = "/carriers/kd100/pushes/"


def make_due_carrier_calls(*, parcel_ids: Collection[int] | None = None, limit: int = BATCH) -> int:
    """Make the calls whose time has come, of some parcels or of all, and return how many were made."""
    for made in range(limit):
        call = _claim(parcel_ids)
        if call is None:
            return made
        make_carrier_call(call)
    return limit


@transaction.atomic
def retry_carrier_call(*, call_id: int, actor: Actor | None) -> None:
    """Let a call that is stuck or was refused be made again; one for a voided parcel stays as it is."""
    parcel, call = _locked(call_id)
    is_pointless = parcel.status == ParcelStatus.VOIDED and call.kind != CallKind.CANCEL
    if call.status not in {CallStatus.STUCK, CallStatus.REFUSED} or is_pointless:
        return
    call.status, call.attempts, call.due_at = CallStatus.WAITING, 0, clock.now()
    call.save(update_fields=["status", "attempts", "due_at"])
    record_audit("carrier.call_retried", call, actor=actor)


def make_carrier_call(call: CarrierCall) -> None:
    """Make one call that was claimed, and record how it went. Runs outside any transaction."""
    parcel = Parcel.objects.select_related("shipment", "carrier").get(pk=call.parcel_id)
    crashpoint("carrier.before_call")
    try:
        waybill = _speak(call, parcel)
    except (CarrierRefused, Refusal) as refusal:
        _record_refusal(call.pk, str(refusal))
    except OutgoingFailed as problem:
        _record_failure(call.pk, str(problem))
    else:
        crashpoint("carrier.after_call")
        _record_done(call.pk, waybill)


@transaction.atomic
def _claim(parcel_ids: Collection[int] | None) -> CarrierCall | None:
    due = CarrierCall.objects.due()
    if parcel_ids is not None:
        due = due.filter(parcel_id__in=parcel_ids)
    call: CarrierCall | None = due.taken().first()
    if call is not None:
        call.lease_until = clock.now() + LEASE
        call.save(update_fields=["lease_until"])
    return call


def _speak(call: CarrierCall, parcel: Parcel) -> Waybill | None:
    """Say it to whom it concerns; only a request brings something back."""
    carrier = parcel.carrier
    if call.kind == CallKind.SUBSCRIBE:
        phone = Order.objects.get(pk=parcel.shipment.order_id).phone
        subscribe(
            company=carrier.tracking_code,
            waybill=call.waybill,
            phone=phone,
            callback_url=settings.SITE_URL.rstrip("/") + PUSH_PATH,
        )
        return None
    adapter = ADAPTERS.get(carrier.adapter)
    if adapter is None:
        raise CarrierRefused(f"no adapter {carrier.adapter!r}")
    if call.kind == CallKind.CANCEL:
        adapter.cancel_waybill(reference=parcel.number, waybill=call.waybill)
        return None
    return adapter.request_waybill(waybill_order(parcel))


@transaction.atomic
def _record_done(call_id: int, waybill: Waybill | None) -> None:
    parcel, call = _locked(call_id)
    if call.status != CallStatus.WAITING:
        return
    call.status, call.done_at = CallStatus.DONE, clock.now()
    call.lease_until, call.last_error = None, ""
    call.attempts += 1
    call.save(update_fields=["status", "done_at", "lease_until", "last_error", "attempts"])
    if waybill is not None:
        _give_waybill(parcel, waybill)


def _give_waybill(parcel: Parcel, waybill: Waybill) -> None:
    """Write the waybill down; if the parcel was voided meanwhile, give it back."""
    Parcel.objects.filter(pk=parcel.pk).guarded_update(
        waybill=waybill.number,
        sorting_code=waybill.sorting_code,
        origin_code=waybill.origin_code,
    )
    parcel.waybill = waybill.number
    if parcel.status == ParcelStatus.VOIDED:
        CarrierCall.objects.get_or_create(
            parcel=parcel, kind=CallKind.CANCEL, waybill=parcel.waybill
        )
        return
    close_all(parcel, [ProblemKind.WAYBILL], "")
    keep_clock(parcel.shipment.order_id)
    tell_carrier(parcel)


@transaction.atomic
def _record_refusal(call_id: int, said: str) -> None:
    parcel, call = _locked(call_id)
    if call.status != CallStatus.WAITING:
        return
    call.status, call.last_error, call.lease_until = CallStatus.REFUSED, said[:300], None
    call.attempts += 1
    call.save(update_fields=["status", "last_error", "lease_until", "attempts"])
    _show_problem(parcel, call)


@transaction.atomic
def _record_failure(call_id: int, said: str) -> None:
    parcel, call = _locked(call_id)
    if call.status != CallStatus.WAITING:
        return
    call.put_off(said)
    if call.status == CallStatus.STUCK:
        _show_problem(parcel, call)


def _show_problem(parcel: Parcel, call: CarrierCall) -> None:
    """Put what will not mend itself before a person: no waybill, or one that the carrier will not cancel."""
    if call.kind == CallKind.REQUEST and parcel.status != ParcelStatus.VOIDED:
        open_problem(parcel, ProblemKind.WAYBILL, call.last_error)
    elif call.kind == CallKind.CANCEL:
        open_problem(parcel, ProblemKind.TROUBLE, call.last_error)


def _locked(call_id: int) -> tuple[Parcel, CarrierCall]:
    parcel_id = CarrierCall.objects.values_list("parcel_id", flat=True).get(pk=call_id)
    parcel = lock_parcel(parcel_id)
    return parcel, CarrierCall.objects.locked().get(pk=call_id)
