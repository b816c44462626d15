"""The goods of the demo shop, as an import writes them, and with their pictures."""

import zlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from apps.backoffice.demo.english import english, english_description
from apps.backoffice.demo.loading.describing import chinese_description
from apps.backoffice.demo.loading.shelves import (
    EN,
    ZH,
    Value,
    load_attribute_values,
    load_brands,
    load_categories,
)
from apps.backoffice.demo.reading import (
    COLOUR_AXIS,
    DemoAxis,
    DemoOption,
    DemoSpu,
    read_catalogue,
    shop_words,
)
from apps.catalog.drafts import AxisDraft, SkuDraft, SpuDraft, SpuText, ValueDraft
from apps.catalog.models import AttributeValue, Brand, Category, Media, ShippingClass, Sku, Spu
from apps.catalog.services.bulk import create_spus, publish_spus
from apps.core import clock
from apps.merchants.models import Merchant

_SIZE, _CARD, _PICTURES = 800, 400, 4
_CENT = Decimal("0.01")
_GROWING_AXES = {"规格", "重量", "容量", "尺寸"}  # where what costs more also weighs more
_CM3_PER_GRAM = {"standard": 4, "heavy": 6, "cold": 2}
_DAYS_ON_SHELF = 60
_BATCH = 50


@dataclass(frozen=True, slots=True)
class Shelf:
    """What the goods refer to, found once."""

    merchants: Mapping[str, Merchant]
    categories: Mapping[str, Category]
    brands: Mapping[str, Brand]
    values: Mapping[Value, AttributeValue]
    classes: Mapping[str, ShippingClass]


def load_goods(merchants: Mapping[str, Merchant]) -> Iterator[int]:
    """Write the SPUs that are missing, some at a time; yield how many were looked at."""
    # mixed, so that lists of the newest do not show one department after the other
    spus = sorted(read_catalogue()[1], key=_luck)
    shelf = Shelf(
        merchants=merchants,
        categories=load_categories(),
        brands=load_brands(),
        values=load_attribute_values(read_catalogue()[1]),
        classes={row.code: row for row in ShippingClass.objects.all()},
    )
    there = set(Spu.objects.values_list("merchant_id", "code"))
    for start in range(0, len(spus), _BATCH):
        batch = spus[start : start + _BATCH]
        _load([s for s in batch if (merchants[s.merchant].pk, s.code) not in there], shelf)
        yield len(batch)


def sku_code(spu: DemoSpu, place: int) -> str:
    """Return the code of the SPU's SKU at this place."""
    return f"{shop_words()['merchants'][spu.merchant]['code']}-{spu.code}-{place:02d}"


@transaction.atomic
def _load(says: Sequence[DemoSpu], shelf: Shelf) -> None:
    ids = create_spus([_draft(say, shelf) for say in says], actor=None)
    spus = Spu.objects.in_bulk(ids)
    skus = defaultdict(list)
    for sku in Sku.objects.filter(spu__in=ids).order_by("position"):
        skus[sku.spu_id].append(sku)
    rows = [
        row for pk, say in zip(ids, says, strict=True) for row in _pictures(spus[pk], say, skus[pk])
    ]
    Media.objects.bulk_create(rows)
    publish_spus(spu_ids=ids, actor=None)
    for pk, say in zip(ids, says, strict=True):
        hours = _luck(say) % (24 * _DAYS_ON_SHELF)
        spus[pk].created_at = spus[pk].published_at = clock.now() - timedelta(hours=hours)
    Spu.objects.bulk_update(spus.values(), ["created_at", "published_at"])


def _luck(say: DemoSpu) -> int:
    return zlib.crc32(say.slug.encode())


def _draft(say: DemoSpu, shelf: Shelf) -> SpuDraft:
    return SpuDraft(
        merchant_id=shelf.merchants[say.merchant].pk,
        category_id=shelf.categories[say.category].pk,
        brand_id=shelf.brands[say.brand].pk,
        shipping_class_id=shelf.classes[say.shipping_class].pk,
        code=say.code,
        slug=say.slug,
        texts={
            ZH: SpuText(
                name=say.name,
                subtitle=say.subtitle,
                description=chinese_description(say),
                seo_description=f"{say.subtitle}。{say.about}"[:200],
            ),
            EN: SpuText(name=say.en, description=english_description(say)),
        },
        axes=[_axis_draft(axis) for axis in say.axes],
        skus=[_sku_draft(say, place, choice) for place, choice in enumerate(say.combinations(), 1)],
        attribute_value_ids=[shelf.values[pair].pk for pair in say.attributes.items()],
    )


def _axis_draft(axis: DemoAxis) -> AxisDraft:
    name = shop_words()["axes"][axis.name]
    return AxisDraft(
        code=slugify(name),
        names={ZH: axis.name, EN: name},
        values=[
            ValueDraft(code=_value_code(option), names={ZH: option.name, EN: english(option.name)})
            for option in axis.options
        ],
    )


def _value_code(option: DemoOption) -> str:
    readable = option.name.replace(".", "-").replace("/", "-").replace("×", "x")
    return slugify(readable, allow_unicode=True)[:40]


def _sku_draft(say: DemoSpu, place: int, choice: tuple[DemoOption, ...]) -> SkuDraft:
    extra = sum((option.extra for option in choice), Decimal(0))
    price = say.price + extra
    weight = _weight(say, choice)
    return SkuDraft(
        code=sku_code(say, place),
        price=price,
        specs={
            slugify(shop_words()["axes"][axis.name]): _value_code(option)
            for axis, option in zip(say.axes, choice, strict=True)
        },
        list_price=say.list_price + extra,
        cost_price=(price * say.cost_share).quantize(_CENT),
        tiers=[(at, (price * share).quantize(_CENT)) for at, share in say.tiers.items()],
        weight_grams=weight,
        volume_cm3=weight * _CM3_PER_GRAM[say.shipping_class],
        **_limits(say),
    )


def _weight(say: DemoSpu, choice: tuple[DemoOption, ...]) -> int:
    extra = sum(
        option.extra
        for axis, option in zip(say.axes, choice, strict=True)
        if axis.name in _GROWING_AXES
    )
    return round(say.weight_grams * (1 + extra / say.price))


def _limits(say: DemoSpu) -> dict[str, Any]:
    names = {
        "order": "max_per_order",
        "user": "max_per_user",
        "days": "max_per_user_days",
        "min": "min_quantity",
        "step": "step_quantity",
    }
    return {names[key]: number for key, number in say.limits.items()}


def _pictures(spu: Spu, say: DemoSpu, skus: Sequence[Sku]) -> Iterator[Media]:
    for place in range(1, _PICTURES + 1):
        yield _picture(spu, say.picture(place), say.name, place)
    colour_at = next((n for n, axis in enumerate(say.axes) if axis.name == COLOUR_AXIS), None)
    if colour_at is None:
        return
    for sku, choice in zip(skus, say.combinations(), strict=True):
        colour = choice[colour_at].name
        row = _picture(spu, say.picture_in(colour), f"{say.name} {colour}", _PICTURES + 1)
        row.sku = sku
        yield row


def _picture(spu: Spu, name: str, alt: str, position: int) -> Media:
    card = name.removesuffix(".webp") + f"-{_CARD}.webp"
    return Media(
        spu=spu,
        image=name,
        alt=alt[:120],
        position=position,
        width=_SIZE,
        height=_SIZE,
        renditions={str(_CARD): {"webp": card}, str(_SIZE): {"webp": name}},
        rendered_at=clock.now(),
    )
