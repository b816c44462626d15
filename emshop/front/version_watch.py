"""The version of the shared pages, asked for in the background so that no request waits for it."""

import logging
import threading

from apps.core.shared_pages import shared_pages_version

ASK_EVERY_SECONDS = 0.5

logger = logging.getLogger(__name__)


class VersionWatch:
    """Knows the version as it was at most a second ago."""

    def __init__(self) -> None:
        self.version = 0
        self._is_over = threading.Event()
        self._thread: threading.Thread | None = None

    def __call__(self) -> int:
        if self._thread is None:
            self.start()
        return self.version

    def start(self) -> None:
        """Begin to ask."""
        self._thread = threading.Thread(target=self._ask, name="shared-pages", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop asking."""
        self._is_over.set()

    def _ask(self) -> None:
        while not self._is_over.is_set():
            try:
                self.version = shared_pages_version()
            except Exception:
                logger.exception("The version of the shared pages could not be read")
            self._is_over.wait(ASK_EVERY_SECONDS)
