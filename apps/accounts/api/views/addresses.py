"""The address book over the API."""

from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.api.serializers import AddressSerializer, AddressWriteSerializer
from apps.accounts.models import Address
from apps.accounts.person import person_of
from apps.accounts.selectors import get_address, list_addresses, write_out
from apps.accounts.services import add_address, change_address, remove_address
from apps.core.api.idempotent import respond_once

_EXAMPLE = OpenApiExample(
    "Hangzhou",
    value={
        "recipient": "王小明",
        "phone": "13812345678",
        "region_code": "330106",
        "street": "文三路 100 号",
        "is_default": True,
    },
    request_only=True,
)
_REFUSALS = OpenApiResponse(description="VALIDATION_FAILED, INVALID_INPUT")
_MISSING = OpenApiResponse(description="NOT_FOUND: not in your book")


class AddressesView(APIView):
    @extend_schema(
        operation_id="addresses_list",
        summary="My address book",
        description="At most twenty, the default first.",
        responses=AddressSerializer(many=True),
        tags=["people"],
    )
    def get(self, request: Request) -> Response:
        rows = write_out(list(list_addresses(person_of(request))))
        return Response(AddressSerializer(rows, many=True).data)

    @extend_schema(
        operation_id="addresses_create",
        summary="Add an address",
        request=AddressWriteSerializer,
        responses={
            201: AddressSerializer,
            400: _REFUSALS,
            409: OpenApiResponse(description="ADDRESS_BOOK_FULL"),
        },
        examples=[_EXAMPLE],
        tags=["people"],
    )
    def post(self, request: Request) -> Response:
        form = AddressWriteSerializer(data=request.data)
        form.is_valid(raise_exception=True)

        def work() -> Response:
            row = add_address(user_id=person_of(request).pk, draft=form.draft())
            return Response(_one(row), status=status.HTTP_201_CREATED)

        return respond_once(request, "addresses", f"user:{person_of(request).pk}", work)


class AddressView(APIView):
    @extend_schema(
        operation_id="addresses_retrieve",
        summary="One address",
        responses={200: AddressSerializer, 404: _MISSING},
        tags=["people"],
    )
    def get(self, request: Request, address_id: int) -> Response:
        return Response(_one(get_address(person_of(request), address_id)))

    @extend_schema(
        operation_id="addresses_replace",
        summary="Correct an address",
        description="Orders keep the address they were placed with.",
        request=AddressWriteSerializer,
        responses={200: AddressSerializer, 400: _REFUSALS, 404: _MISSING},
        examples=[_EXAMPLE],
        tags=["people"],
    )
    def put(self, request: Request, address_id: int) -> Response:
        form = AddressWriteSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        row = change_address(
            user_id=person_of(request).pk, address_id=address_id, draft=form.draft()
        )
        return Response(_one(row))

    @extend_schema(
        operation_id="addresses_remove",
        summary="Remove an address",
        request=None,
        responses={204: None, 404: _MISSING},
        tags=["people"],
    )
    def delete(self, request: Request, address_id: int) -> Response:
        remove_address(user_id=person_of(request).pk, address_id=address_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


def _one(row: Address) -> dict[str, object]:
    return dict(AddressSerializer(write_out([row])[0]).data)
