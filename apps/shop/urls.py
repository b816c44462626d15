from django.contrib.sitemaps.views import index, sitemap
from django.urls import path

from apps.shop.views import cart, home, language, listing, machines, orders, product

urlpatterns = [
    path("", home.home, name="home"),
    path("categories/", home.categories, name="categories"),
    path("c/<slug:slug>/", listing.category, name="category"),
    path("search/", listing.search, name="search"),
    path("search/suggestions/", listing.suggest, name="suggest"),
    path("m/<slug:code>/", listing.merchant, name="merchant"),
    path("p/<str:slug>/", product.product, name="product"),
    path("cart/", cart.cart, name="cart"),
    path("orders/", orders.orders, name="orders"),
    path("orders/<str:number>/", orders.order, name="order"),
    path("orders/<str:number>/print/", orders.order_print, name="order-print"),
    path("language/<slug:code>/", language.language, name="language"),
    path("robots.txt", machines.robots, name="robots"),
    path("sitemap.xml", index, {"sitemaps": machines.SITEMAPS}, name="sitemap"),
    path(
        "sitemap-<section>.xml",
        sitemap,
        {"sitemaps": machines.SITEMAPS},
        name="django.contrib.sitemaps.views.sitemap",
    ),
]
