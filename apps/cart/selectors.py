"""Questions about carts."""

import hashlib

from django.db.models import QuerySet, Sum

from apps.cart.models import Cart, CartLine
from apps.core.actors import Actor


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def find_cart(*, user: Actor | None, token: str) -> Cart | None:
    """Return the cart of a signed-in person, else of the guest with this token."""
    if user is not None:
        return Cart.objects.filter(user=user).first()
    return Cart.objects.filter(token_hash=token_hash(token)).first() if token else None


def list_lines(cart: Cart | None) -> QuerySet[CartLine]:
    """Return the lines of a cart, newest first; none of no cart."""
    if cart is None:
        return CartLine.objects.none()
    return CartLine.objects.filter(cart=cart).order_by("-added_at", "-pk")


def count_pieces(cart: Cart | None) -> int:
    """Return how many pieces a cart holds."""
    return list_lines(cart).aggregate(total=Sum("quantity"))["total"] or 0
