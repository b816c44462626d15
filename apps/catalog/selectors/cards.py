from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from apps.catalog.pictures import Picture, picture_of
from apps.catalog.selectors.rows import PICTURE, TEXT, fetch
from apps.catalog.selectors.selling import merchant_name
from apps.catalog.translations import active_language
from apps.core import clock


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


CARDS = f"""
SELECT p.id, p.slug, p.merchant_id, seller.code AS seller_code, seller.name AS seller,
    seller.name_en AS seller_en, words.name, words.subtitle, offer.*,
    (SELECT {PICTURE} FROM catalog_media m WHERE m.spu_id = p.id
        ORDER BY m.position, m.id LIMIT 1) AS picture
FROM catalog_spu p JOIN merchants_merchant seller ON seller.id = p.merchant_id
CROSS JOIN LATERAL (
    SELECT min(k.price) AS low, max(k.price) AS high, min(k.list_price) AS listed,
        count(*) AS sku_count, min(k.id) AS any_id
    FROM catalog_sku k WHERE k.spu_id = p.id AND k.is_active
) offer
LEFT JOIN LATERAL (
    SELECT t.name, t.subtitle FROM catalog_sputranslation t WHERE t.spu_id = p.id {TEXT}
) words ON true
WHERE p.id = ANY(%(ids)s) AND p.status = 'ON_SHELF' AND seller.status = 'OPEN'
    AND (p.unpublish_at IS NULL OR p.unpublish_at > %(now)s) AND offer.sku_count > 0
"""  # noqa: S608  # constants alone


def product_cards(spu_ids: Collection[int], language: str | None = None) -> dict[int, ProductCard]:
    """Return a card for each SPU that is on the shelf and has something for sale, in one statement."""
    if not spu_ids:
        return {}
    language = language or active_language()
    rows = fetch(CARDS, language, ids=list(spu_ids), now=clock.now())
    return {row["id"]: _card(row, language) for row in rows}


def _card(row: Mapping[str, Any], language: str) -> ProductCard:
    is_reduced = row["listed"] is not None and row["listed"] > row["low"]
    return ProductCard(
        spu_id=row["id"],
        slug=row["slug"],
        name=row["name"] or row["slug"],
        subtitle=row["subtitle"] or "",
        picture=picture_of(row["picture"], row["name"] or ""),
        min_price=row["low"],
        max_price=row["high"],
        list_price=row["listed"] if is_reduced else None,
        sku_count=row["sku_count"],
        only_sku_id=row["any_id"] if row["sku_count"] == 1 else None,
        merchant_id=row["merchant_id"],
        merchant_code=row["seller_code"],
        merchant_name=merchant_name(row["seller"], row["seller_en"], language),
    )
