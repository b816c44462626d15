"""A shopper's cart over the API: its lines, each with what speaks against it now."""

from collections.abc import Sequence
from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.person import person_of
from apps.cart.api.serializers import (
    CartLineChangeSerializer,
    CartLineSerializer,
    CartLineWriteSerializer,
)
from apps.cart.models import CartLine
from apps.cart.selectors import find_cart, list_lines
from apps.cart.services import (
    add_to_cart,
    get_or_create_cart,
    remove_line,
    set_quantity,
    set_selected,
)
from apps.checkout.selectors import quote_cart
from apps.core.api.idempotent import respond_once
from apps.core.errors import NotFound

_REFUSED = OpenApiResponse(
    description="NOT_FOR_SALE, QUANTITY_NOT_ALLOWED, TOO_MANY_LINES; nothing was changed"
)


class CartLinesView(APIView):
    @extend_schema(
        operation_id="cart_lines_list",
        summary="My cart",
        description="Newest first, with prices as they are now.",
        responses=CartLineSerializer(many=True),
        tags=["purchase"],
    )
    def get(self, request: Request) -> Response:
        cart = find_cart(user=person_of(request), token="")
        return Response(_written_out(request, list(list_lines(cart))))

    @extend_schema(
        operation_id="cart_lines_create",
        summary="Put something into the cart",
        description="More of the same SKU adds up.",
        request=CartLineWriteSerializer,
        responses={201: CartLineSerializer, 409: _REFUSED},
        examples=[
            OpenApiExample("Two pieces", value={"sku_id": 1, "quantity": 2}, request_only=True)
        ],
        tags=["purchase"],
    )
    def post(self, request: Request) -> Response:
        form = CartLineWriteSerializer(data=request.data)
        form.is_valid(raise_exception=True)

        def work() -> Response:
            cart = get_or_create_cart(user=person_of(request), token="")
            line = add_to_cart(cart_id=cart.pk, **form.validated_data)
            return Response(_written_out(request, [line])[0], status=status.HTTP_201_CREATED)

        return respond_once(request, "cart-lines", f"user:{person_of(request).pk}", work)


class CartLineView(APIView):
    @extend_schema(
        operation_id="cart_lines_change",
        summary="Change quantity or selection of a line",
        request=CartLineChangeSerializer,
        responses={
            200: CartLineSerializer,
            404: OpenApiResponse(description="NOT_FOUND"),
            409: _REFUSED,
        },
        tags=["purchase"],
    )
    def patch(self, request: Request, line_id: int) -> Response:
        form = CartLineChangeSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        cart_id, told = _own_cart_id(request), form.validated_data
        if "quantity" in told:
            set_quantity(cart_id=cart_id, line_id=line_id, quantity=told["quantity"])
        if "is_selected" in told:
            set_selected(cart_id=cart_id, selected={line_id: told["is_selected"]})
        line = CartLine.objects.filter(cart_id=cart_id, pk=line_id).first()
        if line is None:
            raise NotFound
        return Response(_written_out(request, [line])[0])

    @extend_schema(
        operation_id="cart_lines_delete",
        summary="Take a line out",
        responses={204: None, 404: OpenApiResponse(description="NOT_FOUND")},
        tags=["purchase"],
    )
    def delete(self, request: Request, line_id: int) -> Response:
        remove_line(cart_id=_own_cart_id(request), line_id=line_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


def _own_cart_id(request: Request) -> int:
    cart = find_cart(user=person_of(request), token="")
    if cart is None:
        raise NotFound
    return cart.pk


def _written_out(request: Request, lines: Sequence[CartLine]) -> Any:
    basket = quote_cart(lines, shopper_id=person_of(request).pk)
    rows = []
    for line in lines:
        sku, problem = basket.skus.get(line.sku_id), basket.problems.get(line.sku_id)
        rows.append(
            {
                "id": line.pk,
                "sku_id": line.sku_id,
                "name": sku.name if sku else "",
                "spec_text": sku.spec_text if sku else "",
                "merchant_id": sku.merchant_id if sku else 0,
                "unit_price": sku.unit_price if sku else line.added_price,
                "added_price": line.added_price,
                "quantity": line.quantity,
                "is_selected": line.is_selected,
                "problem": problem.code if problem else "",
            }
        )
    return CartLineSerializer(rows, many=True).data
