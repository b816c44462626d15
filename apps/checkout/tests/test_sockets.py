import asyncio
import json

import pytest
from asgiref.testing import ApplicationCommunicator
from channels.db import database_sync_to_async
from channels.routing import URLRouter
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.urls import path, reverse

from apps.checkout.live import tell_after_commit
from apps.checkout.services import apply_channel_fact
from apps.checkout.storefront.sockets import TradeStateConsumer
from apps.checkout.tests.factories import a_sku, a_trade
from apps.payments.tests.factories import a_payment_for, paid_fact

pytestmark = pytest.mark.django_db(transaction=True)

ROUTES = URLRouter([path("ws/trades/<str:number>/", TradeStateConsumer.as_asgi())])
SECONDS = 5


async def called(trade, user, headers=()):
    """A socket in front of a trade, and whether it was let in."""
    scope = {
        "type": "websocket",
        "path": f"/ws/trades/{trade.number}/",
        "headers": list(headers),
        "subprotocols": [],
        "user": user,
    }
    socket = ApplicationCommunicator(ROUTES, scope)
    await socket.send_input({"type": "websocket.connect"})
    answer = await socket.receive_output(SECONDS)
    return socket, answer["type"] == "websocket.accept"


async def hang_up(socket):
    await socket.send_input({"type": "websocket.disconnect", "code": 1000})
    await socket.wait(SECONDS)
    await database_sync_to_async(close_connection)()  # the thread's own, which no test would close


def close_connection():
    connection.close()


async def heard(socket):
    return json.loads((await socket.receive_output(SECONDS))["text"])


def test_the_page_hears_that_its_trade_is_paid(shopper):
    trade = a_trade(shopper, (a_sku(), 1))
    payment = a_payment_for(trade)

    async def listen():
        socket, is_open = await called(trade, shopper)
        assert is_open
        first = await heard(socket)
        await asyncio.to_thread(apply_and_tell)
        second = await heard(socket)
        await hang_up(socket)
        return first["state"], second

    def apply_and_tell():
        apply_channel_fact(paid_fact(payment))
        tell_after_commit(trade.pk)
        connection.close()

    first, second = asyncio.run(listen())

    assert first == "UNPAID"
    assert second == {"state": "PAID", "next": reverse("trade-done", args=[trade.number])}


def test_strangers_hear_nothing(shopper, other_shopper):
    trade = a_trade(shopper, (a_sku(), 1))

    async def knock(user, headers=()):
        socket, is_open = await called(trade, user, headers)
        await hang_up(socket)
        return is_open

    assert asyncio.run(knock(shopper)) is True
    assert asyncio.run(knock(other_shopper)) is False
    assert asyncio.run(knock(AnonymousUser())) is False
    assert asyncio.run(knock(AnonymousUser(), [(b"cookie", b"emshop_guest=\xff\x00; x")])) is False
