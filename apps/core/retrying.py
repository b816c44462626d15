"""Whole transactions that lost a race are run again, a few times, then called busy (rule R4)."""

import random
import time
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import OperationalError, connection, transaction

from apps.core.errors import Busy

P = ParamSpec("P")
R = TypeVar("R")

ATTEMPTS = 3
WORTH_RETRYING = {"40001", "40P01", "55P03"}  # serialization failure, deadlock, lock not available


def whole_transaction(command: Callable[P, R]) -> Callable[P, R]:
    """
    Run a command in a transaction of its own and again after a lost race; inside another one, just run it.

    :raises Busy: (from the command) when the race was lost ``ATTEMPTS`` times
    """

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if connection.in_atomic_block:
            with transaction.atomic():
                return command(*args, **kwargs)
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with transaction.atomic():
                    return command(*args, **kwargs)
            except OperationalError as problem:
                if not is_lost_race(problem):
                    raise
                if attempt == ATTEMPTS:
                    raise Busy(retry_after=1) from problem
                time.sleep(random.uniform(0.01, 0.05) * attempt)  # noqa: S311
        raise AssertionError("unreachable")

    return run


def is_lost_race(problem: OperationalError) -> bool:
    """Say whether the database gave up because of somebody else's locks."""
    return getattr(problem.__cause__, "sqlstate", None) in WORTH_RETRYING
