"""Products from a sheet: matched by SKU code, checked row by row, written SPU by SPU."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from apps.catalog.drafts import SpuDraft
from apps.catalog.models import AttributeValue, Brand, Category, ShippingClass, Sku, Spu, SpuStatus
from apps.catalog.services.bulk import create_spus, publish_spus
from apps.catalog.services.saving import save_spu
from apps.catalog.sheets.columns import RowError, parse_row
from apps.catalog.sheets.current import drafts_by_id
from apps.catalog.sheets.exporting import Words, undo_rows
from apps.catalog.sheets.laying import Group, Names, SheetRow, lay_over
from apps.core.actors import Actor
from apps.core.errors import Refusal

_CHUNK = 200
Cells = Mapping[str, str]


@dataclass(slots=True)
class Outcome:
    """What an import did, or in a dry run would do."""

    rows: int = 0
    done: int = 0
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    failed: int = 0
    errors: list[RowError] = field(default_factory=list)
    undo: list[dict[str, Any]] = field(default_factory=list)
    words: Words = field(default_factory=Words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Whose goods, and how they are written."""

    merchant_id: int
    actor: Actor | None = None
    is_dry_run: bool = False
    goes_on_shelf: bool = True
    prices_are_confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    group: Group
    draft: SpuDraft
    spu: Spu | None
    before: SpuDraft | None


def import_products(rows: Iterable[tuple[int, Cells]], plan: Plan) -> Iterator[Outcome]:
    """
    Bring products to the state of a sheet; yield the outcome so far after every few of them.

    Each chunk commits by itself and what is there already is passed over, so that an interrupted import
    only has to be started again. An SPU with an error in one of its rows is left as it is.
    """
    outcome = Outcome()
    names = _names()
    groups = iter(_grouped(rows, outcome))
    while chunk := list(islice(groups, _CHUNK)):
        with transaction.atomic():
            _write(_plan(chunk, names, plan, outcome), plan, outcome)
            if plan.is_dry_run:
                transaction.set_rollback(True)
        _count_failures(chunk, outcome)
        yield outcome


def _grouped(rows: Iterable[tuple[int, Cells]], outcome: Outcome) -> list[Group]:
    """Return the rows of each SPU together; a row without an SPU's code belongs to the one above it."""
    groups: dict[str, Group] = {}
    last = ""
    for number, cells in rows:
        outcome.rows += 1
        values, errors = parse_row(number, cells)
        last = str(values.get("spu_code") or last)
        key = last or f"sku:{values.get('sku_code', number)}"
        group = groups.setdefault(key, Group(last))
        group.rows.append(SheetRow(number, {"sku_code": ""} | values))
        group.errors += errors
    for group in groups.values():
        group.count = len(group.rows)
    return list(groups.values())


def _names() -> Names:
    values = AttributeValue.objects.values_list("attribute__code", "code", "pk")
    return Names(
        categories=dict(Category.objects.values_list("slug", "pk")),
        brands=dict(Brand.objects.values_list("slug", "pk")),
        shipping_classes=dict(ShippingClass.objects.values_list("code", "pk")),
        attribute_values={(attribute, code): pk for attribute, code, pk in values},
    )


def _plan(groups: Sequence[Group], names: Names, plan: Plan, outcome: Outcome) -> list[Change]:
    """Find what the rows are about, in a fixed number of statements, and lay them over it."""
    found = _spu_ids(groups, plan.merchant_id)
    current = drafts_by_id(set(found.values()))
    changes = []
    for group in _merged(groups, found):
        spu, before = current.get(found.get(id(group), 0), (None, None))
        if group.errors:
            continue
        draft = lay_over(group, before, names, plan.merchant_id)
        if draft is not None and draft == before:
            outcome.unchanged += 1
        elif draft is not None:
            changes.append(Change(group, draft, spu, before))
    return changes


def _merged(groups: Sequence[Group], found: Mapping[int, int]) -> list[Group]:
    """Return the groups, those of one SPU made one: rows may name it by its code or by a SKU's alone."""
    firsts: dict[int, Group] = {}
    for group in groups:
        first = firsts.setdefault(found.get(id(group), -id(group)), group)
        if first is not group:
            first.rows += group.rows
            first.errors += group.errors
            group.errors = []
    return list(firsts.values())


def _spu_ids(groups: Sequence[Group], merchant_id: int) -> dict[int, int]:
    """Return the SPU of each group: that of its SKUs, or else the one with its code."""
    codes = [row.values["sku_code"] for group in groups for row in group.rows]
    by_sku = dict(
        Sku.objects.filter(merchant=merchant_id, code__in=codes).values_list("code", "spu_id")
    )
    spus = Spu.objects.filter(merchant=merchant_id, code__in=[group.spu_code for group in groups])
    by_code = dict(spus.exclude(status=SpuStatus.RECYCLED).values_list("code", "pk"))
    found: dict[int, int] = {}
    for group in groups:
        owners = {by_sku[c] for row in group.rows if (c := row.values["sku_code"]) in by_sku}
        if len(owners) > 1:
            group.fail("sku_code", _("these SKUs belong to different products"))
        owner = owners.pop() if owners else by_code.get(group.spu_code)
        if owner:
            found[id(group)] = owner
    return found


def _write(changes: Sequence[Change], plan: Plan, outcome: Outcome) -> None:
    fresh = [change for change in changes if change.spu is None]
    if fresh and not _create(fresh, plan, outcome):
        for change in fresh:  # one of them does not fit: find out which
            _create([change], plan, outcome)
    for change in changes:
        if change.spu is not None and change.before is not None:
            _change(change, change.spu, change.before, plan, outcome)


def _create(changes: Sequence[Change], plan: Plan, outcome: Outcome) -> bool:
    try:
        with transaction.atomic():
            ids = create_spus([change.draft for change in changes], actor=plan.actor)
            if plan.goes_on_shelf:
                publish_spus(spu_ids=ids, actor=plan.actor)
    except Refusal as refusal:
        if len(changes) == 1:
            _note(changes[0].group, refusal)
        return False
    outcome.created += len(changes)
    outcome.undo += [
        {"spu_code": change.draft.code, "sku_code": sku.code, "is_active": 0}
        for change in changes
        for sku in change.draft.skus
    ]
    return True


def _change(change: Change, spu: Spu, before: SpuDraft, plan: Plan, outcome: Outcome) -> None:
    try:
        with transaction.atomic():
            save_spu(
                change.draft,
                actor=plan.actor,
                spu_id=spu.pk,
                expected_version=spu.version,
                is_confirmed=plan.prices_are_confirmed,
                reason="import",
            )
    except Refusal as refusal:
        _note(change.group, refusal)
        return
    outcome.changed += 1
    outcome.undo += undo_rows(before, outcome.words)
    there = {sku.code for sku in before.skus}
    outcome.undo += [
        {"spu_code": change.draft.code, "sku_code": sku.code, "is_active": 0}
        for sku in change.draft.skus
        if sku.code not in there
    ]


def _note(group: Group, refusal: Refusal) -> None:
    where = str(refusal.details.get("field", ""))
    row = next((row for row in group.rows if row.values["sku_code"] in where.split(".")), None)
    group.fail(where.rpartition(".")[2] or "spu_code", refusal.message, row)


def _count_failures(groups: Sequence[Group], outcome: Outcome) -> None:
    for group in groups:
        outcome.done += group.count
        outcome.failed += bool(group.errors)
        outcome.errors += sorted(group.errors, key=lambda error: error.row)
