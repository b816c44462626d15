"""Runs the application; connections can be dropped in the middle of a call."""

import asyncio
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from simulator.app import build_app
from simulator.house import build_house


class DroppableProtocol(HttpToolsProtocol):
    """Hands the transport to the application, so that it can hang up."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        extensions: dict[str, dict[object, object]] = {
            "simulator.connection": {"transport": self.transport}
        }
        self.scope["extensions"] = extensions


class CleanlyEnding(uvicorn.Server):
    """Ends with exit code 0 on SIGTERM and SIGINT, which are how one stops it."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.handle_exit, number, None)
        yield


def serve(home: Path, host: str, *, time_scale: float, parcel_step: float | None) -> None:
    """Serve until SIGTERM or SIGINT."""
    house = build_house(home, host=host, time_scale=time_scale, parcel_step=parcel_step)
    config = uvicorn.Config(
        build_app(house),
        host=host,
        port=house.config.port,
        http=DroppableProtocol,
        ws="none",
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=3,
    )
    asyncio.run(_serve(CleanlyEnding(config), house.config.public_url))


async def _serve(server: uvicorn.Server, url: str) -> None:
    serving = asyncio.create_task(server.serve())
    while not server.started and not serving.done():
        await asyncio.sleep(0.02)
    if server.started:
        sys.stdout.write(f"simulator ready {url}\n")
        sys.stdout.flush()
    await serving
    if not server.started:
        sys.exit(1)
