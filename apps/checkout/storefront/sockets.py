"""The pay page's ear: it hears when its trade moves, and says nothing itself."""

from http.cookies import SimpleCookie
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from django.urls import reverse

from apps.cart.visitors import COOKIE, MAX_TOKEN_LENGTH, Visitor
from apps.checkout.live import group_of
from apps.orders.models import Trade

NOT_YOURS = 4404


class TradeStateConsumer(AsyncJsonWebsocketConsumer):
    """``/ws/trades/<number>/``: for those alone who may see the trade (rule R26)."""

    trade: Trade | None = None

    async def connect(self) -> None:
        number = self.scope["url_route"]["kwargs"]["number"]
        self.trade = await _find_own_trade(_visitor_of(self.scope), number)
        if self.trade is None:
            await self.close(NOT_YOURS)
            return
        await self.channel_layer.group_add(group_of(self.trade.pk), self.channel_name)
        await self.accept()
        await self.send_json(_told(self.trade.number, self.trade.status))

    async def disconnect(self, code: int) -> None:
        if self.trade is not None:
            await self.channel_layer.group_discard(group_of(self.trade.pk), self.channel_name)

    async def receive(self, text_data: Any = None, bytes_data: Any = None, **kwargs: Any) -> None:
        """Nothing that a page says here means anything."""

    async def trade_moved(self, event: dict[str, Any]) -> None:
        if self.trade is not None:
            await self.send_json(_told(self.trade.number, event["state"]))


def _told(number: str, state: str) -> dict[str, str]:
    return {"state": state, "next": reverse("trade-done", args=[number])}


def _visitor_of(scope: dict[str, Any]) -> Visitor:
    user = scope.get("user")
    cookies: SimpleCookie = SimpleCookie()
    for name, value in scope.get("headers", []):
        if name == b"cookie":
            cookies.load(value.decode("latin-1"))
    token = cookies[COOKIE].value if COOKIE in cookies else ""
    is_sane = token.isascii() and len(token) <= MAX_TOKEN_LENGTH
    is_known = user is not None and user.is_authenticated
    return Visitor(user if is_known else None, token if is_sane else "")


@database_sync_to_async
def _find_own_trade(visitor: Visitor, number: str) -> Trade | None:
    return Trade.objects.owned_by(visitor.owners).filter(number=number).first()
