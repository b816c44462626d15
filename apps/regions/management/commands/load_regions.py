from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.regions.services import REGIONS_CSV, load_regions, read_regions


class Command(BaseCommand):
    help = (
        "Bring provinces, cities and districts to the state of the bundled list. May be repeated."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--file", type=Path, default=REGIONS_CSV, help="another CSV file")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            count = load_regions(read_regions(options["file"]))
        except (OSError, ValueError) as error:
            raise CommandError(f"Nothing was loaded: {error}") from error
        self.stdout.write(f"{count} regions are in place.")
