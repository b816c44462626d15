"""The servers as their users see them: three addresses for as long as they are needed."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from emshop.stack import locks, postgres, redis_servers
from emshop.stack.places import PROJECT, Home, StackError

PATIENCE = 90
DATABASE = "EMSHOP_DATABASE_URL"
CACHE = "EMSHOP_REDIS_URL"
BROKER = "EMSHOP_BROKER_URL"


@contextmanager
def use_servers(home: Home, given: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """
    Yield the addresses of database, cache and broker; those that are given stay as they are.

    :raises StackError: if an embedded server does not start
    """
    chosen = {name: given[name] for name in (DATABASE, CACHE, BROKER) if given.get(name)}
    if len(chosen) == len((DATABASE, CACHE, BROKER)):
        yield chosen
        return
    with locks.shared(home.users_lock):
        yield _embedded(home) | chosen


def keep_servers(home: Home, given: Mapping[str, str]) -> None:
    """Start the keeper again if it was killed; for users that stay long."""
    if not all(given.get(name) for name in (DATABASE, CACHE, BROKER)):
        _start_keeper_unless_running(home)


def _embedded(home: Home) -> dict[str, str]:
    _start_keeper_unless_running(home)
    ports = _wait_for_ports(home)
    return {
        DATABASE: postgres.url(home, ports[postgres.NAME]),
        CACHE: redis_servers.url(home, ports[redis_servers.CACHE]),
        BROKER: redis_servers.url(home, ports[redis_servers.BROKER]),
    }


def _start_keeper_unless_running(home: Home) -> None:
    with locks.exclusive(home.keeper_lock) as is_free:
        if not is_free:
            return
        home.servers_file.unlink(missing_ok=True)
    home.logs.mkdir(parents=True, exist_ok=True)
    durability = "durable" if home.is_durable else "careless"
    with (home.logs / "keeper.log").open("ab") as log:
        subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "emshop.stack.keeper", str(home.path), durability],
            cwd=PROJECT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            env=_plain_environment(),
        )


def _plain_environment() -> dict[str, str]:
    """Leave out what concerns one user of the servers only."""
    own = ("COV_", "EMSHOP_", "PYTEST_")
    return {name: value for name, value in os.environ.items() if not name.startswith(own)}


def _wait_for_ports(home: Home) -> dict[str, int]:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            words = json.loads(home.servers_file.read_text())
        except FileNotFoundError:
            time.sleep(0.05)
            continue
        if "error" in words:
            raise StackError(words["error"])
        ports: dict[str, int] = words["ports"]
        return ports
    log = home.logs / "keeper.log"
    raise StackError(f"The embedded servers did not come up in {PATIENCE} s; {log} may say why.")
