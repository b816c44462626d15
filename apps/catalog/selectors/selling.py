from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import CharField, F, OuterRef, Q, Subquery
from django.db.models.functions import Cast, JSONObject
from django.utils.translation import gettext as _

from apps.catalog.models import Media, PriceTier, Sku, SpecValue, SpuStatus, SpuTranslation
from apps.catalog.pictures import Picture, picture_of
from apps.catalog.translations import active_language, pick_name, translated
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
    return _read(Q(pk__in=sku_ids), language or active_language())


def skus_of_spu(spu_id: int, language: str) -> list[SaleableSku]:
    """Return the active SKUs of an SPU in their order, in one statement."""
    return list(_read(Q(spu_id=spu_id, is_active=True), language).values())


PICTURE = JSONObject(
    image="image", alt="alt", width="width", height="height", renditions="renditions"
)
SPEC = JSONObject(axis="axis__code", axis_names="axis__names", value="code", value_names="names")
TIER = JSONObject(quantity="min_quantity", price=Cast("price", CharField()))
COLUMNS = (
    "pk",
    "spu_id",
    "merchant_id",
    "merchant__name",
    "merchant__name_en",
    "merchant__status",
    "code",
    "price",
    "list_price",
    "weight_grams",
    "volume_cm3",
    "is_active",
    "min_quantity",
    "step_quantity",
    "max_per_order",
    "max_per_user",
    "max_per_user_days",
    "version",
    "spu__slug",
    "spu__status",
    "spu__unpublish_at",
    "spu__shipping_class_id",
    "spu__category_id",
    "spu__brand_id",
)


def _read(which: Q, language: str) -> dict[int, SaleableSku]:
    media = Media.objects.filter(Q(sku=None) | Q(sku=OuterRef("pk")), spu=OuterRef("spu_id"))
    rows = (
        Sku.objects.filter(which)
        .order_by("position", "pk")
        .values(
            *COLUMNS,
            name=translated(SpuTranslation, "spu", "name", language=language, of="spu_id"),
            specs=ArraySubquery(
                SpecValue.objects.filter(skus=OuterRef("pk"))
                .order_by("axis__position")
                .values(spec=SPEC)
            ),
            price_tiers=ArraySubquery(
                PriceTier.objects.filter(sku=OuterRef("pk"))
                .order_by("min_quantity")
                .values(tier=TIER)
            ),
            picture=Subquery(
                media.order_by(F("sku").desc(nulls_last=True), "position", "pk").values(
                    picture=PICTURE
                )[:1]
            ),
        )
    )
    return {row["pk"]: _saleable(row, language) for row in rows}


def _saleable(row: Mapping[str, Any], language: str) -> SaleableSku:
    specs = tuple(
        SpecChoice(
            spec["axis"],
            pick_name(spec["axis_names"], language),
            spec["value"],
            pick_name(spec["value_names"], language),
        )
        for spec in row["specs"]
    )
    return SaleableSku(
        sku_id=row["pk"],
        spu_id=row["spu_id"],
        merchant_id=row["merchant_id"],
        merchant_name=merchant_name(row["merchant__name"], row["merchant__name_en"], language),
        code=row["code"],
        name=row["name"] or row["code"],
        specs=specs,
        spec_text=", ".join(spec.value_name for spec in specs),
        picture=picture_of(row["picture"], row["name"] or ""),
        slug=row["spu__slug"],
        unit_price=row["price"],
        list_price=row["list_price"],
        tiers=tuple((tier["quantity"], Decimal(tier["price"])) for tier in row["price_tiers"]),
        shipping_class_id=row["spu__shipping_class_id"],
        category_id=row["spu__category_id"],
        brand_id=row["spu__brand_id"],
        why_not=_why_not(row),
        **{name: row[name] for name in SAME_NAMES},
    )


SAME_NAMES = (
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
    ends = row["spu__unpublish_at"]
    if row["spu__status"] != SpuStatus.ON_SHELF or (ends and ends <= clock.now()):
        return WhyNot.OFF_SHELF
    if row["merchant__status"] != MerchantStatus.OPEN:
        return WhyNot.MERCHANT_CLOSED
    return WhyNot.CAN if row["is_active"] else WhyNot.NOT_FOR_SALE


def say_why_not(why_not: str) -> str:
    """Return the sentence for a shopper."""
    return {
        WhyNot.OFF_SHELF: _("This is no longer on sale."),
        WhyNot.NOT_FOR_SALE: _("This choice is no longer on sale."),
        WhyNot.MERCHANT_CLOSED: _("This merchant is not selling at the moment."),
    }.get(why_not, "")
