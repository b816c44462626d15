from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.content.selectors import list_banners
from apps.core.shared_pages import shared_page
from apps.shop.frame import menu
from apps.shop.shelves import floors


@require_safe
@shared_page
def home(request: HttpRequest) -> HttpResponse:
    """Banners, the departments, and the newest of each."""
    context = {
        "banners": list_banners(),
        "entrances": menu(),
        "floors": floors(menu()),
        "canonical": request.build_absolute_uri(request.path),
    }
    return render(request, "shop/home.html", context)


@require_safe
@shared_page
def categories(request: HttpRequest) -> HttpResponse:
    """The whole tree: how one browses on a phone."""
    canonical = request.build_absolute_uri(request.path)
    return render(request, "shop/categories.html", {"canonical": canonical})
