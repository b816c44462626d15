"""Stock as a sheet: out as it is, in as counts that shall be, booked as adjustments with a reason."""

import re
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from apps.catalog.models import Sku
from apps.catalog.sheets.columns import RowError
from apps.core.actors import Actor
from apps.core.errors import Refusal
from apps.inventory.models import Bucket, StockItem, Warehouse
from apps.inventory.models.stock import StockItemQuerySet
from apps.inventory.services import StockChange, adjust_stock
from apps.inventory.services.changing import stock_item_ids

COLUMNS = (
    "sku_code",
    "warehouse",
    "on_hand",
    "reserved",
    "damaged",
    "quality_check",
    "safety",
    "incoming",
    "available",
    "low_threshold",
)
# What a sheet may set; the other columns are there to be looked at.
COUNTED = {"on_hand": Bucket.ON_HAND, "safety": Bucket.SAFETY, "damaged": Bucket.DAMAGED}
_NEEDED = ("sku_code", "warehouse", "on_hand")
_COUNT = re.compile(r"[0-9]{1,9}", re.ASCII)
_CHUNK = 500


@dataclass(slots=True)
class StockOutcome:
    """What an import of stock did, or in a dry run would do."""

    rows: int = 0
    changed: int = 0
    unchanged: int = 0
    errors: list[RowError] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class StockPlan:
    merchant_id: int
    reason: str
    actor: Actor | None = None
    is_dry_run: bool = False


@dataclass(frozen=True, slots=True)
class _Wanted:
    row: int
    sku_id: int
    warehouse_id: int
    counts: Mapping[str, int]
    low_threshold: int | None


def stock_rows(items: StockItemQuerySet) -> Iterator[dict[str, Any]]:
    """Return one row per SKU and warehouse, read chunk by chunk."""
    rows = items.select_related("sku", "warehouse").order_by("pk")
    for item in rows.iterator(chunk_size=2000):
        counts = {name: getattr(item, name) for name in COLUMNS if hasattr(item, name)}
        yield counts | {"sku_code": item.sku.code, "warehouse": item.warehouse.code}


def import_stock(
    rows: Iterable[tuple[int, Mapping[str, str]]], plan: StockPlan
) -> Iterator[StockOutcome]:
    """
    Bring counts to the state of a sheet; yield the outcome so far after every few rows.

    Rows that say what is so already change nothing, so that an interrupted import may be started again.
    """
    outcome = StockOutcome()
    source = iter(rows)
    while chunk := list(islice(source, _CHUNK)):
        outcome.rows += len(chunk)
        with transaction.atomic():
            _book(_read(chunk, plan, outcome), plan, outcome)
            if plan.is_dry_run:
                transaction.set_rollback(True)
        yield outcome


def _read(
    chunk: Sequence[tuple[int, Mapping[str, str]]], plan: StockPlan, outcome: StockOutcome
) -> list[_Wanted]:
    codes = [cells.get("sku_code", "") for _number, cells in chunk]
    skus = Sku.objects.filter(merchant=plan.merchant_id, code__in=codes)
    warehouses = Warehouse.objects.filter(merchant=plan.merchant_id)
    known = {
        "sku_code": dict(skus.values_list("code", "pk")),
        "warehouse": dict(warehouses.values_list("code", "pk")),
    }
    wanted: dict[tuple[int, int], _Wanted] = {}
    for number, cells in chunk:
        errors = list(_errors(number, cells, known))
        outcome.errors += errors
        if not errors:
            row = _wanted(number, cells, known)
            if wanted.setdefault((row.sku_id, row.warehouse_id), row) is not row:
                outcome.errors.append(RowError(number, "sku_code", _("it is there twice")))
    return list(wanted.values())


def _errors(
    number: int, cells: Mapping[str, str], known: Mapping[str, Mapping[str, int]]
) -> Iterator[RowError]:
    for name in _NEEDED:
        if not cells.get(name):
            yield RowError(number, name, _("it is missing"))
    for name, table in known.items():
        if cells.get(name) and cells[name] not in table:
            yield RowError(number, name, _("there is no “{word}”").format(word=cells[name]))
    for name in (*COUNTED, "low_threshold"):
        if cells.get(name) and not _COUNT.fullmatch(cells[name]):
            yield RowError(number, name, _("a whole number"))


def _wanted(
    number: int, cells: Mapping[str, str], known: Mapping[str, Mapping[str, int]]
) -> _Wanted:
    return _Wanted(
        row=number,
        sku_id=known["sku_code"][cells["sku_code"]],
        warehouse_id=known["warehouse"][cells["warehouse"]],
        counts={name: int(cells[name]) for name in COUNTED if cells.get(name)},
        low_threshold=int(cells["low_threshold"]) if cells.get("low_threshold") else None,
    )


def _book(wanted: Sequence[_Wanted], plan: StockPlan, outcome: StockOutcome) -> None:
    if not wanted:
        return
    ids = stock_item_ids([(row.sku_id, row.warehouse_id) for row in wanted])
    items = {item.pk: item for item in StockItem.objects.locked().filter(pk__in=ids.values())}
    pairs = [(row, items[ids[row.sku_id, row.warehouse_id]]) for row in wanted]
    changes = {row.row: tuple(_changes(row, item)) for row, item in pairs}
    if not _adjust([change for group in changes.values() for change in group], plan):
        for row, _item in pairs:  # one of them does not fit: find out which
            refusal = _adjust_one(changes[row.row], plan)
            if refusal:
                outcome.errors.append(RowError(row.row, "on_hand", refusal.message))
    failed = {error.row for error in outcome.errors}
    for row, item in pairs:
        if row.row not in failed:
            is_moved = row.low_threshold not in {None, item.low_threshold}
            if is_moved:
                StockItem.objects.filter(pk=item.pk).update(low_threshold=row.low_threshold)
            is_changed = is_moved or bool(changes[row.row])
            outcome.changed += is_changed
            outcome.unchanged += not is_changed


def _changes(row: _Wanted, item: StockItem) -> Iterator[StockChange]:
    for name, count in row.counts.items():
        delta = count - getattr(item, name)
        if delta:
            yield StockChange(
                sku_id=row.sku_id, warehouse_id=row.warehouse_id, quantity=delta, bucket=name
            )


def _adjust(changes: Sequence[StockChange], plan: StockPlan) -> bool:
    return not changes or _adjust_one(changes, plan) is None


def _adjust_one(changes: Sequence[StockChange], plan: StockPlan) -> Refusal | None:
    if not changes:
        return None
    try:
        with transaction.atomic():
            adjust_stock(
                changes=changes,
                reference=f"IMPORT-{uuid.uuid4().hex[:24]}",
                reason=plan.reason,
                actor=plan.actor,
            )
    except Refusal as refusal:
        return refusal
    return None
