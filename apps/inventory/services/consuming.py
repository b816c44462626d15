from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.core.actors import Actor
from apps.core.bus import publish
from apps.core.errors import InvalidInput, Refusal
from apps.inventory.counting import Entry, change_counts, movements_of
from apps.inventory.models import (
    Bucket,
    MovementReason,
    Reservation,
    ReservationStatus,
    StockMovement,
)


class NotReserved(Refusal):
    """``held`` says how many units are held for the reference and were not shipped yet."""

    code = "NOT_RESERVED"
    http_status = 409
    text = _("So many units are not held for {reference}.")


@dataclass(frozen=True, slots=True)
class Part:
    """So many units of one reservation."""

    row: Reservation
    quantity: int


def consume_reservation(
    *,
    reference: str,
    quantity: int,
    reason_reference: str,
    warehouse_id: int | None = None,
    actor: Actor | None = None,
) -> None:
    """
    Let units that are held for a reference leave the house.

    :raises NotReserved: as ``consume_reservations``
    """
    consume_reservations(
        quantities={reference: quantity},
        reason_reference=reason_reference,
        warehouse_id=warehouse_id,
        actor=actor,
    )


@transaction.atomic(savepoint=False)
def consume_reservations(
    *,
    quantities: Mapping[str, int],
    reason_reference: str,
    warehouse_id: int | None = None,
    actor: Actor | None = None,
) -> None:
    """
    Let units that are held for these references leave the house, from one warehouse if it is named.

    ``reason_reference`` (a shipment's number) makes it happen once: repeats change nothing.

    :raises NotReserved: if fewer confirmed units are held for a reference
    """
    found = Reservation.objects.filter(reference__in=quantities)
    rows = list(found.select_related("stock_item").locked())
    done = _done(quantities, reason_reference, MovementReason.CONSUMED)
    parts: list[Part] = []
    for reference, quantity in sorted(quantities.items()):
        if reference not in done:
            parts += _parts(reference, rows, quantity, warehouse_id)
    _apply(parts, -1, reason_reference, MovementReason.CONSUMED, actor)


@transaction.atomic
def return_to_reservation(
    *, reference: str, quantity: int, reason_reference: str, actor: Actor | None = None
) -> None:
    """
    Undo a consumption (a wrong parcel was voided): the units lie on the shelf again, still held.

    :raises NotReserved: if fewer units were shipped
    """
    rows = list(Reservation.objects.filter(reference=reference).locked())
    if _done([reference], reason_reference, MovementReason.UNSHIPPED):
        return
    parts, left = [], quantity
    for row in reversed(rows):
        part = min(row.consumed_quantity, left)
        if part:
            parts.append(Part(row, part))
            left -= part
    if left or quantity < 1:
        raise NotReserved(reference=reference, held=quantity - left)
    _apply(parts, 1, reason_reference, MovementReason.UNSHIPPED, actor)


def _done(references: Mapping[str, int] | list[str], because: str, reason: str) -> set[str]:
    keys = {f"{reference}@{because}": reference for reference in references}
    found = StockMovement.objects.filter(reference__in=keys, reason=reason)
    return {keys[reference] for reference in found.values_list("reference", flat=True)}


def _parts(
    reference: str, rows: Sequence[Reservation], quantity: int, warehouse_id: int | None
) -> list[Part]:
    if quantity < 1:
        raise InvalidInput(field="quantity", reason="< 1")
    parts, left = [], quantity
    for row in rows:
        if row.reference != reference or row.status != ReservationStatus.CONFIRMED:
            continue
        if warehouse_id and row.stock_item.warehouse_id != warehouse_id:
            continue
        part = min(row.open_quantity, left)
        if part:
            parts.append(Part(row, part))
            left -= part
    if left:
        raise NotReserved(reference=reference, held=quantity - left)
    return parts


def _apply(
    parts: Sequence[Part], sign: int, because: str, reason: MovementReason, actor: Actor | None
) -> None:
    """Move the counts, the reservations and the journal together: −1 ships, +1 takes back."""
    if not parts:
        return
    parts = sorted(parts, key=lambda part: (part.row.stock_item_id, part.row.pk))
    entries = [
        Entry(
            part.row.stock_item_id, bucket, sign * part.quantity, f"{part.row.reference}@{because}"
        )
        for part in parts
        for bucket in (Bucket.RESERVED, Bucket.ON_HAND)
    ]
    outcome = change_counts(entries)
    if outcome.refused:
        raise RuntimeError(f"stock items hold less than their reservations say: {outcome.refused}")
    for part in parts:
        part.row.consumed_quantity -= sign * part.quantity
        part.row.status = (
            ReservationStatus.CONFIRMED if part.row.open_quantity else ReservationStatus.CONSUMED
        )
    Reservation.objects.bulk_update([part.row for part in parts], ["consumed_quantity", "status"])
    StockMovement.objects.bulk_create(
        movements_of(entries, outcome.counts, reason=reason, actor=actor)
    )
    publish(*outcome.facts)
