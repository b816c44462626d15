"""What an SPU is to become: plain values, checked before anything is written."""

import hashlib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from apps.catalog.models.skus import MAX_AXES, MAX_SKUS

MAX_SLUG, MAX_CODE, MAX_SKU_CODE = 120, 40, 64  # as the columns have them
FIRST_TIER = 2
SLUG = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*", re.ASCII)
LANGUAGE_NEEDED = "zh-hans"
MAX_PRICE = Decimal("9999999.99")


@dataclass(frozen=True, slots=True, kw_only=True)
class SpuText:
    name: str
    subtitle: str = ""
    description: str = ""
    seo_description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueDraft:
    code: str
    names: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class AxisDraft:
    code: str
    names: Mapping[str, str]
    values: Sequence[ValueDraft]


@dataclass(frozen=True, slots=True, kw_only=True)
class SkuDraft:
    """One combination: ``specs`` maps each axis code to one of its value codes."""

    code: str
    price: Decimal
    specs: Mapping[str, str] = field(default_factory=dict)
    list_price: Decimal | None = None
    cost_price: Decimal | None = None
    tiers: Sequence[tuple[int, Decimal]] = ()
    weight_grams: int = 0
    volume_cm3: int = 0
    is_active: bool = True
    min_quantity: int = 1
    step_quantity: int = 1
    max_per_order: int | None = None
    max_per_user: int | None = None
    max_per_user_days: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SpuDraft:
    """The whole of an SPU. SKUs that are left out are taken off sale."""

    merchant_id: int
    category_id: int
    shipping_class_id: int
    code: str
    slug: str
    texts: Mapping[str, SpuText]
    skus: Sequence[SkuDraft]
    axes: Sequence[AxisDraft] = ()
    brand_id: int | None = None
    attribute_value_ids: Sequence[int] = ()
    publish_at: datetime | None = None
    unpublish_at: datetime | None = None


class Unsound(ValueError):
    """A draft that contradicts itself; ``field`` says where."""

    def __init__(self, where: str, reason: str) -> None:
        self.field = where
        self.reason = reason
        super().__init__(f"{where}: {reason}")


def spec_hash(specs: Mapping[str, str]) -> str:
    """Return what two SKUs of an SPU share only if they are the same combination, in whatever order."""
    text = "|".join(f"{axis}={value}" for axis, value in sorted(specs.items()))
    return hashlib.sha256(text.encode()).hexdigest()


def must_be_sound(draft: SpuDraft) -> None:
    """
    Check a draft against itself.

    :raises Unsound: with the field and the reason
    """
    if not SLUG.fullmatch(draft.slug) or len(draft.slug) > MAX_SLUG:
        raise Unsound("slug", _("lower-case letters, digits and hyphens"))
    if not draft.code.strip() or len(draft.code) > MAX_CODE:
        raise Unsound("code", _("1 to {most} characters").format(most=MAX_CODE))
    if not draft.texts.get(LANGUAGE_NEEDED, SpuText(name="")).name.strip():
        raise Unsound("name", _("it is missing in {language}").format(language=LANGUAGE_NEEDED))
    if draft.publish_at and draft.unpublish_at and draft.publish_at >= draft.unpublish_at:
        raise Unsound("unpublish_at", _("it is not after the time of going on shelf"))
    _axes_must_be_sound(draft.axes)
    _skus_must_be_sound(draft)


def _axes_must_be_sound(axes: Sequence[AxisDraft]) -> None:
    if len(axes) > MAX_AXES:
        raise Unsound("axes", _("more than {most}").format(most=MAX_AXES))
    _must_be_unique("axes", [axis.code for axis in axes])
    for axis in axes:
        _must_be_unique(f"axes.{axis.code}", [value.code for value in axis.values])
        for code, names in [(axis.code, axis.names), *((v.code, v.names) for v in axis.values)]:
            if not code or len(code) > MAX_CODE or not any(names.values()):
                raise Unsound(
                    f"axes.{axis.code}",
                    _("each needs a code of up to {most} characters and a name").format(
                        most=MAX_CODE
                    ),
                )
        if not axis.values:
            raise Unsound(f"axes.{axis.code}", _("it has no values"))


def _skus_must_be_sound(draft: SpuDraft) -> None:
    if not 1 <= len(draft.skus) <= MAX_SKUS:
        raise Unsound("skus", _("1 to {most}").format(most=MAX_SKUS))
    _must_be_unique("skus.code", [sku.code for sku in draft.skus])
    _must_be_unique("skus.specs", [spec_hash(sku.specs) for sku in draft.skus])
    choices = {axis.code: {value.code for value in axis.values} for axis in draft.axes}
    for sku in draft.skus:
        where = f"skus.{sku.code}"
        if not sku.code.strip() or len(sku.code) > MAX_SKU_CODE:
            raise Unsound("skus.code", _("1 to {most} characters").format(most=MAX_SKU_CODE))
        if set(sku.specs) != set(choices):
            raise Unsound(where, _("exactly one value of each spec"))
        for axis, value in sku.specs.items():
            if value not in choices[axis]:
                raise Unsound(
                    where, _("{value} is not a value of {axis}").format(value=value, axis=axis)
                )
        _prices_must_be_sound(where, sku)
        _limits_must_be_sound(where, sku)


def _prices_must_be_sound(where: str, sku: SkuDraft) -> None:
    must_be_price(f"{where}.price", sku.price)
    if sku.list_price is not None:
        must_be_price(f"{where}.list_price", sku.list_price)
    if sku.cost_price is not None and sku.cost_price != 0:
        must_be_price(f"{where}.cost_price", sku.cost_price)
    _must_be_unique(f"{where}.tiers", [str(quantity) for quantity, _price in sku.tiers])
    last = sku.price
    for quantity, price in sorted(sku.tiers):
        must_be_price(f"{where}.tiers", price)
        if quantity < FIRST_TIER or price >= last:
            raise Unsound(
                f"{where}.tiers", _("each from 2 units on, and cheaper than the one before")
            )
        last = price


def _limits_must_be_sound(where: str, sku: SkuDraft) -> None:
    if sku.min_quantity < 1 or sku.step_quantity < 1:
        raise Unsound(where, _("quantities start at 1"))
    if sku.max_per_order is not None and sku.max_per_order < sku.min_quantity:
        raise Unsound(f"{where}.max_per_order", _("it is less than the smallest quantity"))
    if sku.max_per_user_days is not None and sku.max_per_user is None:
        raise Unsound(f"{where}.max_per_user_days", _("it needs a limit per shopper"))
    numbers = (sku.weight_grams, sku.volume_cm3, sku.max_per_user or 0, sku.max_per_user_days or 0)
    if min(numbers) < 0 or max(numbers) > 10**9:
        raise Unsound(where, _("weights, volumes and limits are neither negative nor astronomic"))


def must_be_price(where: str, price: Decimal) -> None:
    """
    Check that this is an amount somebody can pay.

    :raises Unsound: if it is not finite, has parts of a fen, or is out of bounds
    """
    if not isinstance(price, Decimal) or not price.is_finite() or price != round(price, 2):
        raise Unsound(where, _("an amount with two places"))
    if not 0 < price <= MAX_PRICE:
        raise Unsound(where, _("above 0 and up to {most}").format(most=MAX_PRICE))


def _must_be_unique(where: str, values: Sequence[str]) -> None:
    twice = [value for value, count in Counter(values).items() if count > 1]
    if twice:
        raise Unsound(
            where,
            _("the same twice")
            if where == "skus.specs"
            else _("twice: {value}").format(value=twice[0]),
        )
