"""Parcels in trouble: opened by carriers and by silence, closed by progress or by a person."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from apps.core import clock
from apps.core.actors import Actor
from apps.core.audit import record_audit
from apps.core.bus import publish
from apps.core.states import IllegalMove
from apps.logistics.events import ParcelMoved
from apps.logistics.models import (
    CarrierKind,
    Parcel,
    ParcelProblem,
    ParcelStatus,
    ProblemKind,
    ShipmentStatus,
)
from apps.logistics.models.parcels import RANKS, UNDER_WAY, ParcelQuerySet
from apps.logistics.services.locking import lock_parcel
from apps.orders.models import Order
from apps.orders.services import note_signed, pause_auto_receive, resume_auto_receive

K = ProblemKind
ENDED_BY_PROGRESS = (K.NO_PICKUP, K.NO_MOVE, K.TROUBLE, K.GIVEN_UP, K.REFUSED, K.RETURNING)
BATCH = 500


def settle(parcel: Parcel, *, note: str = "") -> None:
    """Bring problems and the order's clock in line with the state a parcel has just reached, under its lock."""
    if parcel.status in RANKS and RANKS[ParcelStatus(parcel.status)] > 1:
        close_all(parcel, ENDED_BY_PROGRESS, note)
    kinds = {
        ParcelStatus.EXCEPTION: K.TROUBLE,
        ParcelStatus.REFUSED: K.REFUSED,
        ParcelStatus.RETURNING: K.RETURNING,
        ParcelStatus.LOST: K.LOST,
    }
    kind = kinds.get(ParcelStatus(parcel.status))
    if kind and not parcel.problems.filter(closed_at=None, kind=kind).exists():
        parcel.problems.create(kind=kind, note=note[:200])
    tell_moved(parcel)


def tell_moved(parcel: Parcel) -> None:
    """Publish where a parcel stands, and let the clock of its order follow."""
    kinds = parcel.problems.filter(closed_at=None).order_by("-pk").values_list("kind", flat=True)
    publish(
        ParcelMoved(
            parcel_id=parcel.pk,
            order_id=parcel.shipment.order_id,
            status=parcel.status,
            problem=next(iter(kinds), ""),
        )
    )
    keep_clock(parcel.shipment.order_id)


def keep_clock(order_id: int) -> None:
    """Stop the clock of automatic receipt while a parcel is in trouble; shorten it when all are signed for."""
    order = Order.objects.locked().get(pk=order_id)
    parcels = Parcel.objects.live().filter(
        shipment__order_id=order_id, shipment__status=ShipmentStatus.SHIPPED
    )
    is_in_trouble = ParcelProblem.objects.open().filter(parcel__in=parcels).exists()
    if is_in_trouble and not order.is_auto_receive_paused:
        pause_auto_receive(order_id=order_id)
    if order.is_auto_receive_paused and not is_in_trouble:
        resume_auto_receive(order_id=order_id)
    times = list(parcels.values_list("signed_at", flat=True))
    signed = [at for at in times if at is not None]
    if signed and len(signed) == len(times):
        note_signed(order_id=order_id, signed_at=max(signed))


def open_problem(parcel: Parcel, kind: ProblemKind, note: str) -> None:
    """Open a problem unless one of its kind is open, under the parcel's lock; hold the parcel up if it can be."""
    if parcel.problems.filter(closed_at=None, kind=kind).exists():
        return
    parcel.problems.create(kind=kind, note=note[:200])
    if parcel.can_move_to(ParcelStatus.EXCEPTION) and kind != K.WAYBILL:
        parcel.move_to(ParcelStatus.EXCEPTION, reason=kind)
    tell_moved(parcel)


def close_all(parcel: Parcel, kinds: Iterable[str], note: str) -> None:
    parcel.problems.filter(closed_at=None, kind__in=kinds).update(
        closed_at=clock.now(), closing_note=note[:200]
    )


