from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from apps.catalog.models import SpuStatus
from apps.catalog.pictures import Picture, picture_of
from apps.catalog.selectors.rows import PICTURE, TEXT, fetch
from apps.catalog.translations import active_language, pick_name
from apps.core import clock
from apps.merchants.models import MerchantStatus


class WhyNot:
    """Why a SKU cannot be bought, apart from its stock; empty when it can."""

    CAN = ""
    OFF_SHELF = "OFF_SHELF"
    NOT_FOR_SALE = "NOT_FOR_SALE"
    MERCHANT_CLOSED = "MERCHANT_CLOSED"


@dataclass(frozen=True, slots=True)
class SpecChoice:
    """What a SKU is on one axis: colour = red."""

    axis: str
    axis_name: str
    value: str
    value_name: str


@dataclass(frozen=True, slots=True)
class SaleableSku:
    """A SKU as cart, quote and order see it, in one language."""

    sku_id: int
    spu_id: int
    merchant_id: int
    merchant_name: str
    code: str
    name: str
    specs: tuple[SpecChoice, ...]
    spec_text: str
    picture: Picture | None
    slug: str
    unit_price: Decimal
    list_price: Decimal | None
    tiers: tuple[tuple[int, Decimal], ...]
    weight_grams: int
    volume_cm3: int
    shipping_class_id: int
    category_id: int
    brand_id: int | None
    min_quantity: int
    step_quantity: int
    max_per_order: int | None
    max_per_user: int | None
    max_per_user_days: int | None
    version: int
    why_not: str

    @property
    def is_saleable(self) -> bool:
        return not self.why_not

    @property
    def image_url(self) -> str:
        return self.picture.url if self.picture else ""


def skus_for_sale(sku_ids: Collection[int], language: str | None = None) -> dict[int, SaleableSku]:
    """
    Return what selling needs to know of each SKU, in one statement; unknown ids are left out.

    SKUs that cannot be bought are there too, and say why not.
    """
    if not sku_ids:
        return {}
    language = language or active_language()
    rows = fetch(f"{SELECT} WHERE k.id = ANY(%(ids)s) {ORDER}", language, ids=list(sku_ids))
    return {row["sku_id"]: _saleable(row, language) for row in rows}


def skus_of_spu(spu_id: int, language: str) -> list[SaleableSku]:
    """Return the active SKUs of an SPU in their order, in one statement."""
    where = "WHERE k.spu_id = %(spu_id)s AND k.is_active"
    rows = fetch(f"{SELECT} {where} {ORDER}", language, spu_id=spu_id)
    return [_saleable(row, language) for row in rows]


SELECT = f"""
SELECT k.id AS sku_id, k.spu_id, k.merchant_id, k.code, k.price, k.list_price, k.weight_grams,
    k.volume_cm3, k.is_active, k.min_quantity, k.step_quantity, k.max_per_order, k.max_per_user,
    k.max_per_user_days, k.version, seller.name AS seller, seller.name_en AS seller_en,
    seller.status AS seller_status, p.slug, p.status, p.unpublish_at, p.shipping_class_id,
    p.category_id, p.brand_id,
    (SELECT t.name FROM catalog_sputranslation t WHERE t.spu_id = k.spu_id {TEXT}) AS name,
    (SELECT json_agg(json_build_array(a.code, a.names, v.code, v.names) ORDER BY a.position)
        FROM catalog_sku_spec_values link JOIN catalog_specvalue v ON v.id = link.specvalue_id
        JOIN catalog_specaxis a ON a.id = v.axis_id WHERE link.sku_id = k.id) AS specs,
    (SELECT json_agg(json_build_array(tier.min_quantity, tier.price::text) ORDER BY tier.min_quantity)
        FROM catalog_pricetier tier WHERE tier.sku_id = k.id) AS tiers,
    (SELECT {PICTURE} FROM catalog_media m
        WHERE m.spu_id = k.spu_id AND (m.sku_id IS NULL OR m.sku_id = k.id)
        ORDER BY m.sku_id DESC NULLS LAST, m.position, m.id LIMIT 1) AS picture
FROM catalog_sku k JOIN catalog_spu p ON p.id = k.spu_id
JOIN merchants_merchant seller ON seller.id = k.merchant_id
"""  # noqa: S608  # constants alone
ORDER = "ORDER BY k.position, k.id"


def _saleable(row: Mapping[str, Any], language: str) -> SaleableSku:
    specs = tuple(
        SpecChoice(axis, pick_name(axis_names, language), value, pick_name(names, language))
        for axis, axis_names, value, names in row["specs"] or ()
    )
    return SaleableSku(
        merchant_name=merchant_name(row["seller"], row["seller_en"], language),
        name=row["name"] or row["code"],
        specs=specs,
        spec_text=", ".join(spec.value_name for spec in specs),
        picture=picture_of(row["picture"], row["name"] or ""),
        unit_price=row["price"],
        tiers=tuple((quantity, Decimal(price)) for quantity, price in row["tiers"] or ()),
        why_not=_why_not(row),
        **{name: row[name] for name in SAME_NAMES},
    )


SAME_NAMES = (
    "sku_id",
    "spu_id",
    "merchant_id",
    "code",
    "slug",
    "list_price",
    "shipping_class_id",
    "category_id",
    "brand_id",
    "weight_grams",
    "volume_cm3",
    "min_quantity",
    "step_quantity",
    "max_per_order",
    "max_per_user",
    "max_per_user_days",
    "version",
)


def merchant_name(name: str, name_en: str, language: str) -> str:
    return name_en if language == "en" and name_en else name


def _why_not(row: Mapping[str, Any]) -> str:
    ends = row["unpublish_at"]
    if row["status"] != SpuStatus.ON_SHELF or (ends and ends <= clock.now()):
        return WhyNot.OFF_SHELF
    if row["seller_status"] != MerchantStatus.OPEN:
        return WhyNot.MERCHANT_CLOSED
    return WhyNot.CAN if row["is_active"] else WhyNot.NOT_FOR_SALE


def say_why_not(why_not: str) -> str:
    """Return the sentence for a shopper."""
    return {
        WhyNot.OFF_SHELF: _("This is no longer on sale."),
        WhyNot.NOT_FOR_SALE: _("This choice is no longer on sale."),
        WhyNot.MERCHANT_CLOSED: _("This merchant is not selling at the moment."),
    }.get(why_not, "")
