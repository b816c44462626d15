"""
Django's WSGI application behind an ASGI server.

Django's own ASGI handler serves a page ten times slower than its WSGI handler, so the front calls the
latter in persistent threads. Bodies are taken in before a thread is spent; whole answers are handed
over in one piece; long answers flow with back-pressure and end when the client leaves.
"""

import asyncio
import itertools
import logging
from typing import Any

from emshop.front.answers import refuse, send_whole
from emshop.front.body import ClientGone, read_body
from emshop.front.environ import FILE_PIECE, FileWrapper, build_environ
from emshop.front.limits import Limits, RequestRefused, check_head
from emshop.front.pool import ThreadPool
from emshop.front.types import Headers, Receive, Scope, Send, WsgiApplication

logger = logging.getLogger(__name__)
Result = Any  # an iterable of bytes that may have close(), streaming and more


class ReaderStuck(Exception):
    """The client has stopped reading; the connection is cut, so that it cannot take this for the end."""


class WsgiBridge:
    """One ASGI application that answers with a WSGI application."""

    def __init__(self, application: WsgiApplication, pool: ThreadPool, limits: Limits) -> None:
        self.application = application
        self.pool = pool
        self.limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            announced = check_head(scope, self.limits)
            body = await read_body(scope, receive, announced, self.limits)
        except RequestRefused as refused:
            await refuse(scope, send, refused.code)
            return
        except ClientGone:
            return
        exchange = Exchange(self, build_environ(scope, body, announced), receive, send)
        try:
            await exchange.run(scope)
        finally:
            exchange.is_abandoned = True


class Exchange:
    """One request on its way through a thread and back."""

    def __init__(
        self, bridge: WsgiBridge, environ: dict[str, Any], receive: Receive, send: Send
    ) -> None:
        self.bridge = bridge
        self.environ = environ
        self.receive = receive
        self.send = send
        self.loop = asyncio.get_running_loop()
        self.done: asyncio.Future[bytes | None] = self.loop.create_future()
        self.status = 0
        self.headers: Headers = []
        self.written: list[bytes] = []
        self.has_begun = False
        self.is_abandoned = False
        self.watcher: asyncio.Task[None] | None = None

    async def run(self, scope: Scope) -> None:
        """Have a thread answer, and send what it hands over."""
        self.bridge.pool.submit(self.work)
        try:
            body = await self.done
        except RequestRefused as refused:
            await refuse(scope, self.send, refused.code)
            return
        finally:
            if self.watcher is not None:
                self.watcher.cancel()
        if body is not None:
            await send_whole(self.send, self.status, self.headers, body)

    # --- in the thread ---

    def work(self) -> None:
        """Call the application and hand its answer over."""
        result: Result = None
        try:
            result = self.bridge.application(self.environ, self.start_response)
            self._answer(result)
        except ClientGone:
            self._finish(None)
        except ReaderStuck as stuck:
            self._fail(stuck)
        except RequestRefused as refused:
            self._fail(refused)
        except BaseException as error:  # whatever it is, the client is waiting
            logger.exception("The application failed below Django's own handling")
            self._fail(error if self.has_begun else RequestRefused("SERVER_ERROR"))
        finally:
            self._close(result)

    def start_response(
        self, status: str, headers: list[tuple[str, str]], exc_info: Any = None
    ) -> Any:
        """Take the head of the answer (PEP 3333)."""
        if exc_info is not None and self.has_begun:
            raise exc_info[1].with_traceback(exc_info[2])
        self.status = int(status[:3])
        self.headers = [(n.lower().encode("latin-1"), v.encode("latin-1")) for n, v in headers]
        return self.written.append

    def _answer(self, result: Result) -> None:
        if self.environ["REQUEST_METHOD"] == "HEAD":
            self._finish(b"")
        elif self._is_whole(result):
            self._finish(b"".join([*self.written, *result]))
        else:
            self._stream(result)

    def _is_whole(self, result: Result) -> bool:
        if isinstance(result, FileWrapper):
            length = dict(self.headers).get(b"content-length", b"")
            return length.isdigit() and int(length) <= FILE_PIECE
        return isinstance(result, list | tuple) or getattr(result, "streaming", None) is False

    def _stream(self, result: Result) -> None:
        if not self.bridge.pool.lend():
            raise RequestRefused("BUSY")
        for piece in itertools.chain(self.written, result):
            if piece:
                self._send_piece(piece)
        if not self.has_begun:
            self._begin()
        self._call({"type": "http.response.body", "body": b"", "more_body": False})
        self._finish(None)

    def _send_piece(self, piece: bytes) -> None:
        if not self.has_begun:
            self._begin()
        self._call({"type": "http.response.body", "body": piece, "more_body": True})

    def _begin(self) -> None:
        self.has_begun = True
        self._call({"type": "http.response.start", "status": self.status, "headers": self.headers})
        self.loop.call_soon_threadsafe(self._watch)

    def _call(self, message: dict[str, Any]) -> None:
        """Send one message from the thread, and wait until the server has taken it."""
        if self.is_abandoned:
            raise ClientGone
        taken = asyncio.run_coroutine_threadsafe(self._send(message), self.loop)
        try:
            taken.result(self.bridge.limits.pause_seconds)
        except TimeoutError:
            taken.cancel()
            raise ReaderStuck(f"{self.environ['PATH_INFO']!r} was not read any further") from None

    async def _send(self, message: dict[str, Any]) -> None:
        await self.send(message)

    def _finish(self, body: bytes | None) -> None:
        self.loop.call_soon_threadsafe(self._settle, body, None)

    def _fail(self, error: BaseException) -> None:
        self.loop.call_soon_threadsafe(self._settle, None, error)

    def _close(self, result: Result) -> None:
        try:
            if hasattr(result, "close"):
                result.close()
        except Exception:
            logger.exception("Closing the answer failed")
        finally:
            self.environ["wsgi.input"].close()

    # --- in the loop ---

    def _settle(self, body: bytes | None, error: BaseException | None) -> None:
        if self.done.done():
            return
        if error is not None:
            self.done.set_exception(error)
        else:
            self.done.set_result(body)

    def _watch(self) -> None:
        self.watcher = self.loop.create_task(self._wait_for_disconnect())

    async def _wait_for_disconnect(self) -> None:
        while True:
            message = await self.receive()
            if message["type"] == "http.disconnect":
                self.is_abandoned = True
                return
