"""The whole front as the web process runs it."""

import asyncio
import time

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import RequestFactory

from apps.core.shared_pages import SHARED_HEADER, renew_shared_pages, shared_page
from emshop import asgi
from emshop.front.tests.asking import ask, scope_of
from emshop.front.version_watch import VersionWatch


def knock(path, *headers):
    """Open a socket and return the first thing that the shop says."""
    scope = scope_of(path, headers=[]) | {"type": "websocket", "subprotocols": []}
    scope["headers"] += headers

    async def connect():
        said = asyncio.Queue()
        incoming = asyncio.Queue()
        incoming.put_nowait({"type": "websocket.connect"})
        talk = asyncio.create_task(asgi.application(scope, incoming.get, said.put))
        first = await asyncio.wait_for(said.get(), 5)
        incoming.put_nowait({"type": "websocket.disconnect", "code": 1000})
        await talk
        return first["type"]

    return asyncio.run(connect())


def test_requests_reach_django_and_the_mark_for_the_front_does_not_leave():
    reply = ask(asgi.application, "/healthz")

    assert (reply.status, reply.body) == (200, b'{"status": "ok"}')
    assert reply.header("x-request-id")


def test_hosts_that_are_not_ours_are_refused():
    reply = ask(asgi.application, "/healthz", headers=[("x-forwarded-host", "evil.example")])
    assert reply.status == 200  # nobody believes that header

    assert ask(asgi.application, "/healthz", host="evil.example").status == 400


@pytest.mark.parametrize("origin", [None, b"http://evil.example"])
def test_socket_from_elsewhere_is_refused(origin):
    assert knock("/ws/anything/", *([(b"origin", origin)] if origin else [])) == "websocket.close"


@pytest.mark.django_db(transaction=True)
def test_socket_that_nobody_serves_is_turned_away():
    assert knock("/ws/nobody/", (b"origin", b"http://localhost")) == "websocket.close"


def test_front_begins_and_ends_with_the_server():
    words = []

    async def live():
        messages = asyncio.Queue()
        messages.put_nowait({"type": "lifespan.startup"})
        messages.put_nowait({"type": "lifespan.shutdown"})

        async def send(message):
            words.append(message["type"])

        await asgi.application({"type": "lifespan"}, messages.get, send)

    asyncio.run(live())

    assert words == ["lifespan.startup.complete", "lifespan.shutdown.complete"]


def test_view_marks_its_page_and_a_change_reaches_every_front_within_a_second():
    @shared_page
    def view(_request, name):
        return HttpResponse(name)

    response = view(RequestFactory().get("/"), name="home")
    assert (response.content, response.headers[SHARED_HEADER]) == (b"home", "5")

    watch = VersionWatch()
    before = watch()
    renew_shared_pages()
    until = time.monotonic() + 1
    while watch() == before and time.monotonic() < until:
        time.sleep(0.02)

    assert watch() == before + 1
    watch.stop()


def test_pool_keeps_to_its_size():
    assert asgi.pool._size == settings.WEB_THREADS
