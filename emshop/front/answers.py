"""What the front says itself, when a request does not get as far as Django."""

import json

from django.utils import translation

from apps.core.errors import REGISTRY
from emshop.front.languages import language_of
from emshop.front.types import Headers, Scope, Send


async def refuse(scope: Scope, send: Send, code: str) -> None:
    """Answer with a code of the registry: JSON for the API, a plain sentence for people."""
    error = REGISTRY[code]
    with translation.override(language_of(scope)):
        sentence = str(error.text)
    if scope["path"].startswith("/api/"):
        kind, words = b"application/json", json.dumps({"code": code, "message": sentence})
    else:
        kind, words = b"text/plain; charset=utf-8", f"{sentence} ({code})\n"
    headers = [
        (b"content-type", kind),
        (b"cache-control", b"no-store"),
        (b"connection", b"close"),
        (b"x-content-type-options", b"nosniff"),
    ]
    if error.http_status == 503:  # noqa: PLR2004
        headers.append((b"retry-after", b"1"))
    await send_whole(send, error.http_status, headers, words.encode())


async def send_whole(send: Send, status: int, headers: Headers, body: bytes) -> None:
    """Send one complete answer."""
    if body and not any(name == b"content-length" for name, _ in headers):
        headers = [*headers, (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})
