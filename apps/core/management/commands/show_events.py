"""``manage.py show_events``: which fact goes to whom, and what other systems call it."""

from typing import Any

from django.core.management.base import BaseCommand

from apps.core.bus import EVENTS, HANDLERS


class Command(BaseCommand):
    help = "Print the table fact → names → handlers (docs/events.md)."

    def handle(self, *args: Any, **options: Any) -> None:
        lines = [
            "# Facts",
            "",
            "Each is published in the transaction that makes it true; each handler runs in its own.",
            "The names are what webhooks and timelines call it.",
            "",
            "| fact | of | names | handlers |",
            "|---|---|---|---|",
        ]
        for name, event in sorted(EVENTS.items()):
            if not event.__module__.startswith("apps."):
                continue
            app = event.__module__.split(".")[1]
            handlers = ", ".join(
                f"`{handler.removeprefix('apps.').replace('.handlers.', '.')}`"
                for handler in sorted(HANDLERS.get(name, {}))
            )
            names = ", ".join(f"`{each}`" for each in event.names)
            lines.append(f"| `{name}` | {app} | {names or '–'} | {handlers or '–'} |")
        self.stdout.write("\n".join(lines))
