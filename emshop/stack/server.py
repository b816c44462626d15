"""One embedded server as a process."""

import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from emshop.stack.places import StackError

PATIENCE = 60  # seconds for a server to come up; recovery after a power cut may take a while
LARGEST_LOG = 10 * 1024 * 1024


@dataclass(slots=True)
class Server:
    """One embedded server and how to start it."""

    name: str
    command: list[str]
    folder: Path
    is_ready: Callable[[], bool]
    stop_signal: signal.Signals
    process: subprocess.Popen[bytes] | None = None

    def start(self, logs: Path) -> None:
        """Start the process; its words go to a log file."""
        file = logs / f"{self.name}.log"
        if file.exists() and file.stat().st_size > LARGEST_LOG:
            file.rename(file.with_suffix(".old.log"))
        with file.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603
                self.command,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def wait_until_ready(self, logs: Path) -> None:
        """
        Wait for the server to answer.

        :raises StackError: with the end of its log, if it never does
        """
        until = time.monotonic() + PATIENCE
        while not self.is_ready():
            if self.has_died() or time.monotonic() > until:
                words = (logs / f"{self.name}.log").read_text(errors="replace").splitlines()[-12:]
                raise StackError("\n".join([f"{self.name} did not start. Its last words:", *words]))
            time.sleep(0.05)

    def has_died(self) -> bool:
        """Tell whether the process is gone."""
        return self.process is None or self.process.poll() is not None

    def stop(self) -> None:
        """Stop the process cleanly, or at last for certain."""
        for how, patience in ((self.stop_signal, 20), (signal.SIGQUIT, 5), (signal.SIGKILL, 5)):
            if self.has_died() or self.process is None:
                return
            self.process.send_signal(how)
            try:
                self.process.wait(patience)
            except subprocess.TimeoutExpired:
                continue
