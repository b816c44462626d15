"""How much a request may bring, checked before Django sees it (fault F10)."""

from dataclasses import dataclass

from emshop.front.types import Scope


class RequestRefused(Exception):
    """The front answers this request itself; ``code`` stands in the registry of error codes."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class Limits:
    """The largest request there may be; web servers in front should be stricter, not looser."""

    body_bytes: int = 50 * 1024 * 1024  # a large price list or ledger; views ask for far less
    memory_bytes: int = 256 * 1024  # more goes to the disk while it arrives
    header_bytes: int = 32 * 1024
    header_count: int = 100
    target_bytes: int = 8 * 1024
    pause_seconds: float = 30.0  # between two pieces of a body, in either direction


def check_head(scope: Scope, limits: Limits) -> int | None:
    """
    Return the announced length of the body, None if there is none announced.

    :raises RequestRefused: if the head is too large, ambiguous, or announces too much
    """
    if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > limits.target_bytes:
        raise RequestRefused("URI_TOO_LONG")
    size = hosts = 0
    lengths = set()
    for name, value in scope["headers"]:
        size += len(name) + len(value)
        if name == b"host":
            hosts += 1
        elif name == b"content-length":
            lengths.add(value)
    if size > limits.header_bytes or len(scope["headers"]) > limits.header_count:
        raise RequestRefused("HEADERS_TOO_LARGE")
    if hosts > 1 or len(lengths) > 1:
        raise RequestRefused("MALFORMED_REQUEST")
    return _announced(lengths.pop(), limits) if lengths else None


def _announced(value: bytes, limits: Limits) -> int:
    if not value.isdigit():
        raise RequestRefused("MALFORMED_REQUEST")
    if len(value) > len(str(limits.body_bytes)) or int(value) > limits.body_bytes:
        raise RequestRefused("PAYLOAD_TOO_LARGE")
    return int(value)
