from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.core.api.fields import CleanCharField
from apps.logistics.models import (
    Carrier,
    Parcel,
    ParcelStatus,
    Shipment,
    ShipmentLine,
    TrackingEvent,
)
from apps.logistics.selectors.tracks import CODE_IS_SHOWN

NUMBER_LENGTH = 20


class CarrierSerializer(serializers.ModelSerializer[Carrier]):
    name = serializers.SerializerMethodField()

    class Meta:
        model = Carrier
        fields = ["code", "name", "phone"]

    def get_name(self, carrier: Carrier) -> str:
        return str(carrier)


class TrackingEventSerializer(serializers.ModelSerializer[TrackingEvent]):
    class Meta:
        model = TrackingEvent
        fields = ["at", "step", "text", "place"]


class ParcelSerializer(serializers.ModelSerializer[Parcel]):
    carrier = CarrierSerializer()
    sign_code = serializers.SerializerMethodField(
        help_text="Four digits for our own courier, until the parcel is handed over; else empty."
    )
    events = serializers.SerializerMethodField(help_text="Newest first.")

    class Meta:
        model = Parcel
        fields = [
            "number",
            "carrier",
            "waybill",
            "status",
            "picked_up_at",
            "signed_at",
            "sign_code",
            "events",
        ]

    def get_sign_code(self, parcel: Parcel) -> str:
        return parcel.sign_code if ParcelStatus(parcel.status) in CODE_IS_SHOWN else ""

    @extend_schema_field(TrackingEventSerializer(many=True))
    def get_events(self, parcel: Parcel) -> list[Any]:
        events = [event for event in parcel.events.all() if event.waybill == parcel.waybill]
        data: Any = TrackingEventSerializer(events, many=True).data
        return list(data)


class ShipmentLineSerializer(serializers.ModelSerializer[ShipmentLine]):
    line = serializers.CharField(source="order_line.number")
    sku_code = serializers.CharField(source="order_line.sku_code")
    name = serializers.CharField(source="order_line.name")
    spec_text = serializers.CharField(source="order_line.spec_text")

    class Meta:
        model = ShipmentLine
        fields = ["line", "sku_code", "name", "spec_text", "quantity"]


class ShipmentSerializer(serializers.ModelSerializer[Shipment]):
    order = serializers.CharField(source="order.number")
    merchant = serializers.CharField(source="merchant.code")
    lines = ShipmentLineSerializer(many=True)
    parcels = ParcelSerializer(many=True)

    class Meta:
        model = Shipment
        fields = ["number", "order", "merchant", "shipped_at", "lines", "parcels"]


class ShipmentFilterSerializer(serializers.Serializer[Any]):
    order = CleanCharField(
        max_length=NUMBER_LENGTH,
        required=False,
        allow_blank=True,
        default="",
        help_text="The number of an order; without it, all that was sent to you.",
    )
