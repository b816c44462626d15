from django.urls import path

from apps.checkout.api import carts, views

urlpatterns = [
    path("cart-lines/", carts.CartLinesView.as_view(), name="api-cart-lines"),
    path("cart-lines/<int:line_id>/", carts.CartLineView.as_view(), name="api-cart-line"),
    path("quotes/", views.QuotesView.as_view(), name="api-quotes"),
    path("trades/", views.TradesView.as_view(), name="api-trades"),
    path(
        "trades/<str:number>/payments/",
        views.TradePaymentsView.as_view(),
        name="api-trade-payments",
    ),
    path(
        "trades/<str:number>/cancellation/",
        views.TradeCancellationView.as_view(),
        name="api-trade-cancellation",
    ),
    path(
        "orders/<str:number>/cancellation/",
        views.OrderCancellationView.as_view(),
        name="api-order-cancellation",
    ),
]
