"""The WebSockets of the shop: path → consumer, below /ws/."""

from django.urls import URLPattern

websocket_urlpatterns: list[URLPattern] = []