@transaction.atomic
def close_problem(*, problem_id: int, note: str, actor: Actor | None) -> None:
    """
    Note what was done about a problem; the clock of the order runs again if it was the last.

    :raises IllegalMove: if it was closed before
    """
    parcel_id = ParcelProblem.objects.values_list("parcel_id", flat=True).get(pk=problem_id)
    parcel = lock_parcel(parcel_id)
    problem = ParcelProblem.objects.locked().get(pk=problem_id)
    if problem.closed_at is not None:
        raise IllegalMove(current="CLOSED", wanted="CLOSED")
    problem.closed_at, problem.closing_note = clock.now(), note[:200]
    problem.save(update_fields=["closed_at", "closing_note"])
    record_audit("parcel.problem_closed", problem, actor=actor, reason=note)
    keep_clock(parcel.shipment.order_id)


@transaction.atomic
def mark_lost(*, parcel_id: int, reason: str, actor: Actor | None) -> None:
    """
    Give a parcel up; what the shopper gets instead is decided by a person.

    :raises IllegalMove: unless it is held up, refused or on its way back
    """
    parcel = lock_parcel(parcel_id)
    parcel.move_to(ParcelStatus.LOST, by=actor, reason=reason[:200])
    settle(parcel, note=reason)


@transaction.atomic
def mark_returned(*, parcel_id: int, reason: str, actor: Actor | None) -> None:
    """
    Note that a refused parcel is back in the house.

    :raises IllegalMove: unless it was refused, is on its way back, or held up
    """
    parcel = lock_parcel(parcel_id)
    parcel.move_to(ParcelStatus.RETURNED, by=actor, reason=reason[:200])
    settle(parcel, note=reason)


def flag_silent_parcels() -> int:
    """Open problems for parcels that nobody picks up or that do not move; give up those held up too long."""
    at = clock.now()
    flagged = 0
    for parcel_id in _waiting_too_long(at).values_list("pk", flat=True)[:BATCH]:
        flagged += _flag(parcel_id, K.NO_PICKUP, _waiting_too_long(at))
    for parcel_id in _silent(at).values_list("pk", flat=True)[:BATCH]:
        flagged += _flag(parcel_id, K.NO_MOVE, _silent(at))
    for parcel_id in _given_up(at).values_list("pk", flat=True)[:BATCH]:
        mark_lost(parcel_id=parcel_id, reason="held up too long", actor=None)
        flagged += 1
    return flagged


def silent_parcels(at: datetime) -> ParcelQuerySet:
    """Return those that ``flag_silent_parcels`` would flag as not picked up or not moving."""
    pks = _waiting_too_long(at).values("pk").union(_silent(at).values("pk"), all=True)
    return Parcel.objects.filter(pk__in=pks)


@transaction.atomic
def _flag(parcel_id: int, kind: ProblemKind, still: ParcelQuerySet) -> bool:
    """Open the problem if the parcel is still silent under its lock."""
    parcel = lock_parcel(parcel_id)
    if not still.filter(pk=parcel_id).exists():
        return False
    open_problem(parcel, kind, "")
    return True


def _followed() -> ParcelQuerySet:
    """Parcels on their way of carriers that we hear from."""
    is_heard = Q(carrier__kind=CarrierKind.OWN) | ~Q(carrier__tracking_code="")
    return Parcel.objects.filter(is_heard, shipment__status=ShipmentStatus.SHIPPED)


def _without_open(parcels: ParcelQuerySet, kind: ProblemKind) -> ParcelQuerySet:
    known = ParcelProblem.objects.open().filter(parcel=OuterRef("pk"), kind=kind)
    return parcels.exclude(Exists(known)).order_by("pk")


def _waiting_too_long(at: datetime) -> ParcelQuerySet:
    waiting = _followed().filter(
        status__in=[ParcelStatus.CREATED, ParcelStatus.LABEL_PRINTED],
        shipment__shipped_at__lt=at - settings.LOGISTICS_NO_PICKUP_AFTER,
    )
    return _without_open(waiting, K.NO_PICKUP)


def _silent(at: datetime) -> ParcelQuerySet:
    silent = _followed().filter(
        status__in=UNDER_WAY, last_event_at__lt=at - settings.LOGISTICS_NO_MOVE_AFTER
    )
    return _without_open(silent, K.NO_MOVE)


def _given_up(at: datetime) -> ParcelQuerySet:
    old = ParcelProblem.objects.open().filter(
        parcel=OuterRef("pk"), opened_at__lt=at - settings.LOGISTICS_LOST_AFTER
    )
    return _followed().filter(Exists(old), status=ParcelStatus.EXCEPTION).order_by("pk")
