"""A shopper's trades, orders and refunds over the API."""

from typing import Any

import django_filters
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_view
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.person import person_of
from apps.core.api.idempotent import respond_once
from apps.orders.api.serializers import (
    OrderBriefSerializer,
    OrderRefundSerializer,
    OrderSerializer,
    TradeSerializer,
)
from apps.orders.models import Order, OrderRefund, OrderStatus, Trade, TradeStatus
from apps.orders.services import extend_receipt, receive_order

_MISSING = OpenApiResponse(description="NOT_FOUND: none of yours")
_MOVED = OpenApiResponse(description="INVALID_TRANSITION: not possible in its present state")


class TradeFilter(django_filters.FilterSet):
    status = django_filters.ChoiceFilter(choices=TradeStatus.choices)


class OrderFilter(django_filters.FilterSet):
    status = django_filters.ChoiceFilter(choices=OrderStatus.choices)


@extend_schema_view(get=extend_schema(summary="My trades, newest first", tags=["orders"]))
class TradeListView(ListAPIView[Trade]):
    serializer_class = TradeSerializer
    filterset_class = TradeFilter
    queryset = Trade.objects.none()

    def get_queryset(self) -> Any:
        return Trade.objects.visible_to(person_of(self.request)).prefetch_related("orders")


class TradeView(APIView):
    @extend_schema(
        operation_id="trades_retrieve",
        summary="One trade",
        responses={200: TradeSerializer, 404: _MISSING},
        tags=["orders"],
    )
    def get(self, request: Request, number: str) -> Response:
        mine = Trade.objects.visible_to(person_of(request)).prefetch_related("orders")
        return Response(TradeSerializer(get_object_or_404(mine, number=number)).data)


@extend_schema_view(get=extend_schema(summary="My orders, newest first", tags=["orders"]))
class OrderListView(ListAPIView[Order]):
    serializer_class = OrderBriefSerializer
    filterset_class = OrderFilter
    queryset = Order.objects.none()

    def get_queryset(self) -> Any:
        return Order.objects.visible_to(person_of(self.request)).select_related("trade")


class OrderView(APIView):
    @extend_schema(
        operation_id="orders_retrieve",
        summary="One order with its lines",
        responses={200: OrderSerializer, 404: _MISSING},
        tags=["orders"],
    )
    def get(self, request: Request, number: str) -> Response:
        return Response(_written_out(_own_order(request, number)))


class ReceiptView(APIView):
    @extend_schema(
        operation_id="orders_receipt",
        summary="Confirm that everything has arrived",
        request=None,
        responses={201: OrderSerializer, 404: _MISSING, 409: _MOVED},
        tags=["orders"],
    )
    def post(self, request: Request, number: str) -> Response:
        order, person = _own_order(request, number), person_of(request)

        def work() -> Response:
            receive_order(order_id=order.pk, actor=person)
            return Response(_written_out(_own_order(request, number)), status=201)

        return respond_once(request, "receipt", f"user:{person.pk}", work)


class ReceiptExtensionView(APIView):
    @extend_schema(
        operation_id="orders_receipt_extension",
        summary="Ask for more time before receipt is confirmed automatically, once",
        request=None,
        responses={
            201: OrderSerializer,
            404: _MISSING,
            409: OpenApiResponse(description="INVALID_TRANSITION, RECEIPT_ALREADY_EXTENDED"),
        },
        tags=["orders"],
    )
    def post(self, request: Request, number: str) -> Response:
        order, person = _own_order(request, number), person_of(request)

        def work() -> Response:
            extend_receipt(order_id=order.pk)
            return Response(_written_out(_own_order(request, number)), status=201)

        return respond_once(request, "receipt-extension", f"user:{person.pk}", work)


@extend_schema_view(
    get=extend_schema(summary="Refunds of my orders, newest first", tags=["orders"])
)
class RefundListView(ListAPIView[OrderRefund]):
    serializer_class = OrderRefundSerializer
    queryset = OrderRefund.objects.none()

    def get_queryset(self) -> Any:
        mine = Order.objects.visible_to(person_of(self.request))
        return OrderRefund.objects.filter(order__in=mine).select_related("order", "refund")


def _own_order(request: Request, number: str) -> Order:
    mine = Order.objects.visible_to(person_of(request)).select_related("trade")
    order: Order = get_object_or_404(mine.prefetch_related("lines"), number=number)
    return order


def _written_out(order: Order) -> Any:
    return OrderSerializer(order).data
