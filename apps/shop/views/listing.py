"""Lists of goods: a category, a search, a seller's shop."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from apps.catalog.selectors import CategoryNode, find_category
from apps.catalog.translations import active_language
from apps.core.errors import InvalidInput
from apps.core.shared_pages import shared_page
from apps.core.text import is_clean
from apps.merchants.models import Merchant
from apps.search.backends import backend
from apps.search.parsing import read_query
from apps.search.queries import BadCursor, SearchQuery, Sort
from apps.search.selectors import find_products, suggest_words
from apps.shop.frame import menu
from apps.shop.results import Results
from apps.shop.shelves import cards_of_hits
from apps.shop.structured_data import breadcrumb_data

MOST_TYPED = 80
POPULAR = SearchQuery(sort=Sort.SALES, page_size=10)


@require_safe
@shared_page
def category(request: HttpRequest, slug: str) -> HttpResponse:
    node = find_category(slug, tree=menu())
    if node is None:
        raise Http404
    context = {
        "title": node.name,
        "description": _("%(name)s at EMShop") % {"name": node.name},
        "subcategories": node.children or (node.parent.children if node.parent else []),
        "current_slug": slug,
        "root_slug": node.path()[0].slug,
    }
    return _list(request, context, node.path(), category_id=node.id)


@require_safe
@shared_page
def search(request: HttpRequest) -> HttpResponse:
    typed = request.GET.get("q", "").strip()[:MOST_TYPED]
    title = _("Search for “%(words)s”") % {"words": typed} if typed else _("All goods")
    return _list(request, {"title": title, "query": typed}, [])


@require_safe
@shared_page
def merchant(request: HttpRequest, code: str) -> HttpResponse:
    seller: Merchant = get_object_or_404(Merchant.objects.open(), code=code)
    is_english = active_language() == "en" and seller.name_en
    name = seller.name_en if is_english else seller.name
    context = {"title": name, "description": seller.introduction, "seller": seller}
    return _list(request, context, [], merchant_id=seller.pk)


@require_safe
def suggest(request: HttpRequest) -> HttpResponse:
    """Feed the list under the search field."""
    typed = request.GET.get("q", "").strip()
    words = suggest_words(typed) if typed and len(typed) <= MOST_TYPED and is_clean(typed) else []
    return JsonResponse({"suggestions": words}, json_dumps_params={"ensure_ascii": False})


def _list(
    request: HttpRequest, context: dict[str, Any], path: list[CategoryNode], **within: int
) -> HttpResponse:
    try:
        query = read_query(request.GET, **within)
        found = find_products(query)
    except (InvalidInput, BadCursor) as problem:
        message = getattr(problem, "message", _("There is no such page."))
        return render(request, "400.html", {"message": message}, status=400)
    cards = cards_of_hits(found.spu_ids)
    popular = [] if cards else cards_of_hits(backend().find(POPULAR).spu_ids)
    trail = [(_("Home"), reverse("home"))]
    trail += [(node.name, reverse("category", args=[node.slug])) for node in path]
    if not path:
        trail.append((context["title"], request.path))
    context |= {
        "results": Results(request.GET, query, found, cards, popular),
        "crumbs": [{"label": label, "url": url} for label, url in trail],
        "breadcrumb_data": breadcrumb_data(request, trail),
        "canonical": request.build_absolute_uri(request.path),
    }
    return render(request, "shop/listing.html", context)
