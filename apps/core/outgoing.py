"""The one way out over HTTP: limits of time and size, no redirects, no private hosts, a breaker per host."""

import ipaddress
import socket
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import urllib3
from django.conf import settings
from django.db import connection

CONNECT_SECONDS = 1.0
READ_SECONDS = 5.0
MAX_ANSWER_BYTES = 5 * 1024 * 1024
BREAKER_WINDOW = 20
BREAKER_SHARE = 0.5
BREAKER_PAUSE_SECONDS = 30.0
AT_ONCE_PER_HOST = 16
SERVER_ERRORS = 500  # and above: the other side is in trouble


class OutgoingFailed(Exception):
    """The other side did not answer in a way that can be used; whether it acted is unknown."""


class HostRefused(OutgoingFailed):
    """The address is none that the shop talks to. Nothing was sent."""


class BreakerOpen(OutgoingFailed):
    """The other side has failed too often lately. Nothing was sent."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the other side said, read whole."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


@dataclass(slots=True)
class Breaker:
    """Counts the last answers of one host; opens when half of them failed, lets one through after a pause."""

    results: list[bool] = field(default_factory=list)
    opened_at: float | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)
    places: threading.BoundedSemaphore = field(
        default_factory=lambda: threading.BoundedSemaphore(AT_ONCE_PER_HOST)
    )

    def must_be_closed(self, host: str) -> None:
        with self.lock:
            if self.opened_at is None:
                return
            if time.monotonic() - self.opened_at < BREAKER_PAUSE_SECONDS:
                raise BreakerOpen(host)
            self.opened_at = time.monotonic()  # half-open: this one may try, the next waits again

    def note(self, *, is_success: bool) -> None:
        with self.lock:
            if self.opened_at is not None and is_success:
                self.opened_at, self.results = None, []
            self.results = [*self.results, is_success][-BREAKER_WINDOW:]
            failures = self.results.count(False)
            if len(self.results) == BREAKER_WINDOW and failures >= BREAKER_WINDOW * BREAKER_SHARE:
                self.opened_at, self.results = time.monotonic(), []


_breakers: dict[str, Breaker] = {}
_pools: dict[tuple[str, str, int, str], urllib3.HTTPConnectionPool] = {}
_guard = threading.Lock()


def send(
    method: str,
    url: str,
    *,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    read_seconds: float = READ_SECONDS,
) -> Answer:
    """
    Make one request and return the whole answer, whatever its status.

    :raises HostRefused, BreakerOpen: nothing was sent
    :raises OutgoingFailed: no usable answer came; the other side may or may not have acted
    :raises RuntimeError: inside a transaction (rule R4)
    """
    if connection.in_atomic_block and not settings.OUTGOING_ALLOWED_IN_ATOMIC:
        raise RuntimeError("no network inside a transaction")
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    address = _permitted_address(parts.scheme, host, port)
    breaker = _breaker_for(f"{host}:{port}")
    breaker.must_be_closed(host)
    if not breaker.places.acquire(timeout=CONNECT_SECONDS):
        raise BreakerOpen(f"{host}: too many requests under way")
    try:
        answer = _exchange(
            _pool_for(parts.scheme, address, port, host), method, url, body, headers, read_seconds
        )
    except (urllib3.exceptions.HTTPError, OSError) as problem:
        breaker.note(is_success=False)
        raise OutgoingFailed(f"{host}: {type(problem).__name__}") from problem
    finally:
        breaker.places.release()
    breaker.note(is_success=answer.status < SERVER_ERRORS)
    return answer


def reset_breakers() -> None:
    """Forget every failure, as a restart would."""
    _breakers.clear()


def _exchange(
    pool: urllib3.HTTPConnectionPool,
    method: str,
    url: str,
    body: bytes | None,
    headers: Mapping[str, str] | None,
    read_seconds: float,
) -> Answer:
    parts = urlsplit(url)
    response = pool.urlopen(
        method,
        (parts.path or "/") + (f"?{parts.query}" if parts.query else ""),
        body=body,
        headers={"Host": parts.netloc, "User-Agent": "EMShop/1", **(headers or {})},
        redirect=False,
        retries=False,
        timeout=urllib3.Timeout(
            connect=CONNECT_SECONDS, read=read_seconds, total=read_seconds + CONNECT_SECONDS
        ),
        preload_content=False,
    )
    try:
        content = response.read(MAX_ANSWER_BYTES + 1, decode_content=True)
    finally:
        response.release_conn()
    if len(content) > MAX_ANSWER_BYTES:
        response.close()
        raise OutgoingFailed(f"{parts.hostname}: the answer is too large")
    return Answer(response.status, dict(response.headers), content)


def _permitted_address(scheme: str, host: str, port: int) -> str:
    """Resolve the host once, and refuse what is not public unless the settings name it (rule R27)."""
    if scheme not in {"http", "https"} or not host:
        raise HostRefused(f"{scheme}://{host}")
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as problem:
        raise OutgoingFailed(f"{host}: no such host") from problem
    address = str(found[0][4][0])
    if f"{host}:{port}" in settings.OUTGOING_PRIVATE_HOSTS:
        return address
    if not ipaddress.ip_address(address).is_global or scheme != "https":
        raise HostRefused(f"{host} is not a public HTTPS host")
    return address


def _breaker_for(key: str) -> Breaker:
    with _guard:
        return _breakers.setdefault(key, Breaker())


def _pool_for(scheme: str, address: str, port: int, host: str) -> urllib3.HTTPConnectionPool:
    """Return the pool that talks to this very address, checking the certificate against the host's name."""
    key = (scheme, address, port, host)
    with _guard:
        if key not in _pools:
            _pools[key] = (
                urllib3.HTTPSConnectionPool(
                    address,
                    port,
                    maxsize=AT_ONCE_PER_HOST,
                    server_hostname=host,
                    assert_hostname=host,
                )
                if scheme == "https"
                else urllib3.HTTPConnectionPool(address, port, maxsize=AT_ONCE_PER_HOST)
            )
        return _pools[key]
