"""The body of a request, taken in whole before a thread is spent on it: a slow sender blocks nobody."""

import asyncio
import io
import tempfile
from typing import IO

from emshop.front.limits import Limits, RequestRefused
from emshop.front.types import Receive, Scope


class ClientGone(Exception):
    """The other end has closed the connection."""


async def read_body(
    scope: Scope, receive: Receive, announced: int | None, limits: Limits
) -> IO[bytes]:
    """
    Return the body as a file; a large one lies on the disk.

    :raises RequestRefused: if it grows beyond the limit, or does not arrive
    :raises ClientGone: if the sender left
    """
    if not announced and not _may_have_body(scope):
        return io.BytesIO()
    if announced is not None and announced <= limits.memory_bytes:
        body: IO[bytes] = io.BytesIO()
    else:
        body = tempfile.SpooledTemporaryFile(max_size=limits.memory_bytes)  # noqa: SIM115  # the bridge closes it
    try:
        await _fill(body, receive, limits)
    except BaseException:
        body.close()
        raise
    body.seek(0)
    return body


def _may_have_body(scope: Scope) -> bool:
    if scope.get("http_version", "1.1") not in {"1.0", "1.1"}:
        return True
    return any(name == b"transfer-encoding" for name, _ in scope["headers"])


async def _fill(body: IO[bytes], receive: Receive, limits: Limits) -> None:
    size = 0
    while True:
        try:
            async with asyncio.timeout(limits.pause_seconds):
                message = await receive()
        except TimeoutError:
            raise RequestRefused("REQUEST_TIMEOUT") from None
        if message["type"] == "http.disconnect":
            raise ClientGone
        piece = message.get("body", b"")
        size += len(piece)
        if size > limits.body_bytes:
            raise RequestRefused("PAYLOAD_TOO_LARGE")
        if isinstance(body, io.BytesIO) or size <= limits.memory_bytes:
            body.write(piece)
        else:
            await asyncio.to_thread(body.write, piece)
        if not message.get("more_body", False):
            return
