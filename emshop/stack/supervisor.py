"""`make run`: the whole shop in one terminal, from the first byte of data to Ctrl-C."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import FrameType

import psutil

from emshop.stack import locks, simulated
from emshop.stack.children import Child, stop_all
from emshop.stack.environment import DEFAULTS, local_environment
from emshop.stack.freshness import is_fresh, mark_fresh
from emshop.stack.places import PROJECT, Home, StackError, shop_home, var
from emshop.stack.processes import is_free
from emshop.stack.roster import WEB, parts
from emshop.stack.servers import keep_servers, use_servers

START_PATIENCE = 90.0
LOOK_EVERY = 0.3


def run() -> int:
    """Run the shop until somebody stops it."""
    began_at = time.monotonic()
    home = shop_home()
    for one in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(one, _leave)
    with locks.exclusive(home.path / "run.lock") as is_alone:
        if not is_alone:
            raise StackError("This shop is running already (`make run` in another terminal).")
        _must_have_ports(DEFAULTS | dict(os.environ))
        try:
            with use_servers(home, os.environ) as addresses:
                return _run_with(home, local_environment(addresses), began_at)
        except KeyboardInterrupt:
            _say("Stopped. The data stays in var/.")
            return 0


def _run_with(home: Home, environment: dict[str, str], began_at: float) -> int:
    environment |= {"PROMETHEUS_MULTIPROC_DIR": _empty_folder(home.path / "metrics")}
    _prepare(environment)
    children = [Child(part, environment, home.logs) for part in parts(environment)]
    try:
        for child in children:
            child.start()
            if child.part.name == WEB:
                _wait_until_up(children)  # the rest would only slow it down
        _wait_until_up(children)
        _announce(environment, home, time.monotonic() - began_at)
        while True:
            _look_after(home, children)
            time.sleep(LOOK_EVERY)
    finally:
        for one in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(one, signal.SIG_IGN)
        _say("\nStopping …")
        stop_all(children)


def _must_have_ports(environment: Mapping[str, str]) -> None:
    names = {"EMSHOP_PORT": "the shop"}
    if simulated.exists():
        names |= {"EMSHOP_SIMULATOR_PORT": "the simulator"}
        names |= {"EMSHOP_SIMULATOR_SMTP_PORT": "the simulator's mail server"}
    for name, whose in names.items():
        if not environment[name].isdigit():
            raise StackError(f"{name}={environment[name]} is not a port number.")
        port = int(environment[name])
        if not is_free(port):
            raise StackError(
                f"Port {port}, meant for {whose}, is taken by {_holder(port)}.\n"
                f"End that program, or choose another port: {name}={port + 1} make run"
            )


def _holder(port: int) -> str:
    try:
        for one in psutil.net_connections("tcp"):
            if one.laddr and one.laddr.port == port and one.status == "LISTEN" and one.pid:
                return f"{psutil.Process(one.pid).name()} (process {one.pid})"
    except psutil.Error:
        return "another program"
    return "another program"


def _prepare(environment: dict[str, str]) -> None:
    if is_fresh(environment):
        return
    command = [sys.executable, "-m", "emshop.stack.prepare"]
    done = subprocess.run(command, cwd=PROJECT, env=environment, check=False)  # noqa: S603
    if done.returncode != 0:
        raise StackError("The shop could not be prepared; the lines above say why.")
    mark_fresh(environment)


def _wait_until_up(children: list[Child]) -> None:
    until = time.monotonic() + START_PATIENCE
    for child in (child for child in children if child.process is not None):
        while not child.part.is_up():
            if child.has_died():
                raise StackError(f"{child.part.name} did not start:\n{child.last_words()}")
            if time.monotonic() > until:
                raise StackError(
                    f"{child.part.name} is not up after {START_PATIENCE:.0f} s:\n{child.last_words()}"
                )
            time.sleep(0.1)


def _look_after(home: Home, children: list[Child]) -> None:
    keep_servers(home, os.environ)
    for child in children:
        if words := child.look_after():
            _say(words)


def _announce(environment: Mapping[str, str], home: Home, seconds: float) -> None:
    site = environment["EMSHOP_SITE_URL"]
    lines = [
        "",
        f"  shop        {site}/",
        f"  admin       {site}/admin/",
        f"  API         {site}/api/v1/docs/",
    ]
    if simulated.exists():
        url = environment["EMSHOP_SIMULATOR_URL"]
        lines.append(f"  simulator   {url}/   (payments, SMS at {url}/phone/, mail at {url}/mail/)")
    logins = var() / "demo-logins.txt"
    if logins.exists():
        lines += ["", *(f"  {line}" for line in logins.read_text(encoding="utf-8").splitlines())]
    lines += ["", f"Up after {seconds:.1f} s. Logs: {home.logs}. Ctrl-C stops everything."]
    _say("\n".join(lines))


def _empty_folder(folder: Path) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    for left_over in folder.glob("*.db"):
        left_over.unlink()
    return str(folder)


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def _leave(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
