"""What can go wrong between a channel and the shop that calls it."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from simulator.house import house_of

GARBAGE = b'{"code":"1000'


@dataclass(frozen=True)
class Call:
    """One call of the shop, as far as knobs care."""

    channel: str
    operation: str
    subjects: tuple[str, ...] = ()


async def answer(
    request: Request,
    call: Call,
    work: Callable[[], Awaitable[Response]],
    refuse: Callable[[str], Response],
) -> Response:
    """Do the work, book it, answer; unless a knob says otherwise."""
    house = house_of(request)

    def knob(name: str) -> object:
        found = house.knobs.take(call.channel, name, *call.subjects, operation=call.operation)
        return None if found is None else (found.value if found.value is not None else True)

    if (seconds := knob("slow")) is not None:
        await asyncio.sleep(float(str(seconds)))
    if (status := knob("server_error")) is not None:
        return Response("<h1>Bad Gateway</h1>", int(str(status)), media_type="text/html")
    if (code := knob("refuse")) is not None:
        return refuse(str(code))
    response = await work()
    await house.world.book.settled()
    if (seconds := knob("lost_response")) is not None:
        await asyncio.sleep(float(str(seconds)))
        return Dropped(request)
    if knob("garbage") is not None:
        return Response(GARBAGE, media_type="application/json")
    return response


class Dropped(Response):
    """No answer at all: the connection goes away."""

    def __init__(self, request: Request) -> None:
        super().__init__()
        self.transport: asyncio.Transport = request.scope["extensions"]["simulator.connection"][
            "transport"
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.transport.abort()
        while (await receive())["type"] != "http.disconnect":
            pass
