"""Named places where a crash would hurt. A test sets EMSHOP_CRASHPOINT=name[:n] to die at the n-th pass."""

import os
import signal
from collections import Counter

_passes: Counter[str] = Counter()


def crashpoint(name: str) -> None:
    """End this process with SIGKILL if it was told to die here; otherwise do nothing."""
    wanted = os.environ.get("EMSHOP_CRASHPOINT")
    if not wanted:
        return
    wanted_name, _, nth = wanted.partition(":")
    if wanted_name != name:
        return
    _passes[name] += 1
    if _passes[name] == int(nth or 1):
        os.kill(os.getpid(), signal.SIGKILL)
