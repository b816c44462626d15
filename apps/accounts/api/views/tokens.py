"""Accounts, tokens and passwords over the API."""

from django.conf import settings
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.api.serializers import (
    CredentialsSerializer,
    RefreshSerializer,
    RegistrationSerializer,
    ResetRequestSerializer,
    ResetSerializer,
    TokenPairSerializer,
)
from apps.accounts.models import Audience, User
from apps.accounts.second_factor import check_second_factor
from apps.accounts.services import (
    ask_for_reset,
    check_credentials,
    register_user,
    reset_password,
)
from apps.accounts.services.passwords import RESETS
from apps.accounts.services.signing_in import REGISTRATIONS
from apps.accounts.tokens import TokenPair, issue_tokens, revoke_tokens, rotate_tokens
from apps.core.errors import Forbidden
from apps.core.limits import must_have_token
from apps.core.middleware import client_ip

AUDIENCES = {"shopper": Audience.SHOPPER, "staff": Audience.STAFF}
_CREDENTIALS = OpenApiExample(
    "A shopper",
    value={"contact": "13812345678", "password": "calm-river-42"},
    request_only=True,
)


class PublicView(APIView):
    """A door for people who have no token yet."""

    authentication_classes = ()
    permission_classes = (AllowAny,)


class RegistrationsView(PublicView):
    @extend_schema(
        operation_id="registrations_create",
        summary="Open an account",
        description="With a phone number or an e-mail address. The answer holds the first tokens.",
        request=RegistrationSerializer,
        responses={
            201: TokenPairSerializer,
            400: OpenApiResponse(description="VALIDATION_FAILED, INVALID_CONTACT, WEAK_PASSWORD"),
            409: OpenApiResponse(description="CONTACT_TAKEN"),
            429: OpenApiResponse(description="TOO_MANY_REQUESTS"),
        },
        examples=[_CREDENTIALS],
        tags=["people"],
    )
    def post(self, request: Request) -> Response:
        told = RegistrationSerializer(data=request.data)
        told.is_valid(raise_exception=True)
        must_have_token(REGISTRATIONS, client_ip(request))
        user = register_user(**told.validated_data)
        pair = issue_tokens(user_id=user.pk, agent=request.headers.get("User-Agent", ""))
        return _pair(pair, status.HTTP_201_CREATED)


class TokensView(PublicView):
    @extend_schema(
        operation_id="tokens_create",
        summary="Sign in: get an access and a refresh token",
        description="Five failures for one account from one address within 15 minutes lock it for 15 minutes.",
        request=CredentialsSerializer,
        responses={
            201: TokenPairSerializer,
            401: OpenApiResponse(description="WRONG_CREDENTIALS, SECOND_FACTOR_WRONG"),
            403: OpenApiResponse(description="FORBIDDEN: not of the staff"),
            429: OpenApiResponse(description="ACCOUNT_LOCKED, TOO_MANY_REQUESTS"),
        },
        examples=[_CREDENTIALS],
        tags=["people"],
    )
    def post(self, request: Request) -> Response:
        form = CredentialsSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        told = form.validated_data
        user = check_credentials(request, contact=told["contact"], password=told["password"])
        audience = AUDIENCES[told["audience"]]
        if audience == Audience.STAFF:
            _must_be_staff(user, told.get("second_factor", ""))
        agent = request.headers.get("User-Agent", "")
        return _pair(issue_tokens(user_id=user.pk, audience=audience, agent=agent), 201)


class TokenRefreshView(PublicView):
    @extend_schema(
        operation_id="tokens_refresh",
        summary="Get the next pair",
        description="A refresh token is good once. Using one again signs that app out: its whole family is void.",
        request=RefreshSerializer,
        responses={
            201: TokenPairSerializer,
            401: OpenApiResponse(description="REFRESH_TOKEN_INVALID"),
        },
        tags=["people"],
    )
    def post(self, request: Request) -> Response:
        form = RefreshSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        told = form.validated_data
        pair = rotate_tokens(refresh=told["refresh"], audience=AUDIENCES[told["audience"]])
        return _pair(pair, status.HTTP_201_CREATED)


class TokenRevocationView(PublicView):
    @extend_schema(
        operation_id="tokens_revoke",
        summary="Sign this app out",
        request=RefreshSerializer,
        responses={
            204: None,
            401: OpenApiResponse(description="REFRESH_TOKEN_INVALID"),
        },
        tags=["people"],
    )
    def post(self, request: Request) -> Response:
        form = RefreshSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        told = form.validated_data
        revoke_tokens(refresh=told["refresh"], audience=AUDIENCES[told["audience"]])
        return Response(status=status.HTTP_204_NO_CONTENT)


class PasswordResetsView(PublicView):
    @extend_schema(
        operation_id="password_resets_create",
        summary="Ask for a code to set a new password with",
        description="The answer is the same whether there is such an account or not.",
        request=ResetRequestSerializer,
        responses={
            202: None,
            429: OpenApiResponse(description="TOO_MANY_REQUESTS, TOO_MANY_CODES"),
        },
        tags=["people"],
    )
    def post(self, request: Request) -> Response:
        form = ResetRequestSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        must_have_token(RESETS, client_ip(request))
        ask_for_reset(contact=form.validated_data["contact"])
        return Response(status=status.HTTP_202_ACCEPTED)


class PasswordResetConfirmationView(PublicView):
    @extend_schema(
        operation_id="password_resets_confirm",
        summary="Set a new password with the code",
        description="Every session and every token ends. A code has five tries and five minutes.",
        request=ResetSerializer,
        responses={
            204: None,
            400: OpenApiResponse(description="WRONG_CODE, WEAK_PASSWORD"),
        },
        tags=["people"],
    )
    def post(self, request: Request) -> Response:
        form = ResetSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        told = form.validated_data
        reset_password(contact=told["contact"], code=told["code"], new=told["password"])
        return Response(status=status.HTTP_204_NO_CONTENT)


def _must_be_staff(user: User, code: str) -> None:
    if not user.is_staff:
        raise Forbidden
    if settings.STAFF_SECOND_FACTOR:
        check_second_factor(user, code)


def _pair(pair: TokenPair, status_code: int) -> Response:
    return Response(
        TokenPairSerializer(pair).data, status=status_code, headers={"Cache-Control": "no-store"}
    )
