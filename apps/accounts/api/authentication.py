"""Bearer tokens at the API's doors."""

from typing import ClassVar

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from apps.accounts.models import Audience, User
from apps.accounts.tokens import find_bearer

_PARTS = 2


class ShopperTokenAuthentication(BaseAuthentication):
    """``Authorization: Bearer …`` with an access token for shoppers' apps."""

    audience: ClassVar[str] = Audience.SHOPPER

    def authenticate(self, request: Request) -> tuple[User, str] | None:
        parts = get_authorization_header(request).split()
        if not parts or parts[0].lower() != b"bearer":
            return None
        user = None
        if len(parts) == _PARTS:
            token = parts[1].decode("latin-1")
            user = find_bearer(token, self.audience)
        if user is None:
            raise AuthenticationFailed
        return user, token

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


class StaffTokenAuthentication(ShopperTokenAuthentication):
    """The same for the staff's apps: another audience, never good for a shopper's door, nor the reverse."""

    audience = Audience.STAFF


class _BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = ShopperTokenAuthentication
    name = "shopperToken"
    description = "An access token of `POST /api/v1/tokens/`."

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": self.description,
        }


class _StaffBearerScheme(_BearerScheme):  # type: ignore[no-untyped-call]
    target_class = StaffTokenAuthentication
    name = "staffToken"
    description = "An access token of `POST /api/v1/tokens/` with the audience `staff`."
