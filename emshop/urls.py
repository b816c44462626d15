"""Every address of the shop. Each app brings its own; this file only assembles them."""

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from django.views.static import serve

from emshop import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.live),
    path("readyz", health.ready),
    path("", include("django_prometheus.urls")),
    path("admin/", admin.site.urls),
    path("api/v1/", include("emshop.api_urls")),
    path("", include("apps.regions.storefront.urls")),
    path("", include("apps.cart.storefront.urls")),
    path("", include("apps.checkout.storefront.urls")),
    path("", include("apps.checkout.api.notice_urls")),
    path("", include("apps.accounts.storefront.urls")),
    path("", include("apps.notifications.storefront.urls")),
    path("", include("apps.shop.urls")),
    path("", include("apps.logistics.storefront.urls")),
    path("", include("apps.logistics.api.push_urls")),
    # A web server in front takes this over (deploy/nginx.conf).
    path("media/<path:path>", serve, {"document_root": settings.MEDIA_ROOT}, name="media"),
]
