"""Tables that people open in a spreadsheet: CSV and XLSX, read row by row, written without formulas."""

import csv
import gzip
import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext as _
from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.utils.exceptions import InvalidFileException

from apps.core.text import is_clean

Row = dict[str, str]
MAX_UNPACKED_BYTES = 200 * 1024 * 1024
MAX_COLUMNS = 200
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_BROKEN = (OSError, EOFError, zipfile.BadZipFile, InvalidFileException, KeyError, csv.Error)


class UnreadableSheet(ValueError):
    """No table that can be read; the text says why."""


def read_sheet(path: Path) -> Iterator[tuple[int, Row]]:
    """
    Return each row's number, as a spreadsheet shows it, and its cells by the names in the first row.

    Takes .csv, .csv.gz and .xlsx. Names are lower-cased; rows without any text are passed over.

    :raises UnreadableSheet: if it is none, or a row does not fit the first
    """
    try:
        rows = _xlsx_rows(path) if path.suffix.lower() == ".xlsx" else _csv_rows(path)
        yield from _with_names(rows)
    except UnicodeDecodeError as problem:
        raise UnreadableSheet(_("it is not encoded in UTF-8")) from problem
    except _BROKEN as problem:
        raise UnreadableSheet(str(problem)) from problem


def safe_cell(value: Any) -> str | int | Decimal:
    """Return what may stand in a cell: text that a spreadsheet would calculate is quoted."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, int | Decimal):
        return value
    text = str(value)
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def plain_cell(text: str) -> str:
    """Return a cell's text without the quote that ``safe_cell`` has put before it."""
    quoted = text.startswith("'") and text[1:].startswith(_FORMULA_STARTS)
    return (text[1:] if quoted else text).strip()


def csv_lines(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Return a CSV file line by line, marked as UTF-8 so that spreadsheets read Chinese right."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write("\ufeff")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([safe_cell(row.get(name)) for name in columns])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue()


def write_sheet(path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> int:
    """Write a .csv, .csv.gz or .xlsx file and return how many rows it has."""
    counted = _Counted(rows)
    if path.suffix.lower() == ".xlsx":
        _write_xlsx(path, columns, counted)
    else:
        with _open_text(path, "wt") as file:
            for line in csv_lines(columns, counted):
                file.write(line)
    return counted.count


class _Counted:
    def __init__(self, rows: Iterable[Mapping[str, Any]]) -> None:
        self.rows = rows
        self.count = 0

    def __iter__(self) -> Iterator[Mapping[str, Any]]:
        for row in self.rows:
            self.count += 1
            yield row


def _write_xlsx(path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.freeze_panes = "A2"
    sheet.append(list(columns))
    for row in rows:
        sheet.append([_xlsx_cell(sheet, row.get(name)) for name in columns])
    book.save(path)


def _xlsx_cell(sheet: Any, value: Any) -> Any:
    safe = safe_cell(value)
    if not isinstance(safe, str):
        return safe
    cell = WriteOnlyCell(sheet, value=safe)
    cell.data_type = "s"
    return cell


def _with_names(rows: Iterator[list[str]]) -> Iterator[tuple[int, Row]]:
    names = [name.strip().lower() for name in next(rows, [])]
    while names and not names[-1]:
        names.pop()
    if not names or "" in names or len(set(names)) != len(names) or len(names) > MAX_COLUMNS:
        raise UnreadableSheet(_("the first row must name each column, once"))
    for number, cells in enumerate(rows, start=2):
        if not any(cells):
            continue
        if any(cells[len(names) :]):
            raise UnreadableSheet(_("row {number} has more cells than names").format(number=number))
        padded = cells[: len(names)] + [""] * (len(names) - len(cells))
        yield number, {name: plain_cell(cell) for name, cell in zip(names, padded, strict=True)}


def _csv_rows(path: Path) -> Iterator[list[str]]:
    with _open_text(path, "rt") as file:
        yield from csv.reader(_bounded(file))


def _bounded(file: IO[str]) -> Iterator[str]:
    seen = 0
    for line in file:
        seen += len(line)
        if seen > MAX_UNPACKED_BYTES:
            raise UnreadableSheet(_("it is too large"))
        if not is_clean(line):
            raise UnreadableSheet(_("it holds characters that are not text"))
        yield line


def _xlsx_rows(path: Path) -> Iterator[list[str]]:
    with zipfile.ZipFile(path) as packed:
        if sum(part.file_size for part in packed.infolist()) > MAX_UNPACKED_BYTES:
            raise UnreadableSheet(_("it is too large"))
    book = load_workbook(path, read_only=True, data_only=True)
    try:
        for cells in book.worksheets[0].iter_rows(values_only=True):
            yield ["" if cell is None else _text_of(cell) for cell in cells]
    finally:
        book.close()


def _text_of(cell: Any) -> str:
    """Return a number as it was meant: 12 and not 12.0, and no 0.1 + 0.2."""
    if isinstance(cell, bool):
        return str(int(cell))
    if isinstance(cell, float):
        return f"{cell:.10f}".rstrip("0").rstrip(".")
    return str(cell)


@contextmanager
def _open_text(path: Path, mode: str) -> Iterator[IO[str]]:
    encoding = "utf-8-sig" if "r" in mode else "utf-8"
    if path.suffix.lower() == ".gz":
        with gzip.open(path, mode, encoding=encoding, newline="") as packed:
            yield packed  # type: ignore[misc]
    else:
        with path.open(mode, encoding=encoding, newline="") as file:
            yield file
