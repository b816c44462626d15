from django.db.models import Prefetch
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from apps.accounts.person import person_of
from apps.logistics.api.serializers import ShipmentFilterSerializer, ShipmentSerializer
from apps.logistics.models import Parcel, Shipment, TrackingEvent
from apps.logistics.models.shipments import ShipmentQuerySet

_EXAMPLE = OpenApiExample(
    "Out for delivery",
    value={
        "number": "26112012345678901234",
        "order": "26112098765432109876",
        "merchant": "yunji",
        "shipped_at": "2026-11-20T18:00:00+08:00",
        "lines": [
            {
                "line": "26112098765432109876-1",
                "sku_code": "CUP-1",
                "name": "青瓷茶杯",
                "spec_text": "天青",
                "quantity": 2,
            }
        ],
        "parcels": [
            {
                "number": "26112055555555555555",
                "carrier": {"code": "sf", "name": "顺丰速运", "phone": "95338"},
                "waybill": "SF1234567890123",
                "status": "DELIVERING",
                "picked_up_at": "2026-11-20T19:10:00+08:00",
                "signed_at": None,
                "sign_code": "",
                "events": [
                    {
                        "at": "2026-11-21T08:12:00+08:00",
                        "step": "DELIVERING",
                        "text": "快递员正在为您派件",
                        "place": "深圳市",
                    }
                ],
            }
        ],
    },
    response_only=True,
)


class ShipmentsView(GenericAPIView[Shipment]):
    """What was sent to me. A guest's shipments are seen through the shop's pages."""

    queryset = Shipment.objects.none()
    serializer_class = ShipmentSerializer

    @extend_schema(
        operation_id="shipments_list",
        summary="List what was sent to me, with tracking",
        description="Newest first. What was taken back before it left is not listed.",
        parameters=[ShipmentFilterSerializer],
        responses={200: ShipmentSerializer(many=True)},
        examples=[_EXAMPLE],
        tags=["shipments"],
    )
    def get(self, request: Request) -> Response:
        query = ShipmentFilterSerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        shipments = _shipments_of(request)
        if query.validated_data["order"]:
            shipments = shipments.filter(order__number=query.validated_data["order"])
        page = self.paginate_queryset(shipments)
        return self.get_paginated_response(ShipmentSerializer(page, many=True).data)


class ShipmentView(GenericAPIView[Shipment]):
    queryset = Shipment.objects.none()
    serializer_class = ShipmentSerializer

    @extend_schema(
        operation_id="shipments_retrieve",
        summary="One shipment with tracking",
        responses={
            200: ShipmentSerializer,
            404: OpenApiResponse(description="NOT_FOUND: there is no such shipment of yours."),
        },
        examples=[_EXAMPLE],
        tags=["shipments"],
    )
    def get(self, request: Request, number: str) -> Response:
        shipment = get_object_or_404(_shipments_of(request), number=number)
        return Response(ShipmentSerializer(shipment).data)


def _shipments_of(request: Request) -> ShipmentQuerySet:
    parcels = Parcel.objects.live().select_related("carrier").order_by("pk")
    events = TrackingEvent.objects.order_by("-at", "-pk")
    found: ShipmentQuerySet = (
        Shipment.objects.visible_to(person_of(request))
        .shipped()
        .select_related("order", "merchant")
        .prefetch_related(
            "lines__order_line",
            Prefetch("parcels", parcels.prefetch_related(Prefetch("events", events))),
        )
    )
    return found
