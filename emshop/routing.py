"""The WebSockets of the shop: path → consumer, below /ws/."""

from django.urls import URLPattern, path

from apps.checkout.storefront.sockets import TradeStateConsumer

websocket_urlpatterns: list[URLPattern] = [
    path("ws/trades/<str:number>/", TradeStateConsumer.as_asgi()),
]
