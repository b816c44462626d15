from collections.abc import Collection, Mapping, Sequence

from django.db import transaction
from django.db.models import Case, F, IntegerField, Value, When

from apps.core.bus import publish
from apps.core.errors import InvalidInput
from apps.inventory.counting import Entry, change_counts, movements_of
from apps.inventory.models import (
    Bucket,
    MovementReason,
    Reservation,
    ReservationStatus,
    StockMovement,
)
from apps.inventory.services.consuming import NotReserved


@transaction.atomic(savepoint=False)
def release_reservations(*, references: Collection[str], reason: str = "") -> None:
    """Give back what is still held for these references; what was shipped stays shipped. Repeats change nothing."""
    rows = list(Reservation.objects.open().filter(reference__in=references).locked())
    _give_back(rows, {row.pk: row.open_quantity for row in rows}, note=reason)


@transaction.atomic
def release_part(*, reference: str, quantity: int, reason_reference: str, reason: str = "") -> None:
    """
    Give back some units of a reference that will not be shipped. The same reason_reference again changes nothing.

    :raises NotReserved: if fewer units are held
    """
    if quantity < 1:
        raise InvalidInput(field="quantity", reason="< 1")
    rows = list(Reservation.objects.filter(reference=reference).locked())
    because = f"{reference}@{reason_reference}"
    if StockMovement.objects.filter(reference=because, reason=MovementReason.RELEASED).exists():
        return
    parts: dict[int, int] = {}
    for row in reversed(rows):
        part = min(row.open_quantity, quantity - sum(parts.values()))
        if part:
            parts[row.pk] = part
    if sum(parts.values()) < quantity:
        raise NotReserved(reference=reference, held=sum(parts.values()))
    _give_back([row for row in rows if row.pk in parts], parts, note=reason, because=because)


def _give_back(
    rows: Sequence[Reservation], parts: Mapping[int, int], *, note: str, because: str = ""
) -> None:
    if not rows:
        return
    entries = [
        Entry(row.stock_item_id, Bucket.RESERVED, -parts[row.pk], because or row.reference)
        for row in sorted(rows, key=lambda row: (row.stock_item_id, row.pk))
    ]
    outcome = change_counts(entries)
    if outcome.refused:
        raise RuntimeError(f"stock items hold less than their reservations say: {outcome.refused}")
    ending = [row.pk for row in rows if parts[row.pk] == row.open_quantity]
    shipped = [row.pk for row in rows if row.pk in ending and row.consumed_quantity]
    Reservation.objects.filter(pk__in=[row.pk for row in rows]).update(
        released_quantity=F("released_quantity") + _by_pk(parts),
        status=Case(
            When(pk__in=shipped, then=Value(ReservationStatus.CONSUMED)),
            When(pk__in=ending, then=Value(ReservationStatus.RELEASED)),
            default=F("status"),
        ),
        expires_at=Case(When(pk__in=ending, then=Value(None)), default=F("expires_at")),
    )
    StockMovement.objects.bulk_create(
        movements_of(entries, outcome.counts, reason=MovementReason.RELEASED, note=note)
    )
    publish(*outcome.facts)


def _by_pk(parts: Mapping[int, int]) -> Case:
    return Case(
        *(When(pk=pk, then=Value(part)) for pk, part in parts.items()),
        default=Value(0),
        output_field=IntegerField(),
    )
