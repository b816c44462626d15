"""Goods over the API: lists with filters, facets and search, one product, and words to propose."""

from typing import Any

from django.conf import settings
from django.http.response import HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.catalog.selectors import find_moved_slug, get_category, get_product, product_cards
from apps.core.api.caching import answer_with_etag
from apps.core.errors import InvalidInput, NotFound
from apps.core.text import is_clean
from apps.inventory.selectors import quantities_by_sku
from apps.merchants.models import Merchant
from apps.search.api.serializers import (
    ProductFilterSerializer,
    ProductPageSerializer,
    ProductSerializer,
    card_data,
    product_data,
)
from apps.search.parsing import read_query
from apps.search.queries import BadCursor
from apps.search.selectors import SearchPage, find_products, sales_and_stock, suggest_words

MAX_TYPED = 80
_UNCHANGED = OpenApiResponse(description="You have the present answer.")
_CARD = {
    "slug": "wireless-earphones",
    "name": "无线蓝牙耳机",
    "subtitle": "主动降噪",
    "picture": None,
    "merchant": {"code": "platform", "name": "EMShop 自营"},
    "currency": "CNY",
    "min_price": "199.00",
    "max_price": "249.00",
    "list_price": "299.00",
    "sku_count": 3,
    "sku": None,
    "in_stock": True,
    "sales_count": 128,
}


class PublicView(APIView):
    authentication_classes = ()
    permission_classes = (AllowAny,)


class ProductsView(PublicView):
    @extend_schema(
        operation_id="products_list",
        summary="Search and list products",
        description="Filters, full text (Chinese, English, pinyin, codes), facets and sorts. Each facet names the"
        " parameter that its values are sent in (`brand`, `a_material`, …). Follow `next` for the next page: it"
        " stays right while goods come and go.",
        parameters=[ProductFilterSerializer],
        responses={
            200: ProductPageSerializer,
            304: _UNCHANGED,
            400: OpenApiResponse(
                description="INVALID_INPUT: `details.field` says which parameter."
            ),
            404: OpenApiResponse(description="NOT_FOUND: no such category or merchant."),
        },
        examples=[
            OpenApiExample(
                "One page",
                value={"next": None, "total": 1, "facets": [], "results": [_CARD]},
                response_only=True,
            )
        ],
        tags=["goods"],
    )
    def get(self, request: Request) -> HttpResponseBase:
        page = _find(request)
        cards, facts = product_cards(page.spu_ids), sales_and_stock(page.spu_ids)
        data = {
            "next": _next_address(request, page),
            "total": page.total,
            "facets": [
                {
                    "name": facet.name,
                    "label": facet.label,
                    "values": [
                        {name: getattr(value, name) for name in FACET_VALUE}
                        for value in facet.values
                    ],
                }
                for facet in page.facets
            ],
            "results": [
                card_data(cards[pk], facts.get(pk, (True, 0)), settings.CURRENCY)
                for pk in page.spu_ids
                if pk in cards
            ],
        }
        return answer_with_etag(request, data)


FACET_VALUE = ("value", "label", "count", "is_chosen")


class ProductView(PublicView):
    @extend_schema(
        operation_id="products_retrieve",
        summary="One product with its SKUs, prices and stock",
        responses={
            200: ProductSerializer,
            301: OpenApiResponse(description="It has another address now."),
            304: _UNCHANGED,
            404: OpenApiResponse(description="NOT_FOUND: nothing on the shelf has this address."),
        },
        tags=["goods"],
    )
    def get(self, request: Request, slug: str) -> HttpResponseBase:
        try:
            product = get_product(slug)
        except NotFound:
            moved = find_moved_slug(slug)
            if moved is None:
                raise
            address = request.build_absolute_uri(reverse("api-product", args=[moved]))
            return HttpResponseRedirect(address, status=301)
        stock = quantities_by_sku([sku.sku_id for sku in product.skus])
        return answer_with_etag(request, product_data(product, stock, settings.CURRENCY))


class SuggestionsSerializer(serializers.Serializer[Any]):
    suggestions = serializers.ListField(child=serializers.CharField())


class SuggestionsView(PublicView):
    @extend_schema(
        operation_id="products_suggestions",
        summary="Words to propose while somebody types",
        description="Names that begin, at one of their words, with `q`: in writing, pinyin or initials.",
        parameters=[OpenApiParameter("q", str, required=True)],
        responses={200: SuggestionsSerializer},
        examples=[
            OpenApiExample("lany", value={"suggestions": ["无线蓝牙耳机"]}, response_only=True)
        ],
        tags=["goods"],
    )
    def get(self, request: Request) -> Response:
        typed = request.query_params.get("q", "")
        if not typed.strip() or len(typed) > MAX_TYPED or not is_clean(typed):
            raise InvalidInput(field="q", reason=f"1–{MAX_TYPED}")
        return Response({"suggestions": suggest_words(typed)})


def _find(request: Request) -> SearchPage:
    params = request.query_params
    category_id = get_category(_one(request, "category")).id if "category" in params else None
    merchant_id = _merchant_id(_one(request, "merchant")) if "merchant" in params else None
    query = read_query(params, category_id=category_id, merchant_id=merchant_id)
    try:
        return find_products(query)
    except BadCursor as problem:
        raise InvalidInput(field="cursor", reason=str(problem)) from problem


def _one(request: Request, name: str) -> str:
    values = request.query_params.getlist(name)
    if len(values) != 1 or not is_clean(values[0]):
        raise InvalidInput(field=name, reason="1")
    return values[0]


def _merchant_id(code: str) -> int:
    merchant = Merchant.objects.open().filter(code=code).first()
    if merchant is None:
        raise NotFound(merchant=code)
    return int(merchant.pk)


def _next_address(request: Request, page: SearchPage) -> str | None:
    if not page.next_cursor:
        return None
    params = request.query_params.copy()
    params["cursor"] = page.next_cursor
    params.pop("page", None)
    return request.build_absolute_uri(f"{request.path}?{params.urlencode()}")
