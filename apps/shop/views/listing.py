from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.catalog.models import Spu
from apps.catalog.selectors import get_category
from apps.core.errors import NotFound
from apps.core.shared_pages import shared_page
from apps.shop.frame import menu
from apps.shop.shelves import cards_in_order


@require_safe
@shared_page
def category(request: HttpRequest, slug: str) -> HttpResponse:
    try:
        node = get_category(slug, tree=menu())
    except NotFound as refusal:
        raise Http404 from refusal
    ids = Spu.objects.on_shelf().filter(category__in=[each.id for each in node.walk()])
    page = Paginator(list(ids.order_by("-pk").values_list("pk", flat=True)), 24).get_page(
        request.GET.get("page")
    )
    return render(
        request,
        "shop/listing.html",
        {
            "title": node.name,
            "total": page.paginator.count,
            "page": page,
            "cards": cards_in_order(list(page.object_list)),
        },
    )


def search(request: HttpRequest) -> HttpResponse:
    return render(request, "shop/listing.html", {"title": "", "cards": []})


def suggest(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"suggestions": []})


def merchant(request: HttpRequest, code: str) -> HttpResponse:
    raise Http404
