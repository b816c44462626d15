"""``manage.py doctor``: does everything that must hold, hold?"""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from apps.core import clock
from apps.core.laws import Law, list_laws, list_violations


class Command(BaseCommand):
    help = "Check every law of the shop against the real tables; exit 1 if a row breaks one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        _must_be_migrated()
        at = clock.now()
        found = [(law, list_violations(law, at=at)) for law in list_laws()]
        if options["json"]:
            self._print_json(found)
        else:
            self._print(found)
        if any(rows for _law, rows in found):
            raise SystemExit(1)

    def _print(self, found: list[tuple[Law, list[tuple[Any, ...]]]]) -> None:
        for law, rows in found:
            if rows:
                self.stdout.write(self.style.ERROR(f"BROKEN  {law.number}  {law.name}"))
                for row in rows:
                    self.stdout.write(f"        {', '.join(str(value) for value in row)}")
        broken = sum(1 for _law, rows in found if rows)
        if broken:
            self.stdout.write(f"{len(found)} laws, {broken} broken")
        else:
            self.stdout.write(self.style.SUCCESS(f"{len(found)} laws, all hold"))

    def _print_json(self, found: list[tuple[Law, list[tuple[Any, ...]]]]) -> None:
        rows = [
            {"number": law.number, "law": law.name, "rows": [[str(v) for v in row] for row in rows]}
            for law, rows in found
        ]
        is_well = not any(row["rows"] for row in rows)
        self.stdout.write(json.dumps({"ok": is_well, "laws": rows}, ensure_ascii=False))


def _must_be_migrated() -> None:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise CommandError(
            "The database is not up to date, so no law can be checked: run manage.py migrate."
        )
