"""WebSockets: from our own hosts only, with the session's user, to the consumers of emshop/routing.py."""

from channels.auth import AuthMiddlewareStack
from channels.generic.websocket import AsyncWebsocketConsumer
from channels.routing import URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.urls import re_path

from emshop.front.types import AsgiApplication
from emshop.routing import websocket_urlpatterns


class NobodyHere(AsyncWebsocketConsumer):
    """Turn away a socket that asks for an address nobody serves."""

    async def connect(self) -> None:
        await self.close()


def build_sockets() -> AsgiApplication:
    """Return the ASGI application for WebSockets."""
    routes = [*websocket_urlpatterns, re_path(r"", NobodyHere.as_asgi())]
    sockets: AsgiApplication = AllowedHostsOriginValidator(AuthMiddlewareStack(URLRouter(routes)))
    return sockets
