"""The specs of an SPU and the SKUs that they span."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import transaction
from django.db.models import ProtectedError

from apps.catalog.drafts import AxisDraft, SkuDraft, SpuDraft, spec_hash
from apps.catalog.models import PriceKind, PriceTier, Sku, SpecAxis, SpecValue, Spu
from apps.catalog.services.pricing import Change

Choices = dict[tuple[str, str], SpecValue]


@dataclass(frozen=True, slots=True)
class Row:
    """A SKU, what it is to become, and whether that is different from what it was."""

    sku: Sku
    draft: SkuDraft
    is_changed: bool


@dataclass(slots=True)
class Priced:
    """Which prices of SKUs that were there before are different now."""

    changes: list[Change] = field(default_factory=list)
    main: list[tuple[str, Decimal, Decimal]] = field(default_factory=list)


def save_matrix(spu: Spu, draft: SpuDraft) -> Priced:
    """Bring axes, values, SKUs and tiers to the state of the draft; return which prices have changed."""
    choices = _save_axes(spu, draft.axes)
    wanted = {spec_hash(sku.specs): sku for sku in draft.skus}
    there = {row.spec_hash: row for row in spu.skus.prefetch_related("tiers", "spec_values")}
    codes = {sku.code for sku in draft.skus}
    _remove([row for key, row in there.items() if key not in wanted], codes)
    priced = Priced()
    rows: list[Row] = []
    for position, (key, sku) in enumerate(wanted.items()):
        row = there.get(key) or Sku(spu=spu, merchant_id=spu.merchant_id, spec_hash=key, version=0)
        if row.pk:
            _note_changes(row, sku, priced)
        rows.append(Row(row, sku, _fill(row, sku, position)))
    _write(rows)
    _link(rows, choices)
    _save_tiers(rows)
    SpecValue.objects.filter(axis__spu=spu, skus=None).exclude(
        pk__in=[row.pk for row in choices.values()]
    ).delete()
    return priced


def _save_axes(spu: Spu, drafts: Sequence[AxisDraft]) -> Choices:
    spu.axes.exclude(code__in=[draft.code for draft in drafts]).delete()
    axes = {row.code: row for row in spu.axes.prefetch_related("values")}
    choices: Choices = {}
    for position, draft in enumerate(drafts, start=1):
        axis = axes.get(draft.code) or SpecAxis(spu=spu, code=draft.code)
        axis.names, axis.position = dict(draft.names), position
        axis.save()
        rows = [
            SpecValue(axis=axis, code=value.code, names=dict(value.names), position=place)
            for place, value in enumerate(draft.values)
        ]
        SpecValue.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["axis", "code"],
            update_fields=["names", "position"],
        )
        choices |= {(draft.code, row.code): row for row in rows}
    return choices


FIELDS = (
    "code",
    "price",
    "list_price",
    "cost_price",
    "weight_grams",
    "volume_cm3",
    "is_active",
    "min_quantity",
    "step_quantity",
    "max_per_order",
    "max_per_user",
    "max_per_user_days",
)
PRICES = {
    "price": PriceKind.PRICE,
    "list_price": PriceKind.LIST_PRICE,
    "cost_price": PriceKind.COST_PRICE,
}


def _fill(row: Sku, draft: SkuDraft, position: int) -> bool:
    """Take over the draft's values; say whether that, or the tiers, changed anything."""
    wanted = {name: getattr(draft, name) for name in FIELDS} | {"position": position}
    changed = {name: value for name, value in wanted.items() if getattr(row, name) != value}
    for name, value in changed.items():
        setattr(row, name, value)
    return bool(changed) or _tiers_of(row) != sorted(draft.tiers)


def _note_changes(row: Sku, draft: SkuDraft, priced: Priced) -> None:
    for name, kind in PRICES.items():
        before, after = getattr(row, name), getattr(draft, name)
        if before != after:
            priced.changes.append(Change(row, kind, _plain(before), _plain(after)))
    if row.price != draft.price:
        priced.main.append((row.code, row.price, draft.price))
    if _tiers_of(row) != sorted(draft.tiers):
        before, after = _plain_tiers(_tiers_of(row)), _plain_tiers(sorted(draft.tiers))
        priced.changes.append(Change(row, PriceKind.TIERS, before, after))


def _tiers_of(row: Sku) -> list[tuple[int, Decimal]]:
    return sorted((tier.min_quantity, tier.price) for tier in row.tiers.all()) if row.pk else []


def _plain(price: Decimal | None) -> str:
    return "" if price is None else f"{price:.2f}"


def _plain_tiers(tiers: Iterable[tuple[int, Decimal]]) -> str:
    return ", ".join(f"≥{quantity}: {price:.2f}" for quantity, price in tiers)


def _write(rows: Sequence[Row]) -> None:
    fresh = [each.sku for each in rows if not each.sku.pk]
    changed = [each.sku for each in rows if each.sku.pk and each.is_changed]
    for sku in fresh + changed:
        sku.version += 1
    Sku.objects.bulk_create(fresh)
    if changed:
        Sku.objects.bulk_update(changed, [*FIELDS, "position", "version"])


def _link(rows: Sequence[Row], choices: Choices) -> None:
    """Say on each axis what a SKU is; one that comes back on sale may have lost that."""
    links = Sku.spec_values.through
    links._default_manager.bulk_create(
        (
            links(sku_id=each.sku.pk, specvalue_id=choices[spec].pk)
            for each in rows
            for spec in each.draft.specs.items()
        ),
        ignore_conflicts=True,
    )


def _save_tiers(rows: Sequence[Row]) -> None:
    different = [each for each in rows if each.is_changed or each.draft.tiers]
    PriceTier.objects.filter(sku__in=[each.sku for each in different]).delete()
    PriceTier.objects.bulk_create(
        PriceTier(sku=each.sku, min_quantity=quantity, price=price)
        for each in different
        for quantity, price in each.draft.tiers
    )


def _remove(rows: Sequence[Sku], codes: Collection[str]) -> None:
    """Delete SKUs that nobody refers to; the others (ordered, counted, priced before) go off sale."""
    for row in rows:
        try:
            with transaction.atomic():
                row.delete()
        except ProtectedError:
            code = f"{row.code[:50]}~{row.pk}" if row.code in codes else row.code
            if row.is_active or code != row.code:
                Sku.objects.filter(pk=row.pk).update(
                    is_active=False, code=code, version=row.version + 1
                )
