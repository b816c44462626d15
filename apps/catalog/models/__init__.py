"""What can be sold: categories, brands, attributes, SPUs and their SKUs, pictures and prices."""

from apps.catalog.models.attributes import (
    Attribute,
    AttributeTranslation,
    AttributeValue,
    AttributeValueTranslation,
    Brand,
    BrandTranslation,
)
from apps.catalog.models.categories import Category, CategoryTranslation
from apps.catalog.models.media import Media
from apps.catalog.models.prices import PriceChange, PriceKind, PriceTier
from apps.catalog.models.skus import Sku, SpecAxis, SpecValue
from apps.catalog.models.spus import (
    ShippingClass,
    SlugHistory,
    Spu,
    SpuMove,
    SpuStatus,
    SpuTranslation,
)

__all__ = [
    "Attribute",
    "AttributeTranslation",
    "AttributeValue",
    "AttributeValueTranslation",
    "Brand",
    "BrandTranslation",
    "Category",
    "CategoryTranslation",
    "Media",
    "PriceChange",
    "PriceKind",
    "PriceTier",
    "ShippingClass",
    "Sku",
    "SlugHistory",
    "SpecAxis",
    "SpecValue",
    "Spu",
    "SpuMove",
    "SpuStatus",
    "SpuTranslation",
]
