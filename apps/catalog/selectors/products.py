from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from apps.catalog.models import SlugHistory, Spu
from apps.catalog.pictures import Picture, picture_of
from apps.catalog.selectors.rows import PICTURE, TEXT, fetch
from apps.catalog.selectors.selling import SaleableSku, merchant_name, skus_of_spu
from apps.catalog.translations import active_language, pick_name
from apps.core import clock
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
    row = next(iter(fetch(PRODUCT, language, slug=slug, now=clock.now())), None)
    skus = skus_of_spu(row["spu_id"], language) if row else []
    if row is None or not skus:
        raise NotFound(product=slug)
    general, by_sku = _pictures(row["spu_id"], row["name"] or "", language)
    return Product(
        name=row["name"] or row["code"],
        subtitle=row["subtitle"] or "",
        description=row["description"] or "",
        seo_description=row["seo_description"] or "",
        crumbs=tuple(Crumb(each, name or each) for each, name in row["above"]),
        brand_slug=row["brand_slug"] or "",
        brand_name=row["brand_name"] or row["brand_slug"] or "",
        merchant_code=row["seller_code"],
        merchant_name=merchant_name(row["seller"], row["seller_en"], language),
        attributes=tuple((name, value) for name, value in row["attributes"] or ()),
        pictures=general or tuple(picture for each in by_sku.values() for picture in each),
        sku_pictures=by_sku,
        axes=tuple(_axes(row["spu_id"], language, skus)),
        skus=tuple(skus),
        **{name: row[name] for name in SAME_NAMES},
    )


def find_moved_slug(slug: str) -> str | None:
    """Return the present address of an SPU that once had this one; None if there is none on the shelf."""
    moved = SlugHistory.objects.filter(slug=slug, spu__in=Spu.objects.on_shelf())
    found: str | None = moved.values_list("spu__slug", flat=True).first()
    return found


SAME_NAMES = (
    "spu_id",
    "slug",
    "code",
    "category_id",
    "merchant_id",
    "published_at",
    "version",
)
PRODUCT = f"""
SELECT p.id AS spu_id, p.slug, p.code, p.category_id, p.merchant_id, p.published_at, p.version,
    seller.code AS seller_code, seller.name AS seller, seller.name_en AS seller_en,
    words.name, words.subtitle, words.description, words.seo_description, b.slug AS brand_slug,
    (SELECT t.name FROM catalog_brandtranslation t WHERE t.brand_id = p.brand_id {TEXT}) AS brand_name,
    (SELECT json_agg(json_build_array(c.slug,
            (SELECT t.name FROM catalog_categorytranslation t WHERE t.category_id = c.id {TEXT})
        ) ORDER BY c.level)
        FROM catalog_category leaf LEFT JOIN catalog_category mid ON mid.id = leaf.parent_id
        JOIN catalog_category c ON c.id IN (leaf.id, leaf.parent_id, mid.parent_id)
        WHERE leaf.id = p.category_id) AS above,
    (SELECT json_agg(json_build_array(
            coalesce((SELECT t.name FROM catalog_attributetranslation t
                WHERE t.attribute_id = a.id {TEXT}), a.code),
            coalesce((SELECT t.name FROM catalog_attributevaluetranslation t
                WHERE t.value_id = v.id {TEXT}), v.code)
        ) ORDER BY a.position, a.id, v.position)
        FROM catalog_spu_attribute_values link
        JOIN catalog_attributevalue v ON v.id = link.attributevalue_id
        JOIN catalog_attribute a ON a.id = v.attribute_id WHERE link.spu_id = p.id) AS attributes
FROM catalog_spu p JOIN merchants_merchant seller ON seller.id = p.merchant_id
LEFT JOIN catalog_brand b ON b.id = p.brand_id
LEFT JOIN LATERAL (
    SELECT t.name, t.subtitle, t.description, t.seo_description
    FROM catalog_sputranslation t WHERE t.spu_id = p.id {TEXT}
) words ON true
WHERE p.slug = %(slug)s AND p.status = 'ON_SHELF' AND seller.status = 'OPEN'
    AND (p.unpublish_at IS NULL OR p.unpublish_at > %(now)s)
"""  # noqa: S608  # constants alone
MEDIA = f"""
SELECT m.sku_id, {PICTURE} AS picture FROM catalog_media m WHERE m.spu_id = %(spu_id)s
ORDER BY m.position, m.id
"""  # noqa: S608  # constants alone
AXES = """
SELECT a.code, (
    SELECT json_agg(json_build_array(v.code, v.names) ORDER BY v.position, v.id)
    FROM catalog_specvalue v WHERE v.axis_id = a.id
) AS choices, a.names::json AS names
FROM catalog_specaxis a WHERE a.spu_id = %(spu_id)s ORDER BY a.position
"""


def _pictures(
    spu_id: int, alt: str, language: str
) -> tuple[tuple[Picture, ...], dict[int, tuple[Picture, ...]]]:
    general: list[Picture] = []
    by_sku: dict[int, tuple[Picture, ...]] = {}
    for row in fetch(MEDIA, language, spu_id=spu_id):
        picture = picture_of(row["picture"], alt)
        if picture and row["sku_id"]:
            by_sku[row["sku_id"]] = (*by_sku.get(row["sku_id"], ()), picture)
        elif picture:
            general.append(picture)
    return tuple(general), by_sku


def _axes(spu_id: int, language: str, skus: Sequence[SaleableSku]) -> list[ProductAxis]:
    """Return the axes with the values that an active SKU has."""
    in_use = {(spec.axis, spec.value) for sku in skus for spec in sku.specs}
    return [
        ProductAxis(
            row["code"],
            pick_name(row["names"], language),
            tuple(
                ProductValue(code, pick_name(names, language))
                for code, names in row["choices"] or ()
                if (row["code"], code) in in_use
            ),
        )
        for row in fetch(AXES, language, spu_id=spu_id)
    ]
