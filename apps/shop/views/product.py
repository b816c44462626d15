from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from apps.catalog.selectors import Product, SaleableSku, find_moved_slug, get_product
from apps.core.errors import NotFound
from apps.core.shared_pages import shared_page
from apps.inventory.selectors import quantities_by_sku
from apps.shop import product_page
from apps.shop.shelves import related_cards
from apps.shop.structured_data import breadcrumb_data, product_data


@require_safe
@shared_page
def product(request: HttpRequest, slug: str) -> HttpResponse:
    """One SPU with all its SKUs. An address it once had leads to the present one for good."""
    try:
        found = get_product(slug)
    except NotFound as refusal:
        moved = find_moved_slug(slug)
        if moved:
            return redirect("product", moved, permanent=True)
        raise Http404 from refusal
    quantities = quantities_by_sku([sku.sku_id for sku in found.skus])
    sku = product_page.chosen_sku(found, request.GET.get("sku", ""), quantities)
    context = {
        "product": found,
        "related": related_cards(found.spu_id, found.category_id),
        "root_slug": found.crumbs[0].slug if found.crumbs else "",
        **_about_sku(found, sku, quantities),
        **_for_machines(request, found, quantities),
    }
    return render(request, "shop/product.html", context)


def _about_sku(found: Product, sku: SaleableSku, quantities: dict[int, int]) -> dict[str, object]:
    return {
        "sku": sku,
        "quantity": quantities.get(sku.sku_id, 0),
        "most": product_page.most_of(sku, quantities),
        "was_price": product_page.was_price(sku),
        "stock_text": product_page.stock_text(quantities.get(sku.sku_id, 0)),
        "limit_text": product_page.limit_text(sku),
        "axes": product_page.axes_of(found, sku, quantities),
        "skus": product_page.skus_for_script(found, quantities),
    }


def _for_machines(
    request: HttpRequest, found: Product, quantities: dict[int, int]
) -> dict[str, object]:
    address = reverse("product", args=[found.slug])
    crumbs = [(_("Home"), reverse("home"))]
    crumbs += [(crumb.name, reverse("category", args=[crumb.slug])) for crumb in found.crumbs]
    trail = [*crumbs, (found.name, address)]
    first = found.pictures[0].url if found.pictures else ""
    return {
        "canonical": request.build_absolute_uri(address),
        "crumbs": [{"label": label, "url": url} for label, url in trail],
        "og_image": request.build_absolute_uri(first) if first else "",
        "product_data": product_data(request, found, quantities, settings.CURRENCY),
        "breadcrumb_data": breadcrumb_data(request, trail),
    }
