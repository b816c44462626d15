from django.urls import path

from apps.orders.api import views

urlpatterns = [
    path("trades/<str:number>/", views.TradeView.as_view(), name="api-trade"),
    path("orders/", views.OrderListView.as_view(), name="api-orders"),
    path("orders/<str:number>/", views.OrderView.as_view(), name="api-order"),
    path("orders/<str:number>/receipt/", views.ReceiptView.as_view(), name="api-order-receipt"),
    path(
        "orders/<str:number>/receipt-extension/",
        views.ReceiptExtensionView.as_view(),
        name="api-order-receipt-extension",
    ),
    path("refunds/", views.RefundListView.as_view(), name="api-refunds"),
]
