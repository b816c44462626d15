from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, Min, OuterRef, Q, Subquery

from apps.catalog.models import Media, Spu, SpuTranslation
from apps.catalog.pictures import Picture, picture_of
from apps.catalog.selectors.selling import PICTURE, merchant_name
from apps.catalog.translations import active_language, translated


@dataclass(frozen=True, slots=True)
class ProductCard:
    """An SPU as lists show it."""

    spu_id: int
    slug: str
    name: str
    subtitle: str
    picture: Picture | None
    min_price: Decimal
    max_price: Decimal
    list_price: Decimal | None
    sku_count: int
    only_sku_id: int | None
    merchant_id: int
    merchant_code: str
    merchant_name: str

    @property
    def image_url(self) -> str:
        return self.picture.url if self.picture else ""

    @property
    def has_more_prices(self) -> bool:
        return self.min_price != self.max_price


COLUMNS = ("pk", "slug", "merchant_id", "merchant__code", "merchant__name", "merchant__name_en")


def product_cards(spu_ids: Collection[int], language: str | None = None) -> dict[int, ProductCard]:
    """Return a card for each SPU that is on the shelf and has something for sale, in one statement."""
    language = language or active_language()
    active = Q(skus__is_active=True)
    rows = (
        Spu.objects.on_shelf()
        .filter(active, pk__in=spu_ids)
        .values(*COLUMNS)
        .annotate(
            name=translated(SpuTranslation, "spu", "name", language=language),
            subtitle=translated(SpuTranslation, "spu", "subtitle", language=language),
            picture=Subquery(
                Media.objects.filter(spu=OuterRef("pk"))
                .order_by("position", "pk")
                .values(picture=PICTURE)[:1]
            ),
            min_price=Min("skus__price"),
            max_price=Max("skus__price"),
            list_price=Min("skus__list_price"),
            sku_count=Count("skus"),
            any_sku_id=Min("skus__pk"),
        )
    )
    return {row["pk"]: _card(row, language) for row in rows}


def _card(row: Mapping[str, Any], language: str) -> ProductCard:
    is_reduced = row["list_price"] is not None and row["list_price"] > row["min_price"]
    return ProductCard(
        spu_id=row["pk"],
        slug=row["slug"],
        name=row["name"] or row["slug"],
        subtitle=row["subtitle"] or "",
        picture=picture_of(row["picture"], row["name"] or ""),
        min_price=row["min_price"],
        max_price=row["max_price"],
        list_price=row["list_price"] if is_reduced else None,
        sku_count=row["sku_count"],
        only_sku_id=row["any_sku_id"] if row["sku_count"] == 1 else None,
        merchant_id=row["merchant_id"],
        merchant_code=row["merchant__code"],
        merchant_name=merchant_name(row["merchant__name"], row["merchant__name_en"], language),
    )
