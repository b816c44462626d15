"""Things that happen later: one heap, one task, handlers by kind."""

import asyncio
import contextlib
import heapq
import itertools
import logging
import time
from collections.abc import Awaitable, Callable

Handler = Callable[[str], Awaitable[None]]
logger = logging.getLogger(__name__)


class Timers:
    """Calls `handler(key)` when its moment has come; a later `set` replaces an earlier one."""

    def __init__(self) -> None:
        self.handlers: dict[str, Handler] = {}
        self._heap: list[tuple[float, int, str, str]] = []
        self._due: dict[tuple[str, str], float] = {}
        self._order = itertools.count()
        self._changed = asyncio.Event()
        self._running: set[asyncio.Task[None]] = set()

    def set(self, kind: str, key: str, due_at: float) -> None:
        self._due[kind, key] = due_at
        heapq.heappush(self._heap, (due_at, next(self._order), kind, key))
        self._changed.set()

    def cancel(self, kind: str, key: str) -> None:
        self._due.pop((kind, key), None)

    def waiting(self, kind: str) -> dict[str, float]:
        """Return the keys of that kind that wait, with their moments."""
        return {key: due for (its_kind, key), due in self._due.items() if its_kind == kind}

    def stretch(self, kind: str, ratio: float) -> None:
        """Multiply what is left of every wait of that kind."""
        now = time.time()
        for key, due_at in self.waiting(kind).items():
            self.set(kind, key, now + max(0.0, due_at - now) * ratio)

    async def run(self) -> None:
        """Fire timers until cancelled; those already begun are then waited for."""
        try:
            while True:
                self._changed.clear()
                wait = self._fire_due()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._changed.wait(), wait)
        finally:
            for task in self._running:
                task.cancel()
            await asyncio.gather(*self._running, return_exceptions=True)

    def _fire_due(self) -> float | None:
        """Start what is due; return the seconds until the next one."""
        while self._heap:
            due_at, _, kind, key = self._heap[0]
            if self._due.get((kind, key)) != due_at:
                heapq.heappop(self._heap)
                continue
            if due_at > time.time():
                return due_at - time.time()
            heapq.heappop(self._heap)
            del self._due[kind, key]
            task = asyncio.create_task(self._call(kind, key))
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        return None

    async def _call(self, kind: str, key: str) -> None:
        try:
            await self.handlers[kind](key)
        except Exception:
            logger.exception("timer %s of %s failed", kind, key)
