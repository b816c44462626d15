from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import CharField, Count, Max, Min, OuterRef, Subquery
from django.db.models.functions import Cast, JSONObject

from apps.catalog.models import Media, Sku, Spu, SpuTranslation
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
OFFER = JSONObject(
    low=Cast(Min("price"), CharField()),
    high=Cast(Max("price"), CharField()),
    listed=Cast(Min("list_price"), CharField()),
    count=Count("pk"),
    any_id=Min("pk"),
)
WORDS = JSONObject(name="name", subtitle="subtitle")


def product_cards(spu_ids: Collection[int], language: str | None = None) -> dict[int, ProductCard]:
    """Return a card for each SPU that is on the shelf and has something for sale, in one statement."""
    language = language or active_language()
    skus = Sku.objects.filter(spu=OuterRef("pk"), is_active=True).order_by()
    media = Media.objects.filter(spu=OuterRef("pk")).order_by("position", "pk")
    rows = (
        Spu.objects.on_shelf()
        .filter(pk__in=spu_ids)
        .values(
            *COLUMNS,
            words=translated(SpuTranslation, "spu", WORDS, language=language),
            picture=Subquery(media.values(picture=PICTURE)[:1]),
            offer=Subquery(skus.values("spu").annotate(offer=OFFER).values("offer")),
        )
    )
    return {row["pk"]: _card(row, language) for row in rows if row["offer"]}


def _card(row: Mapping[str, Any], language: str) -> ProductCard:
    words, offer = row["words"] or {"name": "", "subtitle": ""}, row["offer"]
    low = Decimal(offer["low"])
    listed = Decimal(offer["listed"]) if offer["listed"] else None
    return ProductCard(
        spu_id=row["pk"],
        slug=row["slug"],
        name=words["name"] or row["slug"],
        subtitle=words["subtitle"],
        picture=picture_of(row["picture"], words["name"]),
        min_price=low,
        max_price=Decimal(offer["high"]),
        list_price=listed if listed and listed > low else None,
        sku_count=offer["count"],
        only_sku_id=offer["any_id"] if offer["count"] == 1 else None,
        merchant_id=row["merchant_id"],
        merchant_code=row["merchant__code"],
        merchant_name=merchant_name(row["merchant__name"], row["merchant__name_en"], language),
    )
