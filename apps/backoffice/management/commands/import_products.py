from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from tqdm import tqdm

from apps.backoffice.retail.goods import collect_goods, fill_warehouse, make_wholesaler, sheet_rows
from apps.backoffice.retail.ledger import is_ledger, parse_ledger
from apps.backoffice.sheet_commands import SheetCommand, beside
from apps.catalog.sheets.columns import COLUMNS, unknown_columns
from apps.catalog.sheets.importing import Outcome, Plan, import_products
from apps.core.sheets import Row, UnreadableSheet


class Command(SheetCommand):
    help = (
        "Bring products to the state of a sheet (.csv, .csv.gz, .xlsx; columns as export_products writes "
        "them), matched by SKU code. A retailer's ledger (InvoiceNo, StockCode, …) becomes the goods that "
        "it sells, with enough stock. Interrupted? Start it again: what is done is passed over."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--merchant", default="", help="code; the platform's own if left out")
        parser.add_argument(
            "--dry-run", action="store_true", help="check everything, write nothing"
        )
        parser.add_argument("--off-shelf", action="store_true", help="new products stay drafts")
        parser.add_argument(
            "--confirm-prices", action="store_true", help="let prices change by more than half"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path = options["file"]
        rows = self.read_rows(path)
        if is_ledger(rows[0][1]):
            self._import_ledger(rows, options)
            return
        self.refuse_unknown(unknown_columns(rows[0][1]))
        merchant = self.merchant_called(options["merchant"])
        self._finish(path, self._import(rows, _plan(merchant.pk, options)), options)

    def _import(self, rows: Sequence[tuple[int, Row]], plan: Plan) -> Outcome:
        outcome = Outcome()
        with tqdm(total=len(rows), unit="row", file=self.stderr, disable=None) as bar:
            for outcome in import_products(rows, plan):
                bar.update(outcome.done - bar.n)
        return outcome

    def _finish(self, path: Path, outcome: Outcome, options: dict[str, Any]) -> None:
        would = "would be " if options["dry_run"] else ""
        self.stdout.write(
            f"{outcome.rows} rows: {outcome.created} products {would}created, {outcome.changed} changed, "
            f"{outcome.unchanged} as they were, {outcome.failed} left out."
        )
        if outcome.undo and not options["dry_run"]:
            target = beside(path, "undo")
            self.write_rows(target, list(COLUMNS), outcome.undo)
            self.stdout.write(f"To undo it: import_products {target} --confirm-prices")
        self.report_errors(path, outcome.errors)
        if outcome.failed:
            raise CommandError(f"{outcome.failed} products were left out.")

    def _import_ledger(self, rows: Sequence[tuple[int, Row]], options: dict[str, Any]) -> None:
        try:
            goods = collect_goods(parse_ledger(rows))
        except UnreadableSheet as problem:
            raise CommandError(f"{options['file']} cannot be read: {problem}") from problem
        sheet = list(sheet_rows(goods))
        self.stdout.write(
            f"{goods.lines} lines: {goods.sold} sell {len(goods.prices)} stock codes at "
            f"{len(goods.quantities)} prices; "
            + ", ".join(f"{count} {reason}" for reason, count in goods.not_sold.most_common())
        )
        if options["dry_run"]:
            return
        merchant = make_wholesaler()
        outcome = self._import(sheet, _plan(merchant.pk, options))
        stocked = fill_warehouse(merchant, goods)
        self._finish(options["file"], outcome, options)
        self.stdout.write(f"Stock was booked for {stocked} SKUs of {merchant.code}.")


def _plan(merchant_id: int, options: dict[str, Any]) -> Plan:
    return Plan(
        merchant_id=merchant_id,
        is_dry_run=options["dry_run"],
        goes_on_shelf=not options["off_shelf"],
        prices_are_confirmed=options["confirm_prices"],
    )
