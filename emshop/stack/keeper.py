"""
The process that keeps the embedded servers up for as long as somebody uses them.

Every user holds a shared lock; whoever dies, even by kill -9, loses it. When the keeper gets the
lock for itself nobody is left: it stops the servers and ends. The servers in turn die with it.
"""

import json
import os
import secrets
import shutil
import signal
import sys
import time
from pathlib import Path
from types import FrameType

from emshop.stack import locks, postgres, redis_servers
from emshop.stack.places import Home, StackError
from emshop.stack.processes import free_port, is_free
from emshop.stack.server import Server

PORT_PATIENCE = 10  # seconds for a killed server to let go of its port
NEEDED_DISK = 300 * 1024 * 1024


def keep(home: Home) -> int:
    """Start the servers, watch them, and stop them when nobody uses them any more."""
    signal.signal(signal.SIGTERM, _leave)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with locks.exclusive(home.keeper_lock) as is_alone:
        if not is_alone:
            return 0
        servers: list[Server] = []
        try:
            servers = _start(home)
            _watch(home, servers)
        except (StackError, OSError) as error:
            _announce(home, {"error": str(error)})
            return 1
        finally:
            for server in servers:
                server.stop()
        return 0


def _start(home: Home) -> list[Server]:
    home.servers_file.unlink(missing_ok=True)
    home.logs.mkdir(parents=True, exist_ok=True)
    _must_have_room(home)
    _make_password(home)
    postgres.prepare(home)
    ports = _choose_ports(home)
    servers = _servers(home, ports)
    for server in servers:
        server.start(home.logs)
    try:
        for server in servers:
            server.wait_until_ready(home.logs)
    except BaseException:
        for server in servers:
            server.stop()
        raise
    _announce(home, {"ports": ports})
    return servers


def _servers(home: Home, ports: dict[str, int]) -> list[Server]:
    port = ports[postgres.NAME]
    found = [
        Server(
            postgres.NAME,
            postgres.command(home, port),
            postgres.folder(home),
            lambda: postgres.is_ready(home, port),
            signal.SIGINT,
        )
    ]
    for name in (redis_servers.CACHE, redis_servers.BROKER):
        redis_servers.prepare(home, name, ports[name])
        found.append(_redis_server(home, name, ports[name]))
    return found


def _redis_server(home: Home, name: str, port: int) -> Server:
    return Server(
        name,
        redis_servers.command(home, name),
        home.path / name,
        lambda: redis_servers.is_ready(home, port),
        signal.SIGTERM,
    )


def _watch(home: Home, servers: list[Server]) -> None:
    while True:
        with locks.exclusive(home.users_lock) as is_unused:
            if is_unused:
                home.servers_file.unlink(missing_ok=True)
                for server in servers:
                    server.stop()
                return
        for server in servers:
            if server.has_died():
                server.start(home.logs)
                server.wait_until_ready(home.logs)
        time.sleep(0.3)


def _must_have_room(home: Home) -> None:
    free = shutil.disk_usage(home.path).free
    if free < NEEDED_DISK:
        raise StackError(
            f"Only {free >> 20} MB are free on the disk of {home.path}; the servers need 300 MB."
        )


def _make_password(home: Home) -> None:
    if not home.password_file.exists():
        home.password_file.touch(mode=0o600)
        home.password_file.write_text(secrets.token_urlsafe(24))


def _choose_ports(home: Home) -> dict[str, int]:
    """
    Take the ports of last time, because whoever outlived a killed keeper still knows those.

    The killed keeper's servers may need a moment to let go of them.
    """
    memory = home.path / "ports.json"
    known: dict[str, int] = json.loads(memory.read_text()) if memory.exists() else {}
    names = (postgres.NAME, redis_servers.CACHE, redis_servers.BROKER)
    ports = {name: known[name] if _becomes_free(known.get(name)) else free_port() for name in names}
    memory.write_text(json.dumps(ports))
    return ports


def _becomes_free(port: int | None) -> bool:
    until = time.monotonic() + PORT_PATIENCE
    while port is not None and time.monotonic() < until:
        if is_free(port):
            return True
        time.sleep(0.1)
    return False


def _announce(home: Home, words: dict[str, object]) -> None:
    draft = home.servers_file.with_suffix(".draft")
    draft.write_text(json.dumps(words | {"keeper": os.getpid()}))
    draft.replace(home.servers_file)


def _leave(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(0)


if __name__ == "__main__":
    sys.exit(keep(Home(Path(sys.argv[1]), is_durable=sys.argv[2] == "durable")))
