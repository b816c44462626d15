"""Persistent threads: each keeps its database connection from request to request."""

import logging
import threading
from collections.abc import Callable
from queue import SimpleQueue

Job = Callable[[], None]

logger = logging.getLogger(__name__)


class ThreadPool:
    """A fixed number of threads for ordinary work, and a bounded number more for long answers."""

    def __init__(self, size: int, most_lent: int, on_exit: Job) -> None:
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._size = size
        self._most_lent = most_lent
        self._on_exit = on_exit
        self._lock = threading.Lock()
        self._lent: set[threading.Thread] = set()
        self._threads: set[threading.Thread] = set()

    def start(self) -> None:
        """Start the threads that are missing."""
        with self._lock:
            for _ in range(self._size - len(self._threads)):
                self._add_thread()

    def submit(self, job: Job) -> None:
        """Have the job run by the next free thread."""
        if not self._threads:
            self.start()
        self._jobs.put(job)

    def lend(self) -> bool:
        """
        Let this thread go on with a long answer while another takes its place.

        False if too many are lent already: then the answer must not begin.
        """
        with self._lock:
            if len(self._lent) >= self._most_lent:
                return False
            me = threading.current_thread()
            self._threads.discard(me)
            self._lent.add(me)
            self._add_thread()
            return True

    def stop(self, patience: float) -> None:
        """Let the threads finish what they do, and wait for them for a while."""
        with self._lock:
            threads = [*self._threads, *self._lent]
            for _ in self._threads:
                self._jobs.put(None)
            self._threads.clear()
        for thread in threads:
            thread.join(patience / max(len(threads), 1))

    def _add_thread(self) -> None:
        thread = threading.Thread(target=self._work, name="request", daemon=True)
        self._threads.add(thread)
        thread.start()

    def _work(self) -> None:
        me = threading.current_thread()
        try:
            while job := self._jobs.get():
                job()
                if me in self._lent:
                    return
        finally:
            with self._lock:
                self._lent.discard(me)
                self._threads.discard(me)
            self._on_exit()
