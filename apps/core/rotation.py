"""New keys for what stands sealed: every value of every SealedTextField, again under the newest key."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.db import connection, models, transaction

from apps.core.secrets import SealedTextField, is_newest, rotate

BATCH = 500


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """One column of one table that only ever holds sealed text."""

    model: type[models.Model]
    field: SealedTextField

    @property
    def name(self) -> str:
        return f"{self.model._meta.label}.{self.field.name}"

    def count(self) -> int:
        return self.model._base_manager.count()


def sealed_columns() -> list[SealedColumn]:
    """Return every column that needs new keys, in a fixed order."""
    return [
        SealedColumn(model, field)
        for model in apps.get_models()
        for field in model._meta.local_concrete_fields
        if isinstance(field, SealedTextField)
    ]


def rotate_column(column: SealedColumn) -> Iterator[tuple[int, int]]:
    """
    Seal a column's values with the newest key, batch by batch; yield how many rows were read and resealed.

    Each batch is its own transaction, and what has the newest key already is passed over: so it can be stopped at
    any moment and started again, and nobody waits for more than one batch.
    """
    after = 0
    while rows := _read_batch(column, after):
        after = rows[-1][0]
        stale = [(pk, value) for pk, value in rows if value and not is_newest(value)]
        yield len(rows), _reseal(column, stale)


def _read_batch(column: SealedColumn, after: int) -> list[tuple[int, str]]:
    table, pk, name = _names(column)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {pk}, {name} FROM {table} WHERE {pk} > %s ORDER BY {pk} LIMIT %s",  # noqa: S608
            [after, BATCH],
        )
        return list(cursor.fetchall())


def _reseal(column: SealedColumn, rows: list[tuple[int, str]]) -> int:
    """Replace values that are still what was read; who changed one meanwhile has used the newest key."""
    table, pk, name = _names(column)
    sql = f"UPDATE {table} SET {name} = %s WHERE {pk} = %s AND {name} = %s"  # noqa: S608
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('emshop.resealing', %s, true)", [column.model._meta.db_table]
        )
        cursor.executemany(sql, [(rotate(value), key, value) for key, value in rows])
    return len(rows)


def _names(column: SealedColumn) -> tuple[str, str, str]:
    quote = connection.ops.quote_name
    meta = column.model._meta
    return quote(meta.db_table), quote(str(meta.pk.column)), quote(str(column.field.column))
