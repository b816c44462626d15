from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from apps.catalog.models import (
    AttributeTranslation,
    AttributeValue,
    AttributeValueTranslation,
    BrandTranslation,
    CategoryTranslation,
    Media,
    SlugHistory,
    SpecAxis,
    SpecValue,
    Spu,
    SpuTranslation,
)
from apps.catalog.pictures import Picture, picture_of
from apps.catalog.selectors.selling import SaleableSku, merchant_name, skus_of_spu
from apps.catalog.translations import active_language, pick_name, translated
from apps.core.errors import NotFound


@dataclass(frozen=True, slots=True)
class ProductValue:
    """One choice on an axis."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class ProductAxis:
    code: str
    name: str
    values: tuple[ProductValue, ...]


@dataclass(frozen=True, slots=True)
class Crumb:
    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class Product:
    """An SPU with everything its page shows, in one language."""

    spu_id: int
    slug: str
    code: str
    name: str
    subtitle: str
    description: str
    seo_description: str
    category_id: int
    crumbs: tuple[Crumb, ...]
    brand_slug: str
    brand_name: str
    merchant_id: int
    merchant_code: str
    merchant_name: str
    attributes: tuple[tuple[str, str], ...]
    pictures: tuple[Picture, ...]
    sku_pictures: Mapping[int, tuple[Picture, ...]]
    axes: tuple[ProductAxis, ...]
    skus: tuple[SaleableSku, ...]
    published_at: datetime | None
    version: int

    @property
    def min_price(self) -> Decimal:
        return min(sku.unit_price for sku in self.skus)

    @property
    def max_price(self) -> Decimal:
        return max(sku.unit_price for sku in self.skus)


def get_product(slug: str, language: str | None = None) -> Product:
    """
    Return the product page's SPU, in four statements.

    :raises NotFound: if there is none on the shelf with this address (see ``find_moved_slug``)
    """
    language = language or active_language()
    row = _read_spu(slug, language)
    skus = skus_of_spu(row["pk"], language) if row else []
    if row is None or not skus:
        raise NotFound(product=slug)
    general, by_sku = _pictures(row["pk"], row["name"] or "")
    return Product(
        spu_id=row["pk"],
        name=row["name"] or row["code"],
        subtitle=row["subtitle"] or "",
        description=row["description"] or "",
        seo_description=row["seo_description"] or "",
        crumbs=tuple(_crumbs(row)),
        brand_slug=row["brand__slug"] or "",
        brand_name=row["brand_name"] or row["brand__slug"] or "",
        merchant_code=row["merchant__code"],
        merchant_name=merchant_name(row["merchant__name"], row["merchant__name_en"], language),
        attributes=tuple((each["name"], each["value"]) for each in row["attributes"]),
        pictures=general or tuple(picture for each in by_sku.values() for picture in each),
        sku_pictures=by_sku,
        axes=tuple(_axes(row["pk"], language, skus)),
        skus=tuple(skus),
        **{name: row[name] for name in SAME_NAMES},
    )


def find_moved_slug(slug: str) -> str | None:
    """Return the present address of an SPU that once had this one; None if there is none on the shelf."""
    moved = SlugHistory.objects.filter(slug=slug, spu__in=Spu.objects.on_shelf())
    found: str | None = moved.values_list("spu__slug", flat=True).first()
    return found


SAME_NAMES = ("slug", "code", "category_id", "merchant_id", "published_at", "version")
ABOVE = ("category", "category__parent", "category__parent__parent")


def _read_spu(slug: str, language: str) -> dict[str, Any] | None:
    def text(field: str) -> Any:
        return translated(SpuTranslation, "spu", field, language=language)

    names = {
        f"crumb_{place}": translated(
            CategoryTranslation, "category", "name", language=language, of=f"{path}_id"
        )
        for place, path in enumerate(ABOVE)
    }
    row: dict[str, Any] | None = (
        Spu.objects.on_shelf()
        .filter(slug=slug)
        .values(
            "pk",
            *SAME_NAMES,
            *(f"{path}__slug" for path in ABOVE),
            "brand__slug",
            "merchant__code",
            "merchant__name",
            "merchant__name_en",
            name=text("name"),
            subtitle=text("subtitle"),
            description=text("description"),
            seo_description=text("seo_description"),
            brand_name=translated(
                BrandTranslation, "brand", "name", language=language, of="brand_id"
            ),
            attributes=ArraySubquery(_attributes(language)),
            **names,
        )
        .first()
    )
    return row


def _attributes(language: str) -> Any:
    return (
        AttributeValue.objects.filter(spus=OuterRef("pk"))
        .order_by("attribute__position", "attribute_id", "position")
        .values(
            pair=JSONObject(
                name=translated(
                    AttributeTranslation, "attribute", "name", language=language, of="attribute_id"
                ),
                value=translated(AttributeValueTranslation, "value", "name", language=language),
            )
        )
    )


def _crumbs(row: Mapping[str, Any]) -> list[Crumb]:
    crumbs = [
        Crumb(row[f"{path}__slug"], row[f"crumb_{place}"] or row[f"{path}__slug"])
        for place, path in enumerate(ABOVE)
        if row[f"{path}__slug"]
    ]
    return crumbs[::-1]


def _pictures(spu_id: int, alt: str) -> tuple[tuple[Picture, ...], dict[int, tuple[Picture, ...]]]:
    general: list[Picture] = []
    by_sku: dict[int, tuple[Picture, ...]] = {}
    rows = Media.objects.filter(spu_id=spu_id).order_by("position", "pk")
    for row in rows.values("sku_id", "image", "alt", "width", "height", "renditions"):
        picture = picture_of(row, alt)
        if picture and row["sku_id"]:
            by_sku[row["sku_id"]] = (*by_sku.get(row["sku_id"], ()), picture)
        elif picture:
            general.append(picture)
    return tuple(general), by_sku


def _axes(spu_id: int, language: str, skus: Sequence[SaleableSku]) -> list[ProductAxis]:
    """Return the axes with the values that an active SKU has."""
    in_use = {(spec.axis, spec.value) for sku in skus for spec in sku.specs}
    rows = (
        SpecAxis.objects.filter(spu_id=spu_id)
        .order_by("position")
        .values(
            "code",
            "names",
            choices=ArraySubquery(
                SpecValue.objects.filter(axis=OuterRef("pk"))
                .order_by("position", "pk")
                .values(choice=JSONObject(code="code", names="names"))
            ),
        )
    )
    return [
        ProductAxis(
            row["code"],
            pick_name(row["names"], language),
            tuple(
                ProductValue(choice["code"], pick_name(choice["names"], language))
                for choice in row["choices"]
                if (row["code"], choice["code"]) in in_use
            ),
        )
        for row in rows
    ]
