"""Several processes at the till, each with buyers of its own; one that is killed loses nothing."""

import fcntl
import os
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkProcess
from pathlib import Path
from typing import Any

from django.db import connections

from apps.backoffice.cashier import Cashier
from apps.backoffice.replay.doors import Counter
from apps.backoffice.replay.invoices import Invoice
from apps.backoffice.replay.round import Round, play_round

AT_ONCE = 8  # invoices that wait for their notices together


class AlreadyReplaying(RuntimeError):
    """Another run is under way, or processes of the last one have not ended yet."""


class WorkerLost(RuntimeError):
    """A process ended before its work did; the run can be started again."""


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """
    Be the only run of this shop; the children hold the same lock, so it outlives a parent that is killed.

    :raises AlreadyReplaying: if there is another
    """
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as problem:
            raise AlreadyReplaying from problem
        yield


def play(
    invoices: Sequence[Invoice], counter: Counter, cashier: Cashier, *, workers: int
) -> Iterator[Round]:
    """
    Take the invoices through the doors, a few at once, and yield what became of each few.

    A buyer's invoices stay with one worker, for they share a cart.

    :raises WorkerLost: if a process was killed
    """
    if workers == 1:
        for few in _rounds(invoices):
            yield play_round(few, counter, cashier)
        return
    shares: list[list[Invoice]] = [[] for _ in range(workers)]
    for invoice in invoices:
        buyer = invoice.customer or invoice.number
        shares[zlib.crc32(buyer.encode()) % workers].append(invoice)
    yield from _collect(shares, counter, cashier)


def _collect(
    shares: Sequence[Sequence[Invoice]], counter: Counter, cashier: Cashier
) -> Iterator[Round]:
    context = get_context("fork")
    parent = os.getpid()
    crew: dict[Connection, ForkProcess] = {}
    connections.close_all()  # each process opens its own
    for share in shares:
        ours, theirs = context.Pipe(duplex=False)
        process = context.Process(
            target=_work, args=(share, counter, cashier.url, theirs, parent), daemon=True
        )
        process.start()
        theirs.close()
        crew[ours] = process
    try:
        while crew:
            ready: Any
            for ready in wait(list(crew)):
                try:
                    yield ready.recv()
                except EOFError:
                    process = crew.pop(ready)
                    process.join()
                    if process.exitcode != 0:
                        raise WorkerLost(f"exit code {process.exitcode}") from None
    finally:
        for process in crew.values():
            process.terminate()


def _work(
    share: Sequence[Invoice], counter: Counter, url: str, report: Connection, parent: int
) -> None:
    cashier = Cashier(url)
    for few in _rounds(share):
        if os.getppid() != parent:
            return  # whoever started us was killed
        report.send(play_round(few, counter, cashier))
    connections.close_all()


def _rounds(invoices: Sequence[Invoice]) -> Iterator[Sequence[Invoice]]:
    for start in range(0, len(invoices), AT_ONCE):
        yield invoices[start : start + AT_ONCE]
