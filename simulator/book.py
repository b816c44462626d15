"""The append-only book: every change is one line of JSON, on disk before it is answered."""

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

Record = dict[str, Any]


class BookBroken(RuntimeError):
    """A line before the last one cannot be read; nothing may be built on such a book."""


class Book:
    """
    One file, written in groups: whoever waits for `settled()` shares an fsync with all others.

    A process killed while writing leaves at most a torn last line, which was answered to nobody;
    `replay` cuts it off.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lines: list[bytes] = []
        self._appended = 0
        self._durable = 0
        self._waiting: list[tuple[int, asyncio.Future[None]]] = []
        self._wanted = asyncio.Event()
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)

    def replay(self) -> Iterator[Record]:
        """Yield every record of the file in order."""
        end = 0
        with self.path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                if not line.endswith(b"\n"):
                    break
                try:
                    record = orjson.loads(line)
                except ValueError as error:
                    raise BookBroken(f"{self.path}:{number}: {error}") from error
                end += len(line)
                yield record
        os.ftruncate(self._file, end)

    def append(self, record: Record) -> None:
        """Queue a record; it is safe when the next `settled()` returns."""
        self._lines.append(orjson.dumps(record))
        self._appended += 1
        self._wanted.set()

    async def settled(self) -> None:
        """Return when everything appended so far is on disk."""
        if self._durable >= self._appended:
            return
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((self._appended, waiter))
        await waiter

    async def keep_writing(self) -> None:
        """Write group after group until cancelled or until the disk refuses."""
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            lines, self._lines = self._lines, []
            try:
                await asyncio.to_thread(self._write, lines)
            except OSError as error:
                self._wake(upto=self._appended, error=error)
                raise
            self._durable += len(lines)
            self._wake(upto=self._durable)

    def close(self) -> None:
        """Write what is still queued and let go of the file."""
        self._write(self._lines)
        self._lines = []
        os.close(self._file)

    def _wake(self, *, upto: int, error: OSError | None = None) -> None:
        still_waiting = []
        for target, waiter in self._waiting:
            if target > upto:
                still_waiting.append((target, waiter))
            elif waiter.done():
                continue
            elif error is None:
                waiter.set_result(None)
            else:
                waiter.set_exception(error)
        self._waiting = still_waiting

    def _write(self, lines: list[bytes]) -> None:
        if not lines:
            return
        data = memoryview(b"\n".join(lines) + b"\n")
        while data:
            data = data[os.write(self._file, data) :]
        os.fsync(self._file)
