"""Threads that start together, each with a database connection of its own."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection


def race(runners: Sequence[Callable[[], Any]]) -> list[Any]:
    """Run all at once and return, in their order, what each returned or the exception it raised."""
    gate = threading.Barrier(len(runners))

    def run(work: Callable[[], Any]) -> Any:
        try:
            connection.ensure_connection()
            gate.wait(timeout=60)
            return work()
        except Exception as problem:  # noqa: BLE001  # the test looks at it
            return problem
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=len(runners)) as pool:
        return list(pool.map(run, runners))
