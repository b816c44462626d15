"""Servers, secrets and a place of its own for a test run; several runs may share the servers."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from urllib.parse import urlsplit, urlunsplit

from emshop.stack import locks, simulated
from emshop.stack.keys import make_keys
from emshop.stack.places import Home, StackError, check_home
from emshop.stack.processes import free_port
from emshop.stack.servers import BROKER, CACHE, DATABASE, use_servers

SLOTS = 12  # runs at the same time
CHARACTER = {
    "EMSHOP_PROCESS": "worker",  # time limits that a slow machine can keep
    "EMSHOP_PLAIN_STATIC": "1",
    "EMSHOP_LOG_FORMAT": "plain",
    "EMSHOP_LOG_LEVEL": "WARNING",
}
WORKERS = 8  # Redis databases for each run: one for a worker of pytest-xdist


@contextmanager
def test_environment() -> Iterator[dict[str, str]]:
    """Yield the environment of one test run, with servers that run as long as it does."""
    home = check_home()
    with ExitStack() as stack:
        addresses = stack.enter_context(use_servers(home, os.environ))
        slot = _take_slot(home, stack)
        given = {
            name: value
            for name, value in os.environ.items()
            if name in (DATABASE, CACHE, BROKER) and value
        }
        addresses[DATABASE] = with_path(addresses[DATABASE], f"{_path(addresses[DATABASE])}_{slot}")
        for name in (CACHE, BROKER):
            if name not in given:
                addresses[name] = with_path(addresses[name], str(slot * WORKERS))
        yield make_keys() | CHARACTER | addresses


def environment_of_worker(worker: str) -> dict[str, str]:
    """Return what differs for one worker ("gw3") of a run: its Redis databases."""
    number = int(worker.removeprefix("gw"))
    changed = dict.fromkeys(("EMSHOP_QUEUE", "EMSHOP_CACHE_PREFIX"), f"emshop-{worker}")
    for name in (CACHE, BROKER):
        url = os.environ[name]
        if url.startswith("redis"):
            changed[name] = with_path(url, str(int(_path(url) or 0) + 1 + number % (WORKERS - 1)))
    return changed


def environment_with_simulator() -> dict[str, str]:
    """Return what a process that runs tests needs to know of its own simulator."""
    if not simulated.exists():
        return {}
    name = f"simulator{urlsplit(os.environ[DATABASE]).path.replace('/', '-')}-{_worker()}"
    return simulated.prepare(
        check_home().path / name,
        port=free_port(),
        smtp_port=free_port(),
        shop_url=f"http://127.0.0.1:{free_port()}",
    )


def _worker() -> str:
    return os.environ.get("PYTEST_XDIST_WORKER", "alone")


def with_path(url: str, path: str) -> str:
    """Return the address with another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{path}"))


def _path(url: str) -> str:
    return urlsplit(url).path.strip("/")


def _take_slot(home: Home, stack: ExitStack) -> int:
    for slot in range(SLOTS):
        if stack.enter_context(locks.exclusive(home.path / f"slot-{slot}.lock")):
            return slot
    raise StackError(f"{SLOTS} test runs share these servers already; wait for one to end.")
