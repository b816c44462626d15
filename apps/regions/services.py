import csv
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.db import transaction

from apps.regions.models import Region

REGIONS_CSV = Path(__file__).parent / "data" / "regions.csv"


@transaction.atomic
def load_regions(rows: Iterable[Region]) -> int:
    """Bring the table to the state of these rows; regions that are no longer among them are put out of use."""
    wanted = {row.code: row for row in rows}
    there = {row.code: row for row in Region.objects.all()}
    Region.objects.bulk_create(
        [row for code, row in wanted.items() if _values(row) != _values(there.get(code))],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["parent", "name", "level", "is_active"],
    )
    gone = [row.pk for code, row in there.items() if row.is_active and code not in wanted]
    Region.objects.filter(pk__in=gone).update(is_active=False)
    return len(wanted)


def read_regions(path: Path = REGIONS_CSV) -> Iterator[Region]:
    """
    Read unsaved regions from a CSV file with code, parent_code, name and level.

    :raises ValueError: with the line that cannot be read
    """
    with path.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), start=2):
            try:
                yield Region(
                    code=row["code"],
                    parent_id=row["parent_code"] or None,
                    name=row["name"],
                    level=int(row["level"]),
                )
            except (KeyError, TypeError, ValueError) as error:
                raise ValueError(f"{path.name}, line {number}: {error!r}") from error


def _values(row: Region | None) -> tuple[str | None, str, int, bool] | None:
    return (row.parent_id, row.name, row.level, row.is_active) if row else None
