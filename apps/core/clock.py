"""The shop's one clock. It follows the database's, so that a host with a wrong clock decides nothing."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import Error, connection
from django.db.models import DateTimeField, ExpressionWrapper, Func, Value

BUSINESS_ZONE = ZoneInfo("Asia/Shanghai")
SECOND = timedelta(seconds=1)
MEASURE_EVERY_SECONDS = 60.0

_shift: ContextVar[timedelta] = ContextVar("clock_shift", default=timedelta(0))
_measured: dict[str, float] = {}


def now() -> datetime:
    """Return the database's time, in UTC (plus what a test has travelled)."""
    return datetime.fromtimestamp(time.time() + _host_lag(), UTC) + _shift.get()


def real_now() -> datetime:
    """Return the database's time without a test's travel: for messages to others, who do not travel."""
    return datetime.fromtimestamp(time.time() + _host_lag(), UTC)


def today() -> date:
    """Return the business day in Asia/Shanghai."""
    return now().astimezone(BUSINESS_ZONE).date()


def database_now() -> Any:
    """Return the expression for guards inside SQL: ``statement_timestamp()`` plus a test's travel."""
    at = Func(function="statement_timestamp", output_field=DateTimeField())
    if not _shift.get():
        return at
    return ExpressionWrapper(at + Value(_shift.get()), output_field=DateTimeField())


@contextmanager
def travelled(by: timedelta) -> Iterator[None]:
    """Move this thread's clock for a test or a simulation; travels add up."""
    token = _shift.set(_shift.get() + by)
    try:
        yield
    finally:
        _shift.reset(token)


def travel(by: timedelta) -> None:
    """Move this thread's clock until ``come_home`` is called."""
    _shift.set(_shift.get() + by)


def come_home() -> None:
    """Undo every travel of this thread."""
    _shift.set(timedelta(0))


def _host_lag() -> float:
    """Return how many seconds the database's clock is ahead of this host's, measured now and then."""
    tick = time.monotonic()
    if "lag" not in _measured or tick - _measured["at"] > MEASURE_EVERY_SECONDS:
        _measured["at"] = tick
        _measured["lag"] = _measure_host_lag(_measured.get("lag", 0.0))
    return _measured["lag"]


def _measure_host_lag(otherwise: float) -> float:
    if connection.needs_rollback:
        return otherwise
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT extract(epoch FROM clock_timestamp())")
            row = cursor.fetchone()
    except Error:
        return otherwise
    return float(row[0]) - time.time()


__all__ = [
    "BUSINESS_ZONE",
    "come_home",
    "database_now",
    "now",
    "real_now",
    "today",
    "travel",
    "travelled",
]
