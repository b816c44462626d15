"""What search engines read: robots.txt and the sitemaps."""

from datetime import datetime

from django.contrib.sitemaps import Sitemap
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from apps.catalog.models import Category, Spu
from apps.merchants.models import Merchant, MerchantStatus

CLOSED = (
    "/account/",
    "/admin/",
    "/api/",
    "/cart/",
    "/checkout/",
    "/orders/",
    "/trades/",
    "/language/",
)
PER_MAP = 50_000


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    sitemap = request.build_absolute_uri(reverse("sitemap"))
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in CLOSED), "", f"Sitemap: {sitemap}"]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


class ProductMap(Sitemap[Spu]):
    limit = PER_MAP
    changefreq = "daily"

    def items(self) -> QuerySet[Spu]:
        return Spu.objects.on_shelf().order_by("pk").only("pk", "slug", "published_at")

    def location(self, item: Spu) -> str:
        return reverse("product", args=[item.slug])

    def lastmod(self, item: Spu) -> datetime | None:
        return item.published_at


class CategoryMap(Sitemap[Category]):
    limit = PER_MAP

    def items(self) -> QuerySet[Category]:
        return Category.objects.active().order_by("pk")

    def location(self, item: Category) -> str:
        return reverse("category", args=[item.slug])


class MerchantMap(Sitemap[Merchant]):
    limit = PER_MAP

    def items(self) -> QuerySet[Merchant]:
        return Merchant.objects.filter(status=MerchantStatus.OPEN).order_by("pk")

    def location(self, item: Merchant) -> str:
        return reverse("merchant", args=[item.code])


SITEMAPS = {"products": ProductMap, "categories": CategoryMap, "merchants": MerchantMap}
