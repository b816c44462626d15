import time
from argparse import ArgumentTypeError
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from apps.backoffice.cashier import Cashier, NoSimulator
from apps.backoffice.checking import book_lines, check_books, check_laws, law_lines
from apps.backoffice.replay.crew import AlreadyReplaying, WorkerLost, alone, play
from apps.backoffice.replay.doors import Counter, give_back
from apps.backoffice.replay.invoices import (
    Invoice,
    ReturnPlan,
    gather_invoices,
    match_returns,
)
from apps.backoffice.replay.people import load_customers
from apps.backoffice.replay.settling import settle
from apps.backoffice.replay.standings import standings_of
from apps.backoffice.replay.tally import Tally, tally_up
from apps.backoffice.replay.watch import Watch
from apps.backoffice.retail.goods import MERCHANT_CODE
from apps.backoffice.retail.ledger import LedgerLine, is_ledger, parse_ledger
from apps.catalog.models import Sku
from apps.core.sheets import UnreadableSheet, read_sheet
from apps.merchants.models import Merchant

SETTLE_SECONDS = 1200.0
MAX_WORKERS = 16
INTERRUPTED = 130


def a_count(text: str) -> int:
    """Read a whole number from 1."""
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) == int(text)):
        raise ArgumentTypeError(f"{text!r} is not a whole number from 1")
    return int(text)


class Command(BaseCommand):
    help = (
        "Send a retailer's ledger through the doors of the running shop: cart, quote, place, pay by the "
        "simulator's notice, ship, receive; then its returns, as refunds. Interrupted? Start it again: "
        "what is done is passed over, what is half done goes on."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--limit", type=a_count, help="only the first so many invoices")
        parser.add_argument("--workers", type=a_count, default=2, help="processes (2)")
        parser.add_argument("--simulator", default=settings.SIMULATOR_URL, metavar="URL")

    def handle(self, *args: Any, **options: Any) -> None:
        invoices = self._read(options)
        counter = self._counter(invoices)
        cashier = Cashier(options["simulator"])
        try:
            cashier.ask("GET", "health")
            with alone(Path(settings.VAR_DIR) / "replay.lock"):
                is_good = self._replay(invoices, counter, cashier, options["workers"])
        except NoSimulator as problem:
            raise CommandError(f"{problem} Is the shop running (make run)?") from problem
        except AlreadyReplaying as problem:
            raise CommandError("Another replay is under way in this shop.") from problem
        except WorkerLost as problem:
            raise CommandError(f"A worker was lost ({problem}). Run this again.") from problem
        except KeyboardInterrupt:
            self.stderr.write("\nInterrupted. The same command goes on where this one stopped.")
            raise SystemExit(INTERRUPTED) from None
        if not is_good:
            raise SystemExit(1)

    def _read(self, options: dict[str, Any]) -> list[Invoice]:
        if options["workers"] > MAX_WORKERS:
            raise CommandError(f"At most {MAX_WORKERS} workers.")
        try:
            return gather_invoices(_lines(options["file"]), options["limit"])
        except UnreadableSheet as problem:
            raise CommandError(f"{options['file']} cannot be read: {problem}") from problem

    def _counter(self, invoices: Sequence[Invoice]) -> Counter:
        merchant = Merchant.objects.filter(code=MERCHANT_CODE).first()
        skus = Sku.objects.filter(merchant=merchant).values_list("code", "pk") if merchant else []
        known = dict(skus)
        missing = {code for each in invoices for code in each.wanted if code not in known}
        if merchant is None or missing:
            raise CommandError(
                f"{len(missing)} SKUs of this ledger are not for sale here. "
                "Run manage.py import_products with the same file first."
            )
        return Counter(merchant.pk, known, load_customers(invoices))

    def _replay(
        self, invoices: list[Invoice], counter: Counter, cashier: Cashier, workers: int
    ) -> bool:
        sales = [each for each in invoices if each.wanted]
        plans = match_returns(invoices)
        problems = self._play(sales, counter, cashier, workers)
        stand = standings_of([each.number for each in invoices], merchant_id=counter.merchant_id)
        for plan in tqdm(plans, unit="return", file=self.stderr, disable=None):
            give_back(plan, stand)
        self._settle()
        stand = standings_of([each.number for each in invoices], merchant_id=counter.merchant_id)
        tally = tally_up(invoices, plans, stand, problems)
        self._report(tally, plans)
        found, book = check_laws(), check_books(cashier.url)
        for line in [*law_lines(found), *book_lines(book)]:
            self.stdout.write(line)
        return tally.adds_up and book.is_equal and not any(rows for _law, rows in found)

    def _play(
        self, sales: list[Invoice], counter: Counter, cashier: Cashier, workers: int
    ) -> dict[str, str]:
        """Take every sale to its end; what this run itself has done is measured."""
        watch, problems, began = Watch(), dict[str, str](), time.perf_counter()
        with tqdm(total=len(sales), unit="invoice", file=self.stderr, disable=None) as bar:
            for done in play(sales, counter, cashier, workers=workers):
                watch.add(done.watch.laps)
                problems |= done.problems
                bar.update(done.finished + len(done.problems))
        seconds = time.perf_counter() - began
        count = len(watch.laps.get("receive", ()))
        self.stdout.write(
            f"{count} orders in {seconds:.1f} s: {count / seconds:.2f} orders/s with {workers} workers; "
            f"{len(sales) - count - len(problems)} were done before"
        )
        for line in watch.table():
            self.stdout.write(line)
        return problems

    def _settle(self) -> None:
        with tqdm(unit="step", desc="settling", file=self.stderr, disable=None) as bar:
            for left in settle(patience=SETTLE_SECONDS):
                bar.set_postfix(left=left)
                bar.update()

    def _report(self, tally: Tally, plans: Sequence[ReturnPlan]) -> None:
        counts = ", ".join(f"{count} {what}" for what, count in tally.invoices.most_common())
        self.stdout.write(f"invoices: {sum(tally.invoices.values())} = {counts}")
        rows = [("ledger", tally.ledger), ("placed", tally.placed), ("returned", tally.returned)]
        rows += sorted(tally.rejected.items())
        for name, share in rows:
            self.stdout.write(f"{name:<52}{share.lines:>8} lines{share.amount:>16} CNY")
        for difference in tally.differences[:20]:
            self.stdout.write(self.style.ERROR(f"DIFFERS {difference}"))
        is_whole = "placed + returned + rejected is the ledger, line by line and to the penny"
        self.stdout.write(is_whole if tally.adds_up else self.style.ERROR("it does NOT add up"))


def _lines(path: Path) -> list[LedgerLine]:
    rows = list(read_sheet(path))
    if not rows or not is_ledger(rows[0][1]):
        raise UnreadableSheet("it is no ledger (InvoiceNo, StockCode, Quantity, UnitPrice, …)")
    return list(parse_ledger(rows))
