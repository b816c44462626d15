"""Write the roles of the code to groups. Run after each migrate."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.accounts.roles import UnknownPermission, sync_roles


class Command(BaseCommand):
    help = "Write the roles of apps/accounts/roles.py to groups; run it after each migrate."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            counts = sync_roles()
        except UnknownPermission as problem:
            raise CommandError(
                f"A role names “{problem}”, which no app declares. Migrate first, or correct the table."
            ) from problem
        self.stdout.write(", ".join(f"{code}: {count}" for code, count in counts.items()))
