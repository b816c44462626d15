"""What the commands that read and write sheets have in common."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.catalog.sheets.columns import RowError
from apps.core.sheets import Row, UnreadableSheet, read_sheet, write_sheet
from apps.merchants.models import Merchant

_SHOWN = 10


class SheetCommand(BaseCommand):
    """Reads a file, follows the work, and says in the end what is wrong with which row."""

    def read_rows(self, path: Path) -> list[tuple[int, Row]]:
        """
        Return the rows of a sheet.

        :raises CommandError: if it cannot be read, or is empty
        """
        try:
            rows = list(read_sheet(path))
        except UnreadableSheet as problem:
            raise CommandError(f"{path} cannot be read: {problem}") from problem
        if not rows:
            raise CommandError(f"{path} holds no rows below the names of its columns.")
        return rows

    def refuse_unknown(self, unknown: Sequence[str]) -> None:
        """
        Let no misspelt column be lost in silence.

        :raises CommandError: naming them
        """
        if unknown:
            raise CommandError(f"Nobody reads these columns: {', '.join(unknown)}.")

    def merchant_called(self, code: str) -> Merchant:
        """
        Return the merchant with this code; the platform's own one for an empty code.

        :raises CommandError: if there is none
        """
        rows = (
            Merchant.objects.filter(code=code)
            if code
            else Merchant.objects.filter(is_platform=True)
        )
        merchant: Merchant | None = rows.first()
        if merchant is None:
            known = ", ".join(Merchant.objects.order_by("code").values_list("code", flat=True))
            raise CommandError(f"There is no merchant “{code}”. There are: {known or 'none'}.")
        return merchant

    def report_errors(self, path: Path, errors: Sequence[RowError]) -> None:
        """Show the first errors and write all of them beside the file."""
        if not errors:
            return
        for error in errors[:_SHOWN]:
            self.stderr.write(f"  row {error.row}, {error.column}: {error.message}")
        target = beside(path, "errors")
        self.write_rows(target, ["row", "column", "message"], [_as_row(error) for error in errors])
        self.stderr.write(f"{len(errors)} errors, all of them in {target}.")

    def write_rows(
        self, path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]
    ) -> int:
        """
        Write a sheet and return how many rows it has.

        :raises CommandError: if it cannot be written
        """
        try:
            return write_sheet(path, columns, rows)
        except OSError as problem:
            raise CommandError(f"{path} cannot be written: {problem}") from problem


def beside(path: Path, kind: str) -> Path:
    """Return goods.errors.csv for goods.csv.gz."""
    return path.with_name(f"{path.name.split('.')[0]}.{kind}.csv")


def _as_row(error: RowError) -> dict[str, Any]:
    return {"row": error.row, "column": error.column, "message": error.message}
