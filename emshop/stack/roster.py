"""What the shop consists of when it runs: each process, its command, and how to tell that it is up."""

import os
import signal
import socket
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from emshop.stack import simulated
from emshop.stack.environment import simulator_home

BIN = Path(sys.executable).parent
WEB = "web"
SIMULATOR = "simulator"


@dataclass(frozen=True, slots=True)
class Part:
    """One process of the shop."""

    name: str
    command: list[str]
    extra: dict[str, str]
    is_up: Callable[[], bool]
    when_orphaned: signal.Signals = signal.SIGTERM


def parts(environment: Mapping[str, str]) -> list[Part]:
    """Return the parts in the order in which they start."""
    found = [
        Part(
            WEB, web_command(environment), {"EMSHOP_PROCESS": "web"}, lambda: is_ready(environment)
        ),
        Part(
            "worker",
            worker_command(),
            {"EMSHOP_PROCESS": "worker"},
            lambda: True,
            # its gentle end would wait for a broker that is dying with it; what it held is delivered again
            when_orphaned=signal.SIGQUIT,
        ),
        Part("beat", beat_command(), {"EMSHOP_PROCESS": "beat"}, lambda: True),
    ]
    if simulated.exists():
        port = int(environment["EMSHOP_SIMULATOR_PORT"])
        found.insert(0, Part(SIMULATOR, simulator_command(), {}, lambda: is_listening(port)))
    return found


def web_command(environment: Mapping[str, str]) -> list[str]:
    """Return the command of the web process."""
    host, port = environment.get("EMSHOP_HOST", "127.0.0.1"), environment["EMSHOP_PORT"]
    options = ["--interface", "asgi", "--http", "1", "--host", host, "--port", port]
    options += ["--workers", environment.get("EMSHOP_WEB_WORKERS", "2"), "--respawn-failed-workers"]
    options += ["--backlog", "2048", "--workers-kill-timeout", "25", "--log-level", "warning"]
    return [str(BIN / "granian"), *options, "emshop.asgi:application"]


def worker_command() -> list[str]:
    """Return the command of the worker."""
    options = ["--loglevel", "INFO", "--concurrency", os.environ.get("EMSHOP_WORKERS", "2")]
    options += ["--without-gossip", "--without-mingle", "-O", "fair"]
    return [str(BIN / "celery"), "-A", "emshop.celery", "worker", *options]


def beat_command() -> list[str]:
    """Return the command of the scheduler; what it sends stands in the code, so it stores nothing."""
    options = ["--loglevel", "WARNING", "--scheduler", "celery.beat:Scheduler", "--pidfile="]
    return [str(BIN / "celery"), "-A", "emshop.celery", "beat", *options]


def simulator_command() -> list[str]:
    """Return the command of the simulator."""
    home = str(simulator_home())
    return [sys.executable, "-m", "simulator", "serve", "--home", home, "--host", "127.0.0.1"]


def is_ready(environment: Mapping[str, str]) -> bool:
    """Ask the shop whether it can serve."""
    url = f"http://127.0.0.1:{environment['EMSHOP_PORT']}/readyz"
    host = environment["EMSHOP_SITE_URL"].split("://")[1].split("/")[0]
    try:
        request = urllib.request.Request(url, headers={"Host": host})  # our own address
        with urllib.request.urlopen(request, timeout=3) as answer:  # noqa: S310
            return bool(answer.status == 200)  # noqa: PLR2004
    except (urllib.error.URLError, OSError):
        return False


def is_listening(port: int) -> bool:
    """Tell whether somebody answers the door there."""
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True
