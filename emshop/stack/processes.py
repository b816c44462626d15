"""Small dealings with processes and ports."""

import contextlib
import os
import signal
import socket
import sys
import time
from collections.abc import Iterable
from pathlib import Path

import psutil

LEASH = str(Path(__file__).with_name("leash.py"))


def leash(deadly: signal.Signals, *options: str) -> list[str]:
    """Return the prefix of a command that is to end, by that signal, when we end."""
    return [sys.executable, "-I", LEASH, "--signal", str(int(deadly)), *options, "--"]


def end(pid: int, name: str, signals: Iterable[signal.Signals], patience: float = 10) -> None:
    """End the process if it still bears that name, ever more firmly."""
    for one in signals:
        if not bears_name(pid, name):
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, one)
        _wait_for_end(pid, name, patience)


def bears_name(pid: int, name: str) -> bool:
    """Tell whether the process lives and runs a program of that name (numbers are used again)."""
    try:
        process = psutil.Process(pid)
        return process.status() != psutil.STATUS_ZOMBIE and name in process.name()
    except psutil.Error:
        return False


def _wait_for_end(pid: int, name: str, patience: float) -> None:
    until = time.monotonic() + patience
    while bears_name(pid, name) and time.monotonic() < until:
        time.sleep(0.05)


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Tell whether a server could listen there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """Return a port of the loopback interface that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
