from collections import defaultdict
from dataclasses import dataclass

from django.db import connection, transaction

from apps.core import clock
from apps.core.actors import Actor
from apps.core.numbers import new_number
from apps.inventory.counting import Entry, change_counts, movements_of
from apps.inventory.drift import Drift, list_drift
from apps.inventory.models import (
    Bucket,
    MovementReason,
    Reservation,
    StockItem,
    StockMovement,
)
from apps.inventory.services.releasing import release_reservations

__all__ = ["Fixed", "fix_drift"]


@dataclass(frozen=True, slots=True)
class Fixed:
    """How many holds were given back, and how many counts and journals were corrected."""

    released: int
    corrected: int


def fix_drift(*, actor: Actor | None) -> Fixed:
    """
    Do what reconciliation offers: give back what is overdue, set what is reserved to the sum of what is
    held, and write the journal row that a count is missing.
    """
    drift = list_drift()
    overdue = [each.reference for each in drift if each.kind == "OVERDUE"]
    if overdue:
        release_reservations(references=overdue, reason="reconciled")
    corrected = 0
    for item_id in sorted({each.stock_item_id for each in drift if each.kind != "OVERDUE"}):
        corrected += _correct(item_id, actor)
    return Fixed(len(overdue), corrected)


@transaction.atomic
def _correct(stock_item_id: int, actor: Actor | None) -> int:
    """Bring one stock item's journal and reserved units to what is true, under its lock."""
    item = StockItem.objects.locked().get(pk=stock_item_id)
    number = new_number()
    missing = _missing_entries(item, number)
    held = sum(row.open_quantity for row in Reservation.objects.open().filter(stock_item=item))
    rows = _journal_only(item, missing, actor)
    StockMovement.objects.bulk_create(rows)
    if held == item.reserved:
        return len(rows)
    entry = Entry(item.pk, Bucket.RESERVED, held - item.reserved, f"{number}-held")
    outcome = change_counts([entry])
    if outcome.refused:
        return len(rows)  # more is held than there is: a person must look at it
    StockMovement.objects.bulk_create(
        movements_of([entry], outcome.counts, reason=MovementReason.RECONCILED, actor=actor)
    )
    return len(rows) + 1


def _missing_entries(item: StockItem, number: str) -> list[Entry]:
    """Return what the journal lacks to sum up to the counts."""
    sums: dict[str, int] = defaultdict(int)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT bucket, sum(delta)::int FROM inventory_stockmovement"
            " WHERE stock_item_id = %s GROUP BY bucket",
            [item.pk],
        )
        sums.update(dict(cursor.fetchall()))
    return [
        Entry(item.pk, bucket, getattr(item, bucket) - sums[bucket], number)
        for bucket in Bucket.values
        if getattr(item, bucket) != sums[bucket]
    ]


def _journal_only(
    item: StockItem, entries: list[Entry], actor: Actor | None
) -> list[StockMovement]:
    return [
        StockMovement(
            stock_item=item,
            bucket=entry.bucket,
            delta=entry.delta,
            balance_after=getattr(item, entry.bucket),
            reason=MovementReason.RECONCILED,
            reference=entry.reference,
            actor=actor,
            note="the journal was behind",
            at=clock.now(),
        )
        for entry in entries
    ]


def describe(drift: list[Drift]) -> str:
    """Return one line for the list of jobs."""
    if not drift:
        return ""
    first = drift[0]
    return f"{len(drift)} drifted; first: {first.kind} {first.reference or first.stock_item_id}"
