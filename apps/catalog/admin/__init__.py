"""What operators do with goods. Everything is saved by the commands of the app."""

from apps.catalog.admin.categories import (
    AttributeAdmin,
    AttributeValueAdmin,
    BrandAdmin,
    CategoryAdmin,
    ShippingClassAdmin,
)
from apps.catalog.admin.skus import PriceChangeAdmin, SkuAdmin
from apps.catalog.admin.spus import SpuAdmin

__all__ = [
    "AttributeAdmin",
    "AttributeValueAdmin",
    "BrandAdmin",
    "CategoryAdmin",
    "PriceChangeAdmin",
    "ShippingClassAdmin",
    "SkuAdmin",
    "SpuAdmin",
]
