"""The doors of the payment channels: addresses that each request to a channel carries."""

from django.urls import path

from apps.checkout.api import notices

urlpatterns = [
    path("payments/<str:channel>/notices/", notices.hear, name="payment-notices"),
    path("payments/<str:channel>/refund-notices/", notices.hear, name="refund-notices"),
]
