"""A ledger's lines as invoices: what each would sell, give back, or leave undone and why."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from apps.backoffice.retail.ledger import LedgerLine, NotSold, why_not_sold
from apps.core.money import ZERO


@dataclass(frozen=True)
class Invoice:
    """The lines that share a number, in the ledger's order."""

    number: str
    lines: tuple[LedgerLine, ...]

    @property
    def customer(self) -> str:
        return self.lines[0].customer

    @property
    def country(self) -> str:
        return self.lines[0].country

    @property
    def is_return(self) -> bool:
        return self.lines[0].is_return

    @cached_property
    def sold_lines(self) -> list[LedgerLine]:
        return [line for line in self.lines if why_not_sold(line) is None]

    @cached_property
    def wanted(self) -> dict[str, int]:
        """How many of each SKU are bought: lines of the same code and price add up, as in a cart."""
        total: dict[str, int] = defaultdict(int)
        for line in self.sold_lines:
            total[line.sku_code] += line.quantity
        return dict(total)

    @property
    def amount(self) -> Decimal:
        return sum((line.unit_price * line.quantity for line in self.sold_lines), ZERO)


def gather_invoices(lines: Iterable[LedgerLine], limit: int | None = None) -> list[Invoice]:
    """Return the first ``limit`` invoices in the order in which they begin."""
    found: dict[str, list[LedgerLine]] = {}
    for line in lines:
        if line.invoice not in found and limit is not None and len(found) >= limit:
            continue
        found.setdefault(line.invoice, []).append(line)
    return [Invoice(number, tuple(rows)) for number, rows in found.items()]


@dataclass(frozen=True, slots=True)
class Returned:
    """Part of a return line that an earlier purchase answers for."""

    line: LedgerLine
    purchase: str  # the invoice that sold it
    sku_code: str
    quantity: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Rejected:
    """A line, or part of one, that the shop cannot do, and why."""

    line: LedgerLine
    quantity: int
    amount: Decimal
    reason: str


NO_CUSTOMER = "return: nobody's, the invoice names no customer"
NO_PURCHASE = "return: no earlier purchase of this code is left"
MORE_THAN_PAID = "return: more than was paid for it"
NOT_A_RETURN = "return: its quantity is not negative"
NO_PRICE = "return: no price"


@dataclass(slots=True)
class ReturnPlan:
    """What one return invoice gives back, and what of it finds no purchase."""

    invoice: Invoice
    parts: list[Returned] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)


@dataclass(slots=True)
class _Bought:
    purchase: str
    sku_code: str
    quantity: int
    cash: Decimal


def match_returns(invoices: Iterable[Invoice]) -> list[ReturnPlan]:
    """Match each return line with its customer's earlier lines of the code, first in first out."""
    shelves: dict[tuple[str, str], list[_Bought]] = defaultdict(list)
    plans = []
    for invoice in invoices:
        if not invoice.is_return:
            _remember(invoice, shelves)
            continue
        plan = ReturnPlan(invoice)
        for line in invoice.lines:
            _match(line, shelves, plan)
        plans.append(plan)
    return plans


def rejected_sales(invoice: Invoice) -> list[Rejected]:
    """Return the lines of a sale that sell nothing, with the reason."""
    found = []
    for line in invoice.lines:
        reason = why_not_sold(line)
        if reason is not None and reason is not NotSold.RETURN:
            amount = line.unit_price * line.quantity
            found.append(Rejected(line, line.quantity, amount, f"sale: {reason.value}"))
    return found


def _remember(invoice: Invoice, shelves: dict[tuple[str, str], list[_Bought]]) -> None:
    if not invoice.customer:
        return
    for line in invoice.sold_lines:
        cash = line.unit_price * line.quantity
        shelf = shelves[invoice.customer, line.spu_code]
        shelf.append(_Bought(invoice.number, line.sku_code, line.quantity, cash))


def _match(
    line: LedgerLine, shelves: dict[tuple[str, str], list[_Bought]], plan: ReturnPlan
) -> None:
    reason = _why_not_returned(line)
    if reason:
        plan.rejected.append(Rejected(line, line.quantity, line.unit_price * line.quantity, reason))
        return
    left = -line.quantity
    for bought in shelves[line.customer, line.spu_code]:
        if left and bought.quantity:
            left -= _take(line, bought, left, plan)
    if left:
        plan.rejected.append(Rejected(line, -left, -left * line.unit_price, NO_PURCHASE))


def _why_not_returned(line: LedgerLine) -> str:
    if line.quantity >= 0:
        return NOT_A_RETURN
    if line.unit_price <= 0:
        return NO_PRICE
    return "" if line.customer else NO_CUSTOMER


def _take(line: LedgerLine, bought: _Bought, left: int, plan: ReturnPlan) -> int:
    """Take units back, at the price of the return, up to what is left of the purchase's money."""
    units = min(left, bought.quantity)
    asked = units * line.unit_price
    amount = min(asked, bought.cash)
    bought.quantity -= units
    bought.cash -= amount
    if amount:
        plan.parts.append(Returned(line, bought.purchase, bought.sku_code, units, amount))
    if asked > amount:
        units_without_money = 0 if amount else -units
        plan.rejected.append(Rejected(line, units_without_money, amount - asked, MORE_THAN_PAID))
    return units
