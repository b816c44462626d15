"""The supervisor's children: started, watched, started again with growing pauses, ended together."""

import os
import signal
import subprocess
import time
from pathlib import Path

from emshop.stack.places import PROJECT
from emshop.stack.processes import leash
from emshop.stack.roster import Part

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
STEADY_SECONDS = 60.0  # after that a child has proved itself, and its next fall is a first one
LARGEST_LOG = 20 * 1024 * 1024
STOP_PATIENCE = 25.0
LAST_WORDS = 8


class Child:
    """One part of the shop as a process of ours."""

    def __init__(self, part: Part, environment: dict[str, str], logs: Path) -> None:
        self.part = part
        self.environment = environment | part.extra
        self.log = logs / f"{part.name}.log"
        self.process: subprocess.Popen[bytes] | None = None
        self.started_at = 0.0
        self.pause = FIRST_PAUSE
        self.again_at = 0.0

    def start(self) -> None:
        """Start the process in a session of its own, on a leash."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > LARGEST_LOG:
            self.log.rename(self.log.with_suffix(".old.log"))
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603
                [*leash(self.part.when_orphaned), *self.part.command],
                cwd=PROJECT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.started_at = time.monotonic()
        self.again_at = 0.0

    def has_died(self) -> bool:
        """Tell whether the process ended by itself."""
        return self.process is not None and self.process.poll() is not None

    def look_after(self) -> str:
        """Start the process again when its pause is over; return what there is to say about it."""
        if not self.has_died() or self.process is None:
            return ""
        if self.again_at:
            if time.monotonic() >= self.again_at:
                self.start()
            return ""
        is_steady = time.monotonic() - self.started_at > STEADY_SECONDS
        self.pause = FIRST_PAUSE if is_steady else min(self.pause * 2, LONGEST_PAUSE)
        self.again_at = time.monotonic() + self.pause
        self.kill_group()
        return (
            f"{self.part.name} ended ({how(self.process.returncode)}); "
            f"it starts again in {self.pause:.0f} s. Its last words:\n{self.last_words()}"
        )

    def ask_to_stop(self) -> None:
        """Tell the process to finish what it does."""
        if self.process is not None and not self.has_died():
            self.process.terminate()

    def wait_until_stopped(self, until: float) -> None:
        """Wait for the process, then make sure that nothing of it is left."""
        if self.process is None:
            return
        try:
            self.process.wait(max(until - time.monotonic(), 0.1))
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.kill_group()
        self.process.wait()

    def kill_group(self) -> None:
        """End what the process may have left behind in its session."""
        try:
            os.killpg(self.process.pid if self.process else 0, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            return

    def last_words(self) -> str:
        """Return the end of the log."""
        lines = self.log.read_text(errors="replace").splitlines()[-LAST_WORDS:]
        return "\n".join(f"    {line}" for line in [*lines, f"(more in {self.log})"])


def how(code: int) -> str:
    """Say in words how a process ended."""
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def stop_all(children: list[Child]) -> None:
    """Stop the children together: all are asked, then each is waited for."""
    for child in children:
        child.ask_to_stop()
    until = time.monotonic() + STOP_PATIENCE
    for child in children:
        child.wait_until_stopped(until)
