"""Who is asking, for rows that record it: set by the middleware, readable from anywhere below a door."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RequestContext:
    """What history and audit rows keep of a request."""

    request_id: str = ""
    ip: str = ""


_nobody = RequestContext()
_current: ContextVar[RequestContext] = ContextVar("request_context", default=_nobody)


def current_request_id() -> str:
    return _current.get().request_id


def current_ip() -> str:
    return _current.get().ip


@contextmanager
def request_context(request_id: str, ip: str) -> Iterator[None]:
    """Remember these for as long as the block runs."""
    token = _current.set(RequestContext(request_id, ip))
    try:
        yield
    finally:
        _current.reset(token)
