"""Ask an ASGI application as a server would."""

import asyncio
from dataclasses import dataclass, field


@dataclass
class Reply:
    """Everything the application sent."""

    status: int = 0
    headers: list = field(default_factory=list)
    pieces: list = field(default_factory=list)
    is_complete: bool = False

    @property
    def body(self):
        return b"".join(self.pieces)

    def header(self, name):
        return dict(self.headers).get(name.encode(), b"").decode()


def scope_of(path, *, method="GET", query="", headers=(), version="1.1", host="localhost"):
    return {
        "type": "http", "method": method, "path": path, "raw_path": path.encode(), "query_string": query.encode(),
        "headers": [(b"host", host.encode()), *((n.encode(), v.encode()) for n, v in headers)],
        "http_version": version, "scheme": "http", "server": ("127.0.0.1", 80), "client": ("10.0.0.9", 4321),
    }  # fmt: skip


async def ask_async(application, scope, *, body=(), on_piece=None, leave_after=None):
    """Send the body piece by piece; leave after so many pieces of the answer."""
    reply = Reply()
    incoming = list(body)
    left = asyncio.Event()

    async def receive():
        if incoming:
            return {"type": "http.request", "body": incoming.pop(0), "more_body": bool(incoming)}
        await left.wait()
        return {"type": "http.disconnect"}

    async def send(message):
        if message["type"] == "http.response.start":
            reply.status, reply.headers = message["status"], list(message["headers"])
            return
        reply.pieces.append(message.get("body", b""))
        reply.is_complete = not message.get("more_body", False)
        if on_piece:
            await on_piece(reply)
        if leave_after and len(reply.pieces) >= leave_after:
            left.set()
            await asyncio.sleep(0.05)

    await application(scope, receive, send)
    return reply


def ask(application, path, **kwargs):
    asked = {key: kwargs.pop(key) for key in ("body", "on_piece", "leave_after") if key in kwargs}
    if "body" in asked and "headers" not in kwargs:
        kwargs["headers"] = [("transfer-encoding", "chunked")]
    return asyncio.run(ask_async(application, scope_of(path, **kwargs), **asked))
