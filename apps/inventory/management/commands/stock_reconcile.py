from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.inventory.drift import list_drift
from apps.inventory.services.reconciling import fix_drift


class Command(BaseCommand):
    help = "List where counts, reservations and the journal of stock disagree; --fix does what is offered."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--fix", action="store_true", help="release overdue holds, correct the rest"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        drift = list_drift()
        for each in drift:
            self.stdout.write(
                f"{each.kind:10} stock item {each.stock_item_id} {each.reference}:"
                f" {each.found}, expected {each.expected}"
            )
        if not drift:
            self.stdout.write("Stock, reservations and journal agree.")
            return
        if not options["fix"]:
            raise CommandError(f"{len(drift)} disagreements. Mend them with: stock_reconcile --fix")
        fixed = fix_drift(actor=None)
        left = len(list_drift())
        self.stdout.write(
            f"{fixed.released} holds released, {fixed.corrected} corrected, {left} left."
        )
        if left:
            raise CommandError("What is left needs a person: more is held than there is.")
