from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from apps.backoffice.sheet_commands import SheetCommand
from apps.inventory.models import StockItem
from apps.inventory.sheets import COLUMNS, stock_rows


class Command(SheetCommand):
    help = "Write stock to a sheet (.csv, .csv.gz, .xlsx) that import_stock reads again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--merchant", default="", help="code; all merchants if left out")

    def handle(self, *args: Any, **options: Any) -> None:
        rows = StockItem.objects.all()
        if options["merchant"]:
            rows = rows.filter(warehouse__merchant=self.merchant_called(options["merchant"]))
        count = self.write_rows(options["file"], COLUMNS, stock_rows(rows))
        self.stdout.write(f"{count} rows written to {options['file']}.")
