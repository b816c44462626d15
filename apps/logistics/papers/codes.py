"""Bars and squares that scanners read, as plain rectangles for paper and for pages."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

import barcode
import segno


@dataclass(frozen=True, slots=True)
class Cells:
    """A code of ``width`` × ``height`` cells and its dark runs: (column, row, length)."""

    width: int
    height: int
    runs: tuple[tuple[int, int, int], ...]


def code128(text: str) -> Cells:
    """Return the bars of Code 128 in one row. Only ASCII can be written in it."""
    modules = barcode.get("code128", text).build()[0]
    return Cells(len(modules), 1, tuple(_runs(0, [each == "1" for each in modules])))


def qr_code(text: str) -> Cells:
    """Return the squares of a QR code that still reads with 15 % of it lost."""
    matrix = segno.make_qr(text, error="m").matrix
    runs = [run for row, cells in enumerate(matrix) for run in _runs(row, [*map(bool, cells)])]
    return Cells(len(matrix[0]), len(matrix), tuple(runs))


def _runs(row: int, cells: list[bool]) -> Iterator[tuple[int, int, int]]:
    column = 0
    for is_dark, group in groupby(cells):
        length = len(list(group))
        if is_dark:
            yield column, row, length
        column += length
