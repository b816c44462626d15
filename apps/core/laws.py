"""A law: what must hold at every moment, said as SQL that returns the rows that break it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.db import connection


@dataclass(frozen=True, slots=True)
class Law:
    """
    ``sql`` returns violating rows, the first column says which. ``number`` is that of reliability.md part 2.

    ``grace`` belongs to laws about getting something done: the SQL may use ``%(grace)s`` (an interval) and
    ``%(now)s``, and returns only what is older.
    """

    name: str
    number: str
    sql: str
    grace: timedelta = timedelta(0)


OWN_LAWS = [
    Law(
        name="the outbox drains",
        number="29",
        grace=timedelta(minutes=2),
        sql="""SELECT id, event, handler, due_at FROM core_delivery
               WHERE status = 'WAITING' AND due_at < %(now)s - %(grace)s::interval""",
    ),
    Law(
        name="no delivery is stuck",
        number="30",
        sql="SELECT id, event, handler, last_error FROM core_delivery WHERE status = 'STUCK'",
    ),
    Law(
        name="every idempotency key has its answer",
        number="33",
        sql="SELECT id, endpoint, key FROM core_idempotencykey WHERE status IS NULL",
    ),
]


def list_laws() -> list[Law]:
    """Return the laws that each app declares in its ``laws`` module."""
    return [*OWN_LAWS, *_declared()]


def list_violations(law: Law, *, at: Any, limit: int = 20) -> list[tuple[Any, ...]]:
    """Return up to ``limit`` rows that break the law."""
    with connection.cursor() as cursor:
        cursor.execute(law.sql, {"grace": str(law.grace), "now": at})
        return list(cursor.fetchmany(limit))


def _declared() -> Iterator[Law]:
    for config in apps.get_app_configs():
        name = f"{config.name}.laws"
        # this very module is what the core's would be called
        if config.name.startswith("apps.") and name != __name__ and find_spec(name):
            yield from import_module(name).LAWS
