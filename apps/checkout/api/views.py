"""From a basket to a paid trade over the API."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
)
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.models import Address
from apps.accounts.person import person_of
from apps.accounts.selectors import get_address
from apps.cart.selectors import find_cart, list_lines
from apps.checkout.api.serializers import (
    CancellationSerializer,
    CancelSerializer,
    ChargeSerializer,
    PaymentSerializer,
    PlaceSerializer,
    QuoteRequestSerializer,
    QuoteSerializer,
    StartPaymentSerializer,
)
from apps.checkout.baskets import BasketLine, BasketQuote
from apps.checkout.selectors import quote_basket
from apps.checkout.services import (
    CheckoutDraft,
    cancel_order,
    cancel_trade,
    place_trade,
    start_trade_payment,
)
from apps.checkout.tokens import read_quote, sign_quote
from apps.core.api.idempotent import respond_once
from apps.core.errors import Refusal
from apps.core.middleware import client_ip
from apps.orders.api.serializers import TradeSerializer
from apps.orders.api.views import TradeListView
from apps.orders.models import CancellationRequest, CancelReason, Order, Trade
from apps.orders.services import AddressSnapshot
from apps.payments.gateways.charges import Scene
from apps.payments.selectors import payments_by_reference
from apps.regions.selectors import region_path

_KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="8 to 80 visible ASCII characters. The same key again gives the stored answer.",
)
_MISSING = OpenApiResponse(description="NOT_FOUND: none of yours")
CHECKOUT_KEYS = uuid.UUID("6b0f9a5e-5a0e-4c3e-9a59-3f3f6a1d6d52")


class KeyRequired(Refusal):
    code = "IDEMPOTENCY_KEY_REQUIRED"
    http_status = 400
    text = _("Send an Idempotency-Key, so that a repeated request is not a second order.")


class QuotesView(APIView):
    @extend_schema(
        operation_id="quotes_create",
        summary="What would it cost?",
        description="Prices the lines, or the selected lines of the cart. Nothing is stored.",
        request=QuoteRequestSerializer,
        responses={
            200: QuoteSerializer,
            404: OpenApiResponse(description="NOT_FOUND: address or region"),
        },
        examples=[
            OpenApiExample(
                "Two SKUs to Hangzhou",
                value={
                    "lines": [{"sku_id": 1, "quantity": 2}, {"sku_id": 5, "quantity": 1}],
                    "region_code": "330106",
                },
                request_only=True,
            )
        ],
        tags=["purchase"],
    )
    def post(self, request: Request) -> Response:
        form = QuoteRequestSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        told = form.validated_data
        region_code = told.get("region_code", "")
        if "address_id" in told:
            region_code = get_address(person_of(request), told["address_id"]).region.code
        basket = quote_basket(
            _lines(request, told.get("lines")),
            shopper_id=person_of(request).pk,
            region_code=region_code,
        )
        is_cart = not told.get("lines")
        return Response(QuoteSerializer(_plain(basket, is_cart=is_cart)).data)


class TradesView(TradeListView):
    @extend_schema(
        operation_id="trades_create",
        summary="Place a trade",
        description="Buys exactly what the quote shows, or refuses. Stock is held until `expires_at`.",
        parameters=[_KEY],
        request=PlaceSerializer,
        responses={
            201: TradeSerializer,
            400: OpenApiResponse(description="IDEMPOTENCY_KEY_REQUIRED, QUOTE_INVALID"),
            409: OpenApiResponse(
                description="PRICE_CHANGED, OUT_OF_STOCK, NOT_FOR_SALE, QUANTITY_NOT_ALLOWED, "
                "PURCHASE_LIMIT_REACHED, NO_DELIVERY_THERE, IN_PROGRESS"
            ),
            422: OpenApiResponse(description="IDEMPOTENCY_KEY_REUSED"),
        },
        tags=["purchase"],
    )
    def post(self, request: Request) -> Response:
        key = request.headers.get("Idempotency-Key", "")
        if not key:
            raise KeyRequired
        form = PlaceSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        owner = f"user:{person_of(request).pk}"

        def work() -> Response:
            trade = place_trade(_draft(request, form.validated_data, owner, key))
            return Response(TradeSerializer(trade).data, status=status.HTTP_201_CREATED)

        return respond_once(request, "trades", owner, work)


class TradePaymentsView(APIView):
    @extend_schema(
        operation_id="trades_payments_list",
        summary="Every attempt to pay a trade",
        responses={200: PaymentSerializer(many=True), 404: _MISSING},
        tags=["purchase"],
    )
    def get(self, request: Request, number: str) -> Response:
        trade = _own_trade(request, number)
        rows = payments_by_reference([trade.number]).get(trade.number, [])
        return Response(PaymentSerializer(rows, many=True).data)

    @extend_schema(
        operation_id="trades_payments_create",
        summary="Ask a channel for the money",
        description="Repeating it gives the same charge as long as it is open; another channel closes it.",
        request=StartPaymentSerializer,
        responses={
            201: ChargeSerializer,
            404: _MISSING,
            409: OpenApiResponse(description="NOT_PAYABLE, PAYMENT_TIME_OVER, CHANNEL_REFUSED"),
            503: OpenApiResponse(description="CHANNEL_UNAVAILABLE"),
        },
        examples=[
            OpenApiExample(
                "Alipay", value={"provider": "ALIPAY", "scene": "PAGE"}, request_only=True
            )
        ],
        tags=["purchase"],
    )
    def post(self, request: Request, number: str) -> Response:
        form = StartPaymentSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        charge = start_trade_payment(
            trade_id=_own_trade(request, number).pk,
            provider=form.validated_data["provider"],
            scene=Scene(form.validated_data["scene"]),
            payer_ip=client_ip(request),
            open_id=form.validated_data["open_id"],
        )
        return Response(ChargeSerializer(charge).data, status=status.HTTP_201_CREATED)


class TradeCancellationView(APIView):
    @extend_schema(
        operation_id="trades_cancellation",
        summary="Cancel a trade that is not paid",
        request=None,
        responses={
            201: CancellationSerializer,
            404: _MISSING,
            409: OpenApiResponse(description="INVALID_TRANSITION, ALREADY_PAID"),
        },
        tags=["orders"],
    )
    def post(self, request: Request, number: str) -> Response:
        trade = _own_trade(request, number)
        cancel_trade(trade_id=trade.pk, reason=CancelReason.SHOPPER, actor=person_of(request))
        return Response(CancellationSerializer({"outcome": "CANCELLED"}).data, status=201)


class OrderCancellationView(APIView):
    @extend_schema(
        operation_id="orders_cancellation",
        summary="Cancel a paid order that has not shipped",
        request=CancelSerializer,
        responses={
            201: CancellationSerializer,
            404: _MISSING,
            409: OpenApiResponse(description="INVALID_TRANSITION, CANCELLATION_ALREADY_ASKED"),
        },
        tags=["orders"],
    )
    def post(self, request: Request, number: str) -> Response:
        form = CancelSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        person = person_of(request)
        order = get_object_or_404(Order.objects.visible_to(person), number=number)

        def work() -> Response:
            made = cancel_order(
                order_id=order.pk, reason=form.validated_data["reason"], actor=person
            )
            asked = made if isinstance(made, CancellationRequest) else None
            body = {
                "outcome": "ASKED" if asked else "REFUNDING",
                "decide_by": asked.decide_by if asked else None,
            }
            return Response(CancellationSerializer(body).data, status=201)

        return respond_once(request, "order-cancellation", f"user:{person.pk}", work)


def _own_trade(request: Request, number: str) -> Trade:
    trade: Trade = get_object_or_404(Trade.objects.visible_to(person_of(request)), number=number)
    return trade


def _lines(request: Request, told: Sequence[dict[str, int]] | None) -> list[BasketLine]:
    if told:
        return [BasketLine(line["sku_id"], line["quantity"]) for line in told]
    cart = find_cart(user=person_of(request), token="")
    return [BasketLine(line.sku_id, line.quantity) for line in list_lines(cart) if line.is_selected]


def _draft(request: Request, told: dict[str, Any], owner: str, key: str) -> CheckoutDraft:
    person = person_of(request)
    address = get_address(person, told["address_id"])
    shown = read_quote(told["quote"])
    cart = find_cart(user=person, token="")
    return CheckoutDraft(
        owner=owner,
        shopper_id=person.pk,
        checkout_key=uuid.uuid5(CHECKOUT_KEYS, key),
        shown=shown,
        address=_snapshot(address),
        contact_phone=person.phone or address.phone,
        language=get_language() or "zh-hans",
        cart_id=cart.pk if cart and shown.is_cart else None,
        remarks={each["merchant_id"]: each["text"] for each in told.get("remarks", [])},
    )


def _snapshot(address: Address) -> AddressSnapshot:
    return AddressSnapshot(
        recipient=address.recipient,
        phone=address.phone,
        region_code=address.region.code,
        region_text=" ".join(region_path(address.region.code)),
        street=address.street,
    )


def _plain(basket: BasketQuote, *, is_cart: bool) -> dict[str, Any]:
    quote, quantities = basket.quote, basket.quantities
    return {
        "quote": sign_quote(basket, is_cart=is_cart),
        "lines": [
            {
                **{name: getattr(line, name) for name in _LINE_AMOUNTS},
                "sku_id": int(line.key),
                "quantity": quantities[int(line.key)],
            }
            for line in quote.lines
        ],
        "packages": [
            {
                "merchant_id": each.merchant_id,
                "amount": each.amount,
                "free_reason": each.free_reason or "",
            }
            for each in quote.packages
        ],
        "problems": [
            {"sku_id": sku_id, "code": problem.code, "message": problem.message}
            for sku_id, problem in basket.problems.items()
        ],
        "is_freight_known": basket.is_freight_known,
        **{name: getattr(quote, name) for name in _TOTALS},
    }


_LINE_AMOUNTS = (
    "unit_price",
    "goods_amount",
    "discount_amount",
    "freight_amount",
    "tax_amount",
    "payable_amount",
)
_TOTALS = ("goods_amount", "discount_amount", "freight_amount", "tax_amount", "payable_amount")
