from django.urls import path, re_path

from apps.logistics.api.views import ShipmentsView, ShipmentView

urlpatterns = [
    path("shipments/", ShipmentsView.as_view(), name="api-shipments"),
    re_path(r"^shipments/(?P<number>[0-9]{20})/$", ShipmentView.as_view(), name="api-shipment"),
]
