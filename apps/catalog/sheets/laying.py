"""Laying the rows of a sheet over an SPU: cells that are filled in replace, the others leave alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext as _
from pypinyin import lazy_pinyin

from apps.catalog.drafts import AxisDraft, SkuDraft, SpuDraft, SpuText, ValueDraft
from apps.catalog.models.skus import MAX_AXES
from apps.catalog.sheets.columns import SKU_COLUMNS, SPU_COLUMNS, RowError

_ZH, _EN = "zh-hans", "en"
_LANGUAGES = {"": _ZH, "_en": _EN}
_TEXTS = ("name", "subtitle", "description")


@dataclass(slots=True)
class SheetRow:
    number: int
    values: dict[str, Any]


@dataclass(slots=True)
class Group:
    """The rows of one SPU, and what is wrong with them."""

    spu_code: str
    rows: list[SheetRow] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)
    count: int = 0

    def fail(self, column: str, message: str, row: SheetRow | None = None) -> None:
        self.errors.append(RowError((row or self.rows[0]).number, column, message))


@dataclass(frozen=True, slots=True)
class Names:
    """What the words in a sheet stand for."""

    categories: Mapping[str, int]
    brands: Mapping[str, int]
    shipping_classes: Mapping[str, int]
    attribute_values: Mapping[tuple[str, str], int]


def lay_over(
    group: Group, current: SpuDraft | None, names: Names, merchant_id: int
) -> SpuDraft | None:
    """Return what the SPU is to become, or None with the reasons noted on the group."""
    common = _common(group)
    base = current or _blank(group, common, merchant_id, names)
    axes = _axes(group, base.axes)
    draft = replace(
        base,
        texts=_texts(base.texts, common),
        axes=axes,
        skus=_skus(group, base.skus, axes),
        **_references(group, common, names),
    )
    if current is None:
        _must_be_whole(group, draft)
    return None if group.errors else draft


def split_names(cell: str) -> dict[str, str]:
    """Read ``颜色|Colour``."""
    first, _bar, second = cell.partition("|")
    names = {_ZH: first.strip()}
    return names | {_EN: second.strip()} if second.strip() else names


def code_of(cell: str) -> str:
    """Return a code for an axis or a value: its first name, as an address would have it."""
    name = split_names(cell)[_ZH].replace(".", "-").replace("/", "-").replace("×", "x")
    return slugify(name, allow_unicode=True)[:40]


def _common(group: Group) -> dict[str, Any]:
    """Return the cells about the SPU; two rows that contradict each other are an error."""
    common: dict[str, Any] = {}
    for row in group.rows:
        for name in SPU_COLUMNS:
            if name in row.values and common.setdefault(name, row.values[name]) != row.values[name]:
                group.fail(name, _("another row of this product says otherwise"), row)
    return common


def _blank(group: Group, common: Mapping[str, Any], merchant_id: int, names: Names) -> SpuDraft:
    name = common.get("name_en") or " ".join(lazy_pinyin(common.get("name", "")))
    slug = common.get("slug") or f"{slugify(name)[:80]}-{slugify(group.spu_code)}".strip("-")
    return SpuDraft(
        merchant_id=merchant_id,
        category_id=0,
        shipping_class_id=names.shipping_classes.get("standard", 0),
        code=group.spu_code,
        slug=slug,
        texts={},
        axes=(),
        skus=(),
        attribute_value_ids=(),
    )


def _texts(texts: Mapping[str, SpuText], common: Mapping[str, Any]) -> dict[str, SpuText]:
    merged = dict(texts)
    for suffix, language in _LANGUAGES.items():
        said = {part: common[part + suffix] for part in _TEXTS if part + suffix in common}
        if said:
            merged[language] = replace(merged.get(language) or SpuText(name=""), **said)
    return {language: text for language, text in merged.items() if text.name}


def _references(group: Group, common: Mapping[str, Any], names: Names) -> dict[str, Any]:
    found: dict[str, Any] = {}
    tables = {
        "category": names.categories,
        "brand": names.brands,
        "shipping_class": names.shipping_classes,
    }
    for column, table in tables.items():
        word = common.get(column)
        if word:
            found[f"{column}_id"] = table.get(word)
            if word not in table:
                group.fail(column, _("there is no “{word}”").format(word=word))
        elif word is not None:
            found[f"{column}_id"] = None
    if "attributes" in common:
        ids = [names.attribute_values.get(pair) for pair in common["attributes"]]
        if None in ids:
            word = ": ".join(common["attributes"][ids.index(None)])
            group.fail("attributes", _("there is no “{word}”").format(word=word))
        found["attribute_value_ids"] = tuple(sorted(known for known in ids if known))
    if "slug" in common:
        found["slug"] = common["slug"]
    return found


def _axes(group: Group, there: Sequence[AxisDraft]) -> tuple[AxisDraft, ...]:
    """Return the axes with the values that the rows add to them."""
    axes = list(there)
    for row in group.rows:
        for place in range(1, MAX_AXES + 1):
            axis, value = row.values.get(f"axis_{place}"), row.values.get(f"value_{place}")
            if axis and value:
                _add_value(axes, axis, value)
            elif axis or value:
                group.fail(f"value_{place}", _("a spec needs a name and a value"), row)
    return tuple(axes)


def _add_value(axes: list[AxisDraft], axis: str, value: str) -> None:
    at = _find(axes, axis)
    if at is None:
        at = len(axes)
        axes.append(AxisDraft(code=code_of(axis), names=split_names(axis), values=()))
    if _find(axes[at].values, value) is None:
        fresh = ValueDraft(code=code_of(value), names=split_names(value))
        axes[at] = replace(axes[at], values=(*axes[at].values, fresh))


def _find(drafts: Sequence[AxisDraft | ValueDraft], cell: str) -> int | None:
    code, name = code_of(cell), split_names(cell)[_ZH]
    for place, draft in enumerate(drafts):
        if draft.code == code or name in draft.names.values():
            return place
    return None


def _skus(
    group: Group, there: Sequence[SkuDraft], axes: Sequence[AxisDraft]
) -> tuple[SkuDraft, ...]:
    skus = {sku.code: sku for sku in there}
    seen: set[str] = set()
    for row in group.rows:
        code = row.values["sku_code"]
        if code in seen:
            group.fail("sku_code", _("it is there twice"), row)
        seen.add(code)
        said = {name: row.values[name] for name in SKU_COLUMNS if name in row.values}
        said.pop("sku_code")
        specs = _specs(row, axes)
        base = skus.get(code)
        if base is None and "price" not in said:
            group.fail("price", _("it is missing"), row)
        base = base or SkuDraft(code=code, price=Decimal(0))
        skus[code] = replace(base, **said, specs=dict(base.specs) | specs)
    return tuple(skus.values())


def _specs(row: SheetRow, axes: Sequence[AxisDraft]) -> dict[str, str]:
    specs: dict[str, str] = {}
    for place in range(1, MAX_AXES + 1):
        axis, value = row.values.get(f"axis_{place}"), row.values.get(f"value_{place}")
        at = _find(axes, axis) if axis and value else None
        if at is not None and value:
            found = _find(axes[at].values, value)
            if found is not None:
                specs[axes[at].code] = axes[at].values[found].code
    return specs


def _must_be_whole(group: Group, draft: SpuDraft) -> None:
    missing = [("name", not draft.texts.get(_ZH)), ("category", not draft.category_id)]
    missing += [("shipping_class", not draft.shipping_class_id), ("spu_code", not draft.code)]
    told = {error.column for error in group.errors}
    for column, is_missing in missing:
        if is_missing and column not in told:
            group.fail(column, _("a new product needs it"))
