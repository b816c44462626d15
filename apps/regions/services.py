import csv
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.db import transaction

from apps.regions.models import Region

REGIONS_CSV = Path(__file__).parent / "data" / "regions.csv"


@transaction.atomic
def load_regions(rows: Iterable[Region]) -> int:
    """Bring the table to the state of these rows; regions that are no longer among them are put out of use."""
    loaded = Region.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["parent", "name", "level", "is_active"],
    )
    Region.objects.active().exclude(code__in=[row.code for row in loaded]).update(is_active=False)
    return len(loaded)


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
