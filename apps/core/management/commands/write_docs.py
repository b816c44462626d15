"""``manage.py write_docs``: the pages of docs/ that are printed from the code, and the OpenAPI file."""

from io import StringIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

PAGES: dict[str, tuple[str, dict[str, Any]]] = {
    "events.md": ("show_events", {}),
    "errors.md": ("show_errors", {}),
    "states.md": ("show_states", {}),
    "schema.md": ("show_schema", {}),
    "openapi.yaml": ("spectacular", {"validate": True, "fail_on_warn": True}),
}


class Command(BaseCommand):
    help = "Write the printed pages of docs/, or say which are out of date."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("page", nargs="*", help=f"some of: {', '.join(PAGES)}")
        parser.add_argument(
            "--check", action="store_true", help="write nothing; fail on a difference"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        stale = []
        for name in options["page"] or PAGES:
            if name not in PAGES:
                raise CommandError(f"There is no page {name}; there are {', '.join(PAGES)}.")
            file = Path(settings.BASE_DIR) / "docs" / name
            printed = self._print(name)
            if file.exists() and file.read_text(encoding="utf-8") == printed:
                continue
            stale.append(name)
            if not options["check"]:
                file.parent.mkdir(exist_ok=True)
                file.write_text(printed, encoding="utf-8")
        if stale and options["check"]:
            raise CommandError(f"Out of date: {', '.join(stale)}. Run manage.py write_docs.")
        self.stdout.write(f"{'Written' if stale else 'Up to date'}: {', '.join(stale) or 'all'}")

    def _print(self, name: str) -> str:
        command, options = PAGES[name]
        printed = StringIO()
        call_command(command, stdout=printed, **options)
        return printed.getvalue().strip() + "\n"
