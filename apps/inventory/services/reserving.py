from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.bus import publish
from apps.core.errors import InvalidInput, Refusal
from apps.inventory.allocation import Allocation
from apps.inventory.counting import Count, Entry, change_counts, movements_of
from apps.inventory.events import StockReserved
from apps.inventory.models import (
    Bucket,
    MovementReason,
    Reservation,
    ReservationStatus,
    StockItem,
)
from apps.inventory.selectors import quantities_by_sku
from apps.inventory.services.allocating import StockShifted, out_of_stock

WRITE_DOWN = """
WITH held AS (
    INSERT INTO inventory_reservation (stock_item_id, reference, quantity, consumed_quantity,
        released_quantity, status, expires_at, created_at)
    SELECT r.stock_item_id, r.reference, r.quantity, 0, 0, %s, %s, %s
    FROM unnest(%s::bigint[], %s::text[], %s::int[]) AS r(stock_item_id, reference, quantity)
)
INSERT INTO inventory_stockmovement (stock_item_id, reference, delta, balance_after, bucket, reason, note, at)
SELECT m.stock_item_id, m.reference, m.delta, m.balance_after, 'reserved', 'RESERVED', '', %s
FROM unnest(%s::bigint[], %s::text[], %s::int[], %s::int[])
    WITH ORDINALITY AS m(stock_item_id, reference, delta, balance_after, place)
ORDER BY m.place
"""


class AlreadyReserved(Refusal):
    code = "ALREADY_RESERVED"
    http_status = 409
    text = _("Stock is held for this already.")


class ReservationGone(Refusal):
    """The hold was given back, so it cannot be confirmed any more."""

    code = "RESERVATION_GONE"
    http_status = 409
    text = _("The goods are not held any more.")


@transaction.atomic(savepoint=False)
def reserve_stock(*, allocations: Sequence[Allocation], expires_at: datetime | None) -> None:
    """
    Hold all of these units for their references, or none. Without ``expires_at`` they are held for good.

    The caller's transaction falls with a refusal: there is no savepoint on this hot path.

    :raises OutOfStock: if there are too few units
    :raises StockShifted: if another warehouse could serve: the whole transaction may be tried again
    :raises AlreadyReserved: if a reference holds stock already
    """
    allocations = _merged(allocations)
    entries = [
        Entry(each.stock_item_id, Bucket.RESERVED, each.quantity, each.reference)
        for each in allocations
    ]
    outcome = change_counts(entries)
    if outcome.refused:
        _refuse(allocations, outcome.refused)
    try:
        _write_down(allocations, outcome.counts, entries, expires_at)
    except IntegrityError as problem:
        raise AlreadyReserved() from problem
    references = tuple(sorted({each.reference for each in allocations}))
    publish(StockReserved(reference=references[0], references=references), *outcome.facts)


@transaction.atomic(savepoint=False)
def confirm_reservations(*, references: Collection[str]) -> None:
    """
    Keep what is held for these references without a time limit: it is paid. The second time changes nothing.

    :raises ReservationGone: if a reference's hold was given back, or never was
    """
    rows = list(Reservation.objects.filter(reference__in=references).locked())
    kept = {row.reference for row in rows if row.status != ReservationStatus.RELEASED}
    gone = sorted(set(references) - kept)
    if gone:
        raise ReservationGone(references=gone)
    held = [row.pk for row in rows if row.status == ReservationStatus.HELD]
    if held:
        Reservation.objects.filter(pk__in=held).update(
            status=ReservationStatus.CONFIRMED, expires_at=None
        )


def _write_down(
    allocations: Sequence[Allocation],
    counts: dict[int, Count],
    entries: Sequence[Entry],
    expires_at: datetime | None,
) -> None:
    """Write the reservations and their journal rows, in one statement."""
    rows = movements_of(entries, counts, reason=MovementReason.RESERVED)
    columns: list[list[Any]] = [
        [each.stock_item_id for each in allocations],
        [each.reference for each in allocations],
        [each.quantity for each in allocations],
        [row.balance_after for row in rows],
    ]
    status = ReservationStatus.HELD if expires_at else ReservationStatus.CONFIRMED
    at = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(WRITE_DOWN, [status, expires_at, at, *columns[:3], at, *columns])


def _merged(allocations: Sequence[Allocation]) -> list[Allocation]:
    """Sum what one reference asks of one stock item; sorted, so that every basket goes the same way."""
    quantities: dict[tuple[int, str, int], int] = {}
    for each in allocations:
        if each.quantity < 1:
            raise InvalidInput(field="quantity", reason="< 1")
        key = (each.stock_item_id, each.reference, each.warehouse_id)
        quantities[key] = quantities.get(key, 0) + each.quantity
    if not quantities:
        raise InvalidInput(field="allocations", reason=_("there are none"))
    return [
        Allocation(reference, stock_item_id, warehouse_id, quantity)
        for (stock_item_id, reference, warehouse_id), quantity in sorted(quantities.items())
    ]


def _refuse(allocations: Sequence[Allocation], refused: Collection[int]) -> None:
    """Tell a SKU that is short everywhere from one that another warehouse still has."""
    wanted: dict[int, int] = {}
    skus = dict(StockItem.objects.filter(pk__in=refused).values_list("pk", "sku_id"))
    for each in allocations:
        if each.stock_item_id in skus:
            sku_id = skus[each.stock_item_id]
            wanted[sku_id] = wanted.get(sku_id, 0) + each.quantity
    there = quantities_by_sku(wanted)
    short = {sku_id: there[sku_id] for sku_id in wanted if there[sku_id] < wanted[sku_id]}
    if short or not skus:
        raise out_of_stock(short)
    raise StockShifted(skus=sorted(wanted))
