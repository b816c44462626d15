"""Questions about goods. Each takes ids and a language and asks the database a fixed number of times."""

from apps.catalog.selectors.cards import ProductCard, product_cards
from apps.catalog.selectors.categories import (
    CategoryNode,
    category_tree,
    find_category,
    get_category,
)
from apps.catalog.selectors.facets import attribute_values_by_id, brand_names
from apps.catalog.selectors.products import (
    Product,
    ProductAxis,
    ProductValue,
    find_moved_slug,
    get_product,
)
from apps.catalog.selectors.selling import (
    SaleableSku,
    SpecChoice,
    WhyNot,
    say_why_not,
    skus_for_sale,
)

__all__ = [
    "CategoryNode",
    "Product",
    "ProductAxis",
    "ProductCard",
    "ProductValue",
    "SaleableSku",
    "SpecChoice",
    "WhyNot",
    "attribute_values_by_id",
    "brand_names",
    "category_tree",
    "find_category",
    "find_moved_slug",
    "get_category",
    "get_product",
    "product_cards",
    "say_why_not",
    "skus_for_sale",
]
