"""What carriers say about parcels: kept whole, and applied forwards only."""

import hashlib
import logging
from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.conf import settings
from django.db import transaction

from apps.core import clock
from apps.logistics.carriers.adapter import CarrierEvent, Step
from apps.logistics.carriers.kd100.pushes import Push, must_be_signed, read_push
from apps.logistics.models import (
    CarrierPush,
    Parcel,
    ParcelStatus,
    ProblemKind,
    TrackingEvent,
)
from apps.logistics.models.calls import MAX_ATTEMPTS
from apps.logistics.models.parcels import RANKS
from apps.logistics.services.locking import lock_parcel
from apps.logistics.services.problems import open_problem, settle

STATUS_OF: dict[Step, ParcelStatus] = {
    step: ParcelStatus(step.value) for step in Step if step != Step.ANNOUNCED
}
UNKNOWN = "no parcel has this waybill"
GRACE = timedelta(seconds=5)
BATCH = 500
CLOCKS_DIFFER_BY = timedelta(days=1)  # what lies further ahead is a mistake of the carrier's
log = logging.getLogger(__name__)


def record_push(*, param: str, signature: str) -> CarrierPush:
    """
    Check a push of kuaidi100 and keep it; the same push again is the same row.

    :raises PushRefused: if it is not kuaidi100's, or cannot be read; nothing is kept of it
    """
    must_be_signed(param, signature, settings.KD100_SALT)
    push = read_push(param)
    row: CarrierPush
    row, _is_new = CarrierPush.objects.get_or_create(
        digest=hashlib.sha256(param.encode()).hexdigest(),
        defaults={"waybill": push.waybill, "body": param, "came_at": clock.now()},
    )
    return row


@transaction.atomic
def apply_push(*, push_id: int) -> None:
    """Apply a push that was kept; one that was applied before changes nothing."""
    row = CarrierPush.objects.locked().get(pk=push_id)
    if row.applied_at is not None:
        return
    push = read_push(row.body)
    parcel = _parcel_of(push)
    if parcel is None:
        row.problem = UNKNOWN
    else:
        record_events(parcel_id=parcel.pk, waybill=push.waybill, events=push.events)
        if push.is_aborted:
            _give_up(parcel.pk, push.message)
    row.applied_at = clock.now()
    row.save(update_fields=["applied_at", "problem"])


def apply_waiting_pushes() -> int:
    """Apply the pushes that were kept but not applied, and return how many were tried."""
    grace = clock.now() - GRACE
    waiting = CarrierPush.objects.filter(applied_at=None, problem="", came_at__lt=grace)
    push_ids = list(waiting.order_by("pk").values_list("pk", flat=True)[:BATCH])
    for push_id in push_ids:
        try:
            apply_push(push_id=push_id)
        except Exception as problem:
            log.exception("a push cannot be applied", extra={"push_id": push_id})
            _note_failure(push_id, problem)
    return len(push_ids)


@transaction.atomic
def record_events(*, parcel_id: int, waybill: str, events: Iterable[CarrierEvent]) -> None:
    """
    Keep what is new among these events and move the parcel along, oldest event first.

    Only forward moves by rank are applied, save trouble, refusal and return, which may come at any time;
    an event older than what was heard already is kept, not applied. Events of a waybill that the parcel
    does not have any more are not kept.
    """
    parcel = lock_parcel(parcel_id)
    if parcel.waybill != waybill:
        return
    fresh = _unknown_among(parcel, sorted(events, key=lambda event: event.at))
    if not fresh:
        return
    before = parcel.status
    rows = [_row(parcel, event, is_applied=_apply(parcel, event)) for event in fresh]
    TrackingEvent.objects.bulk_create(rows)
    Parcel.objects.filter(pk=parcel.pk).guarded_update(last_event_at=parcel.last_event_at)
    if parcel.status != before:
        settle(parcel, note=fresh[-1].text)


@transaction.atomic
def _note_failure(push_id: int, problem: Exception) -> None:
    row = CarrierPush.objects.locked().get(pk=push_id)
    row.attempts += 1
    if row.attempts >= MAX_ATTEMPTS:
        row.problem = f"{type(problem).__name__}: {problem}".replace("\0", "")[:200]
    row.save(update_fields=["attempts", "problem"])


def _parcel_of(push: Push) -> Parcel | None:
    found = list(Parcel.objects.with_waybill(push.waybill).select_related("carrier"))
    named = [parcel for parcel in found if parcel.carrier.tracking_code == push.company]
    if named or len(found) != 1:
        return next(iter(named), None)
    return found[0]


def _unknown_among(parcel: Parcel, events: Sequence[CarrierEvent]) -> list[CarrierEvent]:
    known = set(parcel.events.filter(waybill=parcel.waybill).values_list("at", "code", "text"))
    fresh: dict[tuple[object, str, str], CarrierEvent] = {}
    for event in events:
        key = (event.at, event.code, event.text)
        if key not in known:
            fresh.setdefault(key, event)
    return list(fresh.values())


def _row(parcel: Parcel, event: CarrierEvent, *, is_applied: bool) -> TrackingEvent:
    return TrackingEvent(
        parcel=parcel,
        waybill=parcel.waybill,
        at=event.at,
        code=event.code,
        step=event.step,
        text=event.text,
        place=event.place,
        is_applied=is_applied,
        heard_at=clock.now(),
    )


def _apply(parcel: Parcel, event: CarrierEvent) -> bool:
    """Move the parcel if this event may, and say whether it stands for the parcel's state now."""
    is_old = parcel.last_event_at is not None and event.at < parcel.last_event_at
    if is_old or event.at > clock.now() + CLOCKS_DIFFER_BY:
        return False
    parcel.last_event_at = event.at
    status = STATUS_OF.get(event.step)
    if status is None:
        return False
    if status == parcel.status:
        return True
    if not parcel.can_move_to(status):
        return False
    parcel.move_to(status, reason=event.text[:200], **_times(parcel, status, event))
    return True


def _times(parcel: Parcel, status: ParcelStatus, event: CarrierEvent) -> dict[str, object]:
    times: dict[str, object] = {}
    has_left = RANKS.get(status, 0) >= RANKS[ParcelStatus.PICKED_UP]
    if has_left and parcel.picked_up_at is None:
        times["picked_up_at"] = event.at
    if status == ParcelStatus.SIGNED:
        times["signed_at"] = event.at
    return times


def _give_up(parcel_id: int, note: str) -> None:
    """Kuaidi100 hears nothing of a waybill any more; unless it has arrived, somebody has to look."""
    parcel = lock_parcel(parcel_id)
    is_on_its_way = parcel.status != ParcelStatus.SIGNED and parcel.can_move_to(
        ParcelStatus.EXCEPTION
    )
    if is_on_its_way or parcel.status == ParcelStatus.EXCEPTION:
        open_problem(parcel, ProblemKind.GIVEN_UP, note)
