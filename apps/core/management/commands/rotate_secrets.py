"""Seal all personal data with the newest key of EMSHOP_DATA_KEYS. Can be stopped and started again."""

from typing import Any

from django.core.management.base import BaseCommand
from tqdm import tqdm

from apps.core.rotation import rotate_column, sealed_columns


class Command(BaseCommand):
    help = (
        "Seal all personal data with the newest key. Put the new key first in EMSHOP_DATA_KEYS, restart the shop, "
        "run this, and drop the old key when it says that nothing was left to do."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        columns = sealed_columns()
        read = resealed = 0
        with tqdm(total=sum(column.count() for column in columns), unit="row") as bar:
            for column in columns:
                bar.set_description(column.name)
                for rows, changed in rotate_column(column):
                    read, resealed = read + rows, resealed + changed
                    bar.update(rows)
        self.stdout.write(
            f"{read} values in {len(columns)} columns read, {resealed} sealed with the newest key."
        )
