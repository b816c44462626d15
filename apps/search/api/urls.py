from django.urls import path

from apps.search.api.views import ProductsView, ProductView, SuggestionsView

urlpatterns = [
    path("products/", ProductsView.as_view(), name="api-products"),
    path("products/suggestions/", SuggestionsView.as_view(), name="api-product-suggestions"),
    path("products/<slug:slug>/", ProductView.as_view(), name="api-product"),
]
