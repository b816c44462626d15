"""The tree of categories over the API."""

from django.http.response import HttpResponseBase
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.views import APIView

from apps.catalog.api.serializers import CategorySerializer
from apps.catalog.selectors import category_tree
from apps.core.api.caching import answer_with_etag

_AUDIO = {
    "slug": "audio",
    "name": "影音娱乐",
    "level": 2,
    "image": "",
    "children": [{"slug": "earphones", "name": "耳机", "level": 3, "image": "", "children": []}],
}


class CategoriesView(APIView):
    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="categories_list",
        summary="The tree of categories",
        description="At most three levels, each in the order in which the shop shows it, in the language of"
        " `Accept-Language`. Ask again with `If-None-Match`.",
        responses={
            200: CategorySerializer(many=True),
            304: OpenApiResponse(description="You have the present answer."),
        },
        examples=[OpenApiExample("Audio", value=_AUDIO, response_only=True)],
        tags=["goods"],
    )
    def get(self, request: Request) -> HttpResponseBase:
        return answer_with_etag(request, CategorySerializer(category_tree(), many=True).data)
