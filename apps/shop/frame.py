"""What stands around every page: the menu of categories, the cart's count, and where one is."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.cache import cache
from django.db.models import Count, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.cart.models import CartLine
from apps.cart.selectors import token_hash
from apps.cart.visitors import visitor_of
from apps.catalog.selectors import CategoryNode, category_tree
from apps.notifications.models import Notification

MENU_SECONDS = 5
PLACES = {  # the first part of an address → the place of the bottom bar it belongs to
    "": "home",
    "categories": "categories",
    "c": "categories",
    "p": "categories",
    "search": "categories",
    "m": "categories",
    "cart": "cart",
    "orders": "orders",
    "trades": "orders",
    "account": "account",
}


@dataclass(frozen=True, slots=True)
class AccountPlace:
    """One of the places under “Me”."""

    label: str
    url: str
    icon: str
    is_current: bool
    count: int = 0


def menu() -> list[CategoryNode]:
    """Return the tree of categories in the active language, a few seconds old at most."""
    key = f"shop:menu:{get_language()}"
    tree: list[CategoryNode] | None = cache.get(key)
    if tree is None:
        tree = category_tree()
        cache.set(key, tree, MENU_SECONDS)
    return tree


class Frame:
    """Computed when a template asks, so that a page without a menu pays for none."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def categories(self) -> list[CategoryNode]:
        return menu()

    @cached_property
    def place(self) -> str:
        return PLACES.get(self.request.path.split("/")[1], "")

    @cached_property
    def cart_count(self) -> int:
        """How many pieces are in the cart; nobody is asked for somebody who has none."""
        return self._counts[0]

    @cached_property
    def unread_count(self) -> int:
        return self._counts[1]

    @cached_property
    def _counts(self) -> tuple[int, int]:
        """Pieces in the cart and unread messages, in one statement."""
        visitor = visitor_of(self.request)
        if visitor.user is not None:
            pieces = _pieces(CartLine.objects.filter(cart__user=OuterRef("pk")))
            unread = _number_of(Notification.objects.filter(user=OuterRef("pk")).unread())
            found = User.objects.filter(pk=visitor.user.pk).values_list(pieces, unread).get()
            return found[0], found[1]
        if visitor.token:
            mine = CartLine.objects.filter(cart__token_hash=token_hash(visitor.token))
            return mine.aggregate(total=Sum("quantity"))["total"] or 0, 0
        return 0, 0

    @cached_property
    def here(self) -> str:
        return self.request.get_full_path()

    @cached_property
    def sign_in_url(self) -> str:
        """The way in that leads back to this page; from the ways in themselves it leads home."""
        address = reverse("sign-in")
        if self.request.method != "GET" or self.request.path.startswith("/account/"):
            return address
        return f"{address}?{urlencode({'next': self.here})}"

    @cached_property
    def other_language_url(self) -> str:
        code = "zh-hans" if get_language() == "en" else "en"
        here = self.here if self.request.method == "GET" else "/"
        return f"{reverse('language', args=[code])}?{urlencode({'next': here})}"

    @cached_property
    def account_places(self) -> list[AccountPlace]:
        places = [
            (_("My orders"), "orders", "receipt-text", 0),
            (_("Messages"), "messages", "bell", self.unread_count),
            (_("Addresses"), "addresses", "map-pin", 0),
            (_("Profile"), "profile", "user", 0),
            (_("Signed-in devices"), "sessions", "monitor-smartphone", 0),
            (_("Password"), "password", "key-round", 0),
        ]
        return [
            self._place(label, reverse(name), icon, count) for label, name, icon, count in places
        ]

    def _place(self, label: str, url: str, icon: str, count: int) -> AccountPlace:
        path, root = self.request.path, reverse("profile")
        here = path == url if url == root else path.startswith(url)
        return AccountPlace(label, url, icon, here, count)


def _pieces(lines: Any) -> Coalesce:
    total = lines.order_by().values("cart").annotate(total=Sum("quantity")).values("total")
    return Coalesce(Subquery(total), 0)


def _number_of(rows: Any) -> Coalesce:
    counted = rows.order_by().values("user").annotate(total=Count("pk")).values("total")
    return Coalesce(Subquery(counted), 0)


def frame(request: HttpRequest) -> dict[str, object]:
    """Context processor: ``frame`` for base.html and the layouts."""
    return {"frame": Frame(request)}
