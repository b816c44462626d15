"""
Anonymous pages from memory, before Django.

Django says which answers may be shared (``apps.core.shared_pages``). They are shared only among requests
that could not bring a person along: no session, no authorisation, no cookie beyond language and token.
"""

import asyncio
import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from django.conf import settings

from apps.core.shared_pages import LONGEST_SECONDS, SHARED_HEADER
from emshop.front.answers import send_whole
from emshop.front.languages import cookies_of, language_of
from emshop.front.page_store import Key, PageStore, StoredPage
from emshop.front.types import AsgiApplication, Headers, Message, Receive, Scope, Send

SHARED = SHARED_HEADER.lower().encode()
MOST_BYTES = 32 * 1024 * 1024
LARGEST_PAGE = 1024 * 1024
LONGEST_TARGET = 1024
RENEW_AFTER = 0.7  # of its time
LONGEST_WAIT = 5.0  # for another request's page
MOST_KNOWN = 20_000
PERSONAL = {b"authorization", b"range", b"x-csrftoken", b"idempotency-key"}
HARMLESS_VARY = {b"cookie", b"accept-language", b"accept-encoding", b"hx-request", b"origin"}
PER_REQUEST = {SHARED, b"x-request-id", b"date"}
OK = 200


class PageCache:
    """An ASGI application in front of another."""

    def __init__(self, inner: AsgiApplication, version: Callable[[], int]) -> None:
        self.inner = inner
        self.version = version
        self.store = PageStore(MOST_BYTES)
        self._being_renewed: dict[Key, asyncio.Event] = {}
        self._known_as_shared: set[bytes] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        key = shareable_key(scope)
        if key is None:
            await self.inner(scope, receive, Filter(send))
            return
        page = self._usable(key) or await self._wait_for_another(key)
        if page is None:
            await self._ask(key, scope, receive, send)
            return
        body = b"" if scope["method"] == "HEAD" else page.body
        await send_whole(send, OK, page.headers, body)

    def _usable(self, key: Key) -> StoredPage | None:
        page = self.store.get(key, self.version(), time.monotonic())
        if page and (time.monotonic() < page.renew_at or key in self._being_renewed):
            return page
        return None

    async def _wait_for_another(self, key: Key) -> StoredPage | None:
        """A crowd before one page that has just ended must not ask for it all at once."""
        renewal = self._being_renewed.get(key)
        if renewal is None or _path(key) not in self._known_as_shared:
            return None
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LONGEST_WAIT):
                await renewal.wait()
        return self.store.get(key, self.version(), time.monotonic())

    async def _ask(self, key: Key, scope: Scope, receive: Receive, send: Send) -> None:
        recorder = Recorder(send)
        version, at = self.version(), time.monotonic()
        renewal = self._being_renewed.setdefault(key, asyncio.Event())
        try:
            await self.inner(scope, receive, recorder)
            self._keep(key, scope, recorder, version, at)
        finally:
            renewal.set()
            self._being_renewed.pop(key, None)

    def _keep(self, key: Key, scope: Scope, recorder: "Recorder", version: int, at: float) -> None:
        seconds = recorder.shareable_seconds()
        if seconds and may_be_kept(scope):
            if len(self._known_as_shared) < MOST_KNOWN:
                self._known_as_shared.add(_path(key))
            kept = [(name, value) for name, value in recorder.headers if name not in PER_REQUEST]
            body = b"".join(recorder.pieces)
            renew_at, ends_at = at + seconds * RENEW_AFTER, at + seconds
            self.store.put(key, StoredPage(kept, body, version, renew_at, ends_at))


def _path(key: Key) -> bytes:
    return key[0].partition(b"?")[0]


def shareable_key(scope: Scope) -> Key | None:
    """Return what tells this request's page from others; None if it may be somebody's own."""
    target = (scope.get("raw_path") or scope["path"].encode()) + b"?" + scope["query_string"]
    if scope["method"] not in {"GET", "HEAD"} or len(target) > LONGEST_TARGET:
        return None
    host = forwarded = b""
    for name, value in scope["headers"]:
        if name in PERSONAL or name.startswith(b"hx-"):
            return None
        if name == b"host":
            host = value
        elif name == b"x-forwarded-proto":
            forwarded = value
    harmless = {settings.LANGUAGE_COOKIE_NAME, settings.CSRF_COOKIE_NAME}
    if not harmless.issuperset(cookies_of(scope)):
        return None
    scheme, language = scope.get("scheme", "http"), language_of(scope)
    return (target, host, forwarded, scheme.encode(), language.encode())


def may_be_kept(scope: Scope) -> bool:
    """Tell whether the answer to this request holds nothing of its sender, not even a form's token."""
    return scope["method"] == "GET" and settings.CSRF_COOKIE_NAME not in cookies_of(scope)


@dataclass(slots=True)
class Filter:
    """Pass an answer on without the word that was meant for the front."""

    send: Send

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [pair for pair in message["headers"] if pair[0] != SHARED]
        await self.send(message)


@dataclass(slots=True)
class Recorder:
    """Pass an answer on and take note of it, as long as it looks shareable."""

    send: Send
    seconds: float = 0
    is_complete: bool = False
    size: int = 0
    headers: Headers = field(default_factory=list)
    pieces: list[bytes] = field(default_factory=list)

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.seconds = _seconds(message["status"], message["headers"])
            self.headers = [pair for pair in message["headers"] if pair[0] != SHARED]
            message["headers"] = self.headers
        elif self.seconds:
            self._note(message)
        await self.send(message)

    def shareable_seconds(self) -> float:
        """Return how long the answer may be shared; 0 if not at all."""
        return self.seconds if self.is_complete else 0

    def _note(self, message: Message) -> None:
        piece = message.get("body", b"")
        self.size += len(piece)
        if self.size > LARGEST_PAGE:
            self.seconds = 0
            self.pieces.clear()
            return
        self.pieces.append(piece)
        self.is_complete = not message.get("more_body", False)


def _seconds(status: int, headers: Headers) -> float:
    told = dict(headers)
    value = told.get(SHARED, b"")
    if status != OK or not value.isdigit() or b"set-cookie" in told:
        return 0
    if any(word in told.get(b"cache-control", b"") for word in (b"private", b"no-store")):
        return 0
    vary = {word.strip().lower() for word in told.get(b"vary", b"").split(b",") if word.strip()}
    if not vary <= HARMLESS_VARY:
        return 0
    return min(int(value), LONGEST_SECONDS)
