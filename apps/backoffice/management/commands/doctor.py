"""``manage.py doctor``: does everything that must hold, hold?"""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from apps.backoffice.book import BookCheck
from apps.backoffice.cashier import NoSimulator
from apps.backoffice.checking import Found, book_lines, check_books, check_laws, law_lines


class Command(BaseCommand):
    help = (
        "Check every law of the shop against the real tables, and with --book our payments against the "
        "channels' own book; exit 1 if a row breaks a law, or a payment differs."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the result as JSON")
        parser.add_argument(
            "--book", default="", metavar="URL", help="the simulator whose book is to equal ours"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        _must_be_migrated()
        found = check_laws()
        try:
            book = check_books(options["book"]) if options["book"] else None
        except NoSimulator as problem:
            raise CommandError(str(problem)) from problem
        if options["json"]:
            self._print_json(found, book)
        else:
            self._print(found, book)
        if any(rows for _law, rows in found) or (book is not None and not book.is_equal):
            raise SystemExit(1)

    def _print(self, found: Found, book: BookCheck | None) -> None:
        lines = [*law_lines(found), *(book_lines(book) if book else ())]
        for line in lines:
            bad = line.startswith(("BROKEN", "DIFFERS"))
            self.stdout.write(self.style.ERROR(line) if bad else line)

    def _print_json(self, found: Found, book: BookCheck | None) -> None:
        rows = [
            {"number": law.number, "law": law.name, "rows": [[str(v) for v in row] for row in rows]}
            for law, rows in found
        ]
        is_well = not any(row["rows"] for row in rows) and (book is None or book.is_equal)
        content: dict[str, Any] = {"ok": is_well, "laws": rows}
        if book is not None:
            content["book"] = {
                "ok": book.is_equal,
                "ours": book.totals,
                "theirs": book.theirs,
                "differences": [str(each) for each in book.differences],
            }
        self.stdout.write(json.dumps(content, ensure_ascii=False))


def _must_be_migrated() -> None:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise CommandError(
            "The database is not up to date, so no law can be checked: run manage.py migrate."
        )
