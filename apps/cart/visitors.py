"""Whose cart is it? A signed-in shopper's, or that of a guest whom a cookie tells from others."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from apps.cart.models import Cart
from apps.cart.selectors import find_cart, token_hash
from apps.cart.services import Capped, get_or_create_cart, merge_guest_cart

COOKIE = "emshop_guest"
COOKIE_AGE = timedelta(days=90)
TOKEN_BYTES = 24
MAX_TOKEN_LENGTH = 64


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody at the shop's door."""

    user: Any
    token: str

    @property
    def owner(self) -> str:
        """The name under which this visitor places trades."""
        if self.user is not None:
            return f"user:{self.user.pk}"
        return f"guest:{token_hash(self.token)}"

    @property
    def owners(self) -> tuple[str, ...]:
        """Every name under which this visitor may have placed trades: as a guest, then signed in."""
        names = [f"user:{self.user.pk}"] if self.user is not None else []
        if self.token:
            names.append(f"guest:{token_hash(self.token)}")
        return tuple(names)

    @property
    def shopper_id(self) -> int | None:
        return self.user.pk if self.user is not None else None


def visitor_of(request: HttpRequest) -> Visitor:
    """Return who is asking; a stranger without a cookie has an empty token."""
    user = request.user if request.user.is_authenticated else None
    token = request.COOKIES.get(COOKIE, "")
    is_sane = token.isascii() and len(token) <= MAX_TOKEN_LENGTH
    return Visitor(user, token if is_sane else "")


def known_visitor(request: HttpRequest) -> Visitor:
    """Return who is asking, with a fresh token for a stranger; ``remember`` puts it into the cookie."""
    visitor = visitor_of(request)
    if visitor.user is None and not visitor.token:
        return Visitor(None, secrets.token_urlsafe(TOKEN_BYTES))
    return visitor


def remember(response: HttpResponse, visitor: Visitor) -> HttpResponse:
    """Let a guest's browser keep the token."""
    if visitor.user is None:
        response.set_cookie(
            COOKIE,
            visitor.token,
            max_age=COOKIE_AGE,
            httponly=True,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )
    return response


def cart_of(visitor: Visitor) -> tuple[Cart | None, Sequence[Capped]]:
    """Return the visitor's cart; what a shopper had put aside as a guest is merged into it now."""
    capped: Sequence[Capped] = []
    if visitor.user is not None and visitor.token:
        capped = merge_guest_cart(user=visitor.user, token=visitor.token)
    return find_cart(user=visitor.user, token=visitor.token), capped


def own_cart(visitor: Visitor) -> Cart:
    """Return the visitor's cart, made if need be."""
    cart, _capped = cart_of(visitor)
    return cart or get_or_create_cart(user=visitor.user, token=visitor.token)
