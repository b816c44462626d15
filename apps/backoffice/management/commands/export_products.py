from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from apps.backoffice.sheet_commands import SheetCommand
from apps.catalog.models import Spu, SpuStatus
from apps.catalog.sheets.exporting import product_columns, product_rows


class Command(SheetCommand):
    help = "Write products to a sheet (.csv, .csv.gz, .xlsx) that import_products reads again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--merchant", default="", help="code; all merchants if left out")
        parser.add_argument("--columns", default="", help="only these, separated by commas")
        parser.add_argument("--without-costs", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        columns = product_columns(with_costs=not options["without_costs"])
        wanted = [name.strip() for name in options["columns"].split(",") if name.strip()]
        strange = [name for name in wanted if name not in columns]
        if strange:
            raise CommandError(
                f"There is no {', '.join(strange)}. There are: {', '.join(columns)}."
            )
        rows = Spu.objects.exclude(status=SpuStatus.RECYCLED)
        if options["merchant"]:
            rows = rows.filter(merchant=self.merchant_called(options["merchant"]))
        count = self.write_rows(options["file"], wanted or columns, product_rows(rows))
        self.stdout.write(f"{count} SKUs written to {options['file']}.")
