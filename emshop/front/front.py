"""The front itself: one ASGI application for everything that reaches a web process."""

from collections.abc import Callable

from emshop.front.types import AsgiApplication, Receive, Scope, Send


class Front:
    """Send each connection to the part that serves it; begin and end with the server."""

    def __init__(
        self,
        *,
        pages: AsgiApplication,
        sockets: AsgiApplication,
        start: Callable[[], None],
        stop: Callable[[], None],
    ) -> None:
        self.pages = pages
        self.sockets = sockets
        self.start = start
        self.stop = stop

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self.pages(scope, receive, send)
        elif scope["type"] == "websocket":
            await self.sockets(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._live(receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        self.start()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self.stop()
        await send({"type": "lifespan.shutdown.complete"})
