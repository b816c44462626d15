from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from tqdm import tqdm

from apps.backoffice.sheet_commands import SheetCommand
from apps.inventory.sheets import COLUMNS, StockOutcome, StockPlan, import_stock


class Command(SheetCommand):
    help = (
        "Bring stock to the counts of a sheet (sku_code, warehouse, on_hand; optionally safety, damaged, "
        "low_threshold). The differences are booked as adjustments. May be started again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--merchant", default="", help="code; the platform's own if left out")
        parser.add_argument("--reason", required=True, help="stands beside each movement")
        parser.add_argument(
            "--dry-run", action="store_true", help="check everything, write nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        rows = self.read_rows(options["file"])
        self.refuse_unknown([name for name in rows[0][1] if name not in COLUMNS])
        plan = StockPlan(
            merchant_id=self.merchant_called(options["merchant"]).pk,
            reason=options["reason"],
            is_dry_run=options["dry_run"],
        )
        outcome = StockOutcome()
        with tqdm(total=len(rows), unit="row", file=self.stderr, disable=None) as bar:
            for outcome in import_stock(rows, plan):
                bar.update(outcome.rows - bar.n)
        would = "would be " if options["dry_run"] else ""
        self.stdout.write(
            f"{outcome.rows} rows: {outcome.changed} counts {would}changed, "
            f"{outcome.unchanged} as they were, {len(outcome.errors)} errors."
        )
        self.report_errors(options["file"], outcome.errors)
        if outcome.errors:
            raise CommandError("Some rows were left out.")
