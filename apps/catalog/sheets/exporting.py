"""Products as rows of the sheet that an import reads: what goes out may come back."""

from collections.abc import Iterator, Mapping
from typing import Any

from apps.catalog.drafts import AxisDraft, SkuDraft, SpuDraft, SpuText
from apps.catalog.models import AttributeValue, Brand, Category, ShippingClass
from apps.catalog.models.spus import SpuQuerySet
from apps.catalog.sheets.columns import CLEARABLE, CLEARED, COLUMNS, SECRET_COLUMNS
from apps.catalog.sheets.current import draft_of, whole_spus

_CHUNK = 300


def product_columns(*, with_costs: bool) -> list[str]:
    """Return the columns of the sheet, without what only some may see."""
    return [name for name in COLUMNS if with_costs or name not in SECRET_COLUMNS]


def product_rows(rows: SpuQuerySet) -> Iterator[dict[str, Any]]:
    """Return one row per SKU, read chunk by chunk."""
    words = Words()
    for spu in whole_spus(rows).order_by("pk").iterator(chunk_size=_CHUNK):
        yield from draft_rows(draft_of(spu), words)


class Words:
    """The codes that ids stand for."""

    def __init__(self) -> None:
        self.categories = dict(Category.objects.values_list("pk", "slug"))
        self.brands = dict(Brand.objects.values_list("pk", "slug"))
        self.classes = dict(ShippingClass.objects.values_list("pk", "code"))
        values = AttributeValue.objects.values_list("pk", "attribute__code", "code")
        self.values = {pk: f"{attribute}: {code}" for pk, attribute, code in values}


def draft_rows(draft: SpuDraft, words: Words) -> Iterator[dict[str, Any]]:
    """Return the rows of one SPU; what is about the whole of it stands on each."""
    common = _common(draft, words)
    for sku in draft.skus:
        yield common | _specs(draft.axes, sku) | _sku(sku)


def undo_rows(draft: SpuDraft, words: Words) -> Iterator[dict[str, Any]]:
    """Return the rows that bring an SPU back to this: what is empty here is taken away again."""
    for row in draft_rows(draft, words):
        cleared = {name: CLEARED for name in CLEARABLE if row.get(name) in {None, ""}}
        yield row | cleared


def _common(draft: SpuDraft, words: Words) -> dict[str, Any]:
    empty = SpuText(name="")
    zh, en = draft.texts.get("zh-hans", empty), draft.texts.get("en", empty)
    return {
        "spu_code": draft.code,
        "slug": draft.slug,
        "name": zh.name,
        "name_en": en.name,
        "subtitle": zh.subtitle,
        "subtitle_en": en.subtitle,
        "description": zh.description,
        "description_en": en.description,
        "category": words.categories[draft.category_id],
        "brand": words.brands.get(draft.brand_id or 0, ""),
        "shipping_class": words.classes[draft.shipping_class_id],
        "attributes": "; ".join(words.values[pk] for pk in draft.attribute_value_ids),
    }


def _specs(axes: Any, sku: SkuDraft) -> dict[str, str]:
    cells: dict[str, str] = {}
    axis: AxisDraft
    for place, axis in enumerate(axes, start=1):
        value = next(value for value in axis.values if value.code == sku.specs[axis.code])
        cells |= {f"axis_{place}": _names(axis.names), f"value_{place}": _names(value.names)}
    return cells


def _names(names: Mapping[str, str]) -> str:
    zh, en = names.get("zh-hans", ""), names.get("en", "")
    return f"{zh or en}|{en}" if en else zh


def _sku(sku: SkuDraft) -> dict[str, Any]:
    return {
        "sku_code": sku.code,
        "price": sku.price,
        "list_price": sku.list_price,
        "cost_price": sku.cost_price,
        "tiers": "; ".join(f"{quantity}: {price}" for quantity, price in sku.tiers),
        "weight_grams": sku.weight_grams,
        "volume_cm3": sku.volume_cm3,
        "min_quantity": sku.min_quantity,
        "step_quantity": sku.step_quantity,
        "max_per_order": sku.max_per_order,
        "max_per_user": sku.max_per_user,
        "max_per_user_days": sku.max_per_user_days,
        "is_active": int(sku.is_active),
    }
