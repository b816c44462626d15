"""What pages tell search engines about themselves (schema.org), as plain dictionaries."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from apps.catalog.selectors import Product, SaleableSku

CONTEXT = "https://schema.org"
IN_STOCK, OUT_OF_STOCK = f"{CONTEXT}/InStock", f"{CONTEXT}/OutOfStock"


def breadcrumb_data(request: HttpRequest, crumbs: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Say where a page stands: (name, address) from the home page down."""
    return {
        "@context": CONTEXT,
        "@type": "BreadcrumbList",
        "itemListElement": [
            {
                "@type": "ListItem",
                "position": place,
                "name": name,
                "item": request.build_absolute_uri(url),
            }
            for place, (name, url) in enumerate(crumbs, start=1)
        ],
    }


def product_data(
    request: HttpRequest, product: Product, quantities: dict[int, int], currency: str
) -> dict[str, Any]:
    """Say what is for sale, at which prices, and whether it is there."""
    address = request.build_absolute_uri(reverse("product", args=[product.slug]))
    data: dict[str, Any] = {
        "@context": CONTEXT,
        "@type": "Product",
        "name": product.name,
        "description": product.seo_description or product.subtitle or product.name,
        "sku": product.code,
        "url": address,
        "image": [request.build_absolute_uri(picture.url) for picture in product.pictures[:5]],
        "offers": [
            _offer(sku, address, quantities.get(sku.sku_id, 0), currency, product.merchant_name)
            for sku in product.skus[:20]
        ],
    }
    if product.brand_name:
        data["brand"] = {"@type": "Brand", "name": product.brand_name}
    return data


def _offer(
    sku: SaleableSku, address: str, quantity: int, currency: str, seller: str
) -> dict[str, Any]:
    return {
        "@type": "Offer",
        "sku": sku.code,
        "url": f"{address}?sku={sku.code}",
        "price": str(sku.unit_price),
        "priceCurrency": currency,
        "availability": IN_STOCK if quantity > 0 else OUT_OF_STOCK,
        "seller": {"@type": "Organization", "name": seller},
    }
