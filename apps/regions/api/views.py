from django.http.response import HttpResponseBase
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.regions.api.serializers import (
    RegionDetailSerializer,
    RegionFilterSerializer,
    RegionSerializer,
)
from apps.regions.caching import answer_cacheably
from apps.regions.selectors import get_region, list_children, list_provinces, region_chain

_ZHEJIANG = {"code": "330000", "parent": None, "name": "浙江省", "level": 1, "is_leaf": False}
_XIHU = {"code": "330106", "parent": "330100", "name": "西湖区", "level": 3, "is_leaf": True}
_XIHU_PATH = [
    {"code": "330000", "name": "浙江省"},
    {"code": "330100", "name": "杭州市"},
    {"code": "330106", "name": "西湖区"},
]


class PublicView(APIView):
    authentication_classes = ()
    permission_classes = (AllowAny,)


class RegionsView(PublicView):
    @extend_schema(
        operation_id="regions_list",
        summary="List provinces, or what lies right below a region",
        description="The same for everybody, to be kept for a day; ask again with `If-None-Match`.",
        parameters=[RegionFilterSerializer],
        responses={
            200: RegionSerializer(many=True),
            304: OpenApiResponse(description="You have the present list."),
            404: OpenApiResponse(
                description="NOT_FOUND: there is no region with the code of `parent`."
            ),
        },
        examples=[OpenApiExample("A province", value=_ZHEJIANG, response_only=True)],
        tags=["regions"],
    )
    def get(self, request: Request) -> HttpResponseBase:
        query = RegionFilterSerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        parent = query.validated_data["parent"]
        rows = list_children(get_region(parent).code) if parent else list_provinces()
        return answer_cacheably(request, RegionSerializer(rows, many=True).data, Response)


class RegionView(PublicView):
    @extend_schema(
        operation_id="regions_retrieve",
        summary="One region and what it is part of",
        responses={
            200: RegionDetailSerializer,
            304: OpenApiResponse(description="You have the present answer."),
            404: OpenApiResponse(description="NOT_FOUND: there is no region with this code."),
        },
        examples=[
            OpenApiExample("A district", value=_XIHU | {"path": _XIHU_PATH}, response_only=True)
        ],
        tags=["regions"],
    )
    def get(self, request: Request, code: str) -> HttpResponseBase:
        region = get_region(code)
        path = [{"code": step.code, "name": step.name} for step in region_chain(code)]
        data = RegionSerializer(region).data | {"path": path}
        return answer_cacheably(request, data, Response)
