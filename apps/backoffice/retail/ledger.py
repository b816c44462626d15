"""A retailer's ledger in the form of the UCI data set “Online Retail”: one line per article of an invoice."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from pathlib import Path

from apps.core.sheets import UnreadableSheet, read_sheet

COLUMNS = {
    "invoiceno",
    "stockcode",
    "description",
    "quantity",
    "invoicedate",
    "unitprice",
    "customerid",
    "country",
}


class NotSold(StrEnum):
    """Why a line is not something that was sold."""

    RETURN = "a return"
    NO_PRICE = "no price"
    NO_QUANTITY = "no positive quantity"
    BELOW_A_FEN = "a price with parts of a fen"


@dataclass(frozen=True, slots=True)
class LedgerLine:
    number: int
    invoice: str
    stock_code: str
    description: str
    quantity: int
    at: datetime
    unit_price: Decimal
    customer: str
    country: str

    @property
    def is_return(self) -> bool:
        return self.invoice.startswith("C")

    @property
    def spu_code(self) -> str:
        """The stock code as it is meant: the ledger writes 85123a and 85123A."""
        return self.stock_code.strip().upper()

    @property
    def sku_code(self) -> str:
        """One SKU per unit price of a stock code."""
        return f"{self.spu_code}@{self.unit_price:.2f}"


def is_ledger(names: Collection[str]) -> bool:
    """Say whether these are the columns of a ledger."""
    return set(names) >= COLUMNS


def read_ledger(path: Path) -> Iterator[LedgerLine]:
    """
    Return the lines of a ledger in their order.

    :raises UnreadableSheet: naming the row that cannot be read
    """
    return parse_ledger(read_sheet(path))


def parse_ledger(rows: Iterable[tuple[int, Mapping[str, str]]]) -> Iterator[LedgerLine]:
    """
    Return the lines that these rows hold.

    :raises UnreadableSheet: naming the row that cannot be read
    """
    for number, cells in rows:
        try:
            yield _line(number, cells)
        except (KeyError, ValueError, InvalidOperation) as problem:
            raise UnreadableSheet(f"row {number}: {problem!r}") from problem


def why_not_sold(line: LedgerLine) -> NotSold | None:
    """Return why a line is not a sale, or None for one that is."""
    if line.is_return:
        return NotSold.RETURN
    if line.unit_price <= 0:
        return NotSold.NO_PRICE
    if line.quantity <= 0:
        return NotSold.NO_QUANTITY
    if line.unit_price != round(line.unit_price, 2):
        return NotSold.BELOW_A_FEN
    return None


def _line(number: int, cells: Mapping[str, str]) -> LedgerLine:
    price = Decimal(cells["unitprice"])
    if not price.is_finite() or not cells["stockcode"] or not cells["invoiceno"]:
        raise ValueError(dict(cells))
    return LedgerLine(
        number=number,
        invoice=cells["invoiceno"],
        stock_code=cells["stockcode"],
        description=cells["description"],
        quantity=int(cells["quantity"]),
        at=datetime.fromisoformat(cells["invoicedate"]),
        unit_price=price,
        customer=cells["customerid"],
        country=cells["country"],
    )
