from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from apps.core.actors import Actor
from apps.core.bus import publish
from apps.core.errors import InvalidInput, Refusal
from apps.inventory.counting import Entry, change_counts, movements_of
from apps.inventory.models import Bucket, MovementReason, StockItem, StockMovement

Key = tuple[int, int]


class NotEnoughOnHand(Refusal):
    """``skus`` are those of which a count would fall below zero, or below what is promised."""

    code = "NOT_ENOUGH_ON_HAND"
    http_status = 409
    text = _("This would leave fewer units than are reserved, set aside or there at all.")


class AlreadyBooked(Refusal):
    code = "ALREADY_BOOKED"
    http_status = 409
    text = _("This change of stock is in the books already.")


@dataclass(frozen=True, slots=True)
class StockChange:
    """A signed change of one count of a SKU in a warehouse."""

    sku_id: int
    warehouse_id: int
    quantity: int
    bucket: str = Bucket.ON_HAND


def receive_stock(
    *, changes: Sequence[StockChange], reference: str, reason: str = "", actor: Actor | None = None
) -> None:
    """
    Book units that have arrived. ``reference`` names the delivery; the same one is booked once.

    :raises InvalidInput: if a quantity is not positive
    :raises AlreadyBooked: if the reference is in the books
    """
    if any(change.quantity < 1 for change in changes):
        raise InvalidInput(field="quantity", reason="< 1")
    book_changes(changes, MovementReason.RECEIVED, reference, reason, actor)


def adjust_stock(
    *, changes: Sequence[StockChange], reference: str, reason: str, actor: Actor | None
) -> None:
    """
    Correct counts, up or down, for a reason.

    :raises InvalidInput: without a reason
    :raises NotEnoughOnHand: if a count would fall below zero or below what is promised
    :raises AlreadyBooked: if the reference is in the books
    """
    if not reason.strip():
        raise InvalidInput(field="reason", reason=_("it is missing"))
    book_changes(changes, MovementReason.ADJUSTED, reference, reason, actor)


@transaction.atomic
def book_changes(
    changes: Sequence[StockChange],
    why: MovementReason,
    reference: str,
    note: str,
    actor: Actor | None,
) -> None:
    """Book changes of counts, all or none; reservations are not to be touched this way."""
    summed: dict[tuple[Key, str], int] = {}
    for change in changes:
        if change.bucket == Bucket.RESERVED or change.bucket not in Bucket.values:
            raise InvalidInput(field="bucket", reason=change.bucket)
        key = ((change.sku_id, change.warehouse_id), change.bucket)
        summed[key] = summed.get(key, 0) + change.quantity
    items = stock_item_ids({key for key, _bucket in summed})
    entries = sorted(
        (
            Entry(items[key], bucket, delta, reference)
            for (key, bucket), delta in summed.items()
            if delta
        ),
        key=lambda entry: (entry.stock_item_id, entry.bucket),
    )
    if not entries:
        return
    outcome = change_counts(entries)
    if outcome.refused:
        raise NotEnoughOnHand(
            skus=sorted(sku_id for (sku_id, _w), pk in items.items() if pk in outcome.refused)
        )
    rows = movements_of(entries, outcome.counts, reason=why, actor=actor, note=note)
    try:
        StockMovement.objects.bulk_create(rows, batch_size=2000)
    except IntegrityError as problem:
        raise AlreadyBooked(reference=reference) from problem
    publish(*outcome.facts)


def stock_item_ids(keys: Collection[Key]) -> Mapping[Key, int]:
    """Return the stock item of each (SKU, warehouse); those that are missing are made, with nothing in them."""
    found = _find(keys)
    missing = sorted(set(keys) - set(found))
    if missing:
        StockItem.objects.bulk_create(
            [
                StockItem(sku_id=sku_id, warehouse_id=warehouse_id)
                for sku_id, warehouse_id in missing
            ],
            ignore_conflicts=True,
            batch_size=2000,
        )
        found |= _find(missing)
    return found


def _find(keys: Collection[Key]) -> dict[Key, int]:
    rows = StockItem.objects.filter(
        sku_id__in={sku_id for sku_id, _w in keys},
        warehouse_id__in={warehouse_id for _s, warehouse_id in keys},
    ).values_list("sku_id", "warehouse_id", "pk")
    return {(sku_id, warehouse_id): pk for sku_id, warehouse_id, pk in rows}
