"""What the cart page shows: lines by merchant, those that cannot be bought, and notes on prices."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _

from apps.cart.limits import QuantityNotAllowed
from apps.cart.models import CartLine
from apps.catalog.selectors import SaleableSku
from apps.checkout.baskets import BasketQuote
from apps.core.errors import Refusal
from apps.core.templatetags.money import money
from apps.inventory.services import OutOfStock

MOST_PIECES = 999


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the cart."""

    line: CartLine
    sku: SaleableSku
    price: Decimal
    problem: str = ""
    fix_quantity: int = 0

    @property
    def amount(self) -> Decimal:
        return self.price * self.line.quantity

    @property
    def action_url(self) -> str:
        return reverse("cart-line", args=[self.line.pk])

    @property
    def most(self) -> int:
        return self.sku.max_per_order or max(MOST_PIECES, self.line.quantity)

    @property
    def is_dearer(self) -> bool:
        return self.sku.unit_price > self.line.added_price

    @property
    def note(self) -> str:
        """Say that the price has changed since the line was put in."""
        if self.sku.unit_price == self.line.added_price:
            return ""
        before, after = money(self.line.added_price), money(self.sku.unit_price)
        return _("Price changed: %(before)s → %(after)s") % {"before": before, "after": after}


@dataclass(slots=True)
class Group:
    """The lines of one merchant."""

    merchant_id: int
    merchant_name: str
    rows: list[Row] = field(default_factory=list)

    @property
    def is_selected(self) -> bool:
        return all(row.line.is_selected for row in self.rows)


def groups_of(lines: Sequence[CartLine], basket: BasketQuote) -> tuple[list[Group], list[Row]]:
    """Return what can be bought, by merchant, and what cannot, with the reasons."""
    groups: dict[int, Group] = {}
    invalid: list[Row] = []
    for line in lines:
        sku = basket.skus.get(line.sku_id)
        if sku is None:
            continue
        row = _row(line, sku, basket)
        if row.problem:
            invalid.append(row)
        else:
            group = groups.setdefault(sku.merchant_id, Group(sku.merchant_id, sku.merchant_name))
            group.rows.append(row)
    return list(groups.values()), invalid


def _row(line: CartLine, sku: SaleableSku, basket: BasketQuote) -> Row:
    problem = basket.problems.get(line.sku_id)
    quoted = basket.lines_by_sku.get(line.sku_id)
    price = quoted.unit_price if quoted else _price_of(sku, line.quantity)
    if problem is None:
        return Row(line, sku, price)
    return Row(line, sku, price, problem.message, _fix(problem, sku, line))


def _price_of(sku: SaleableSku, quantity: int) -> Decimal:
    return min([sku.unit_price, *(price for least, price in sku.tiers if quantity >= least)])


def _fix(problem: Refusal, sku: SaleableSku, line: CartLine) -> int:
    """Return a quantity that could be had instead, if there is a smaller one."""
    least, step = sku.min_quantity, sku.step_quantity
    most = 0
    if isinstance(problem, OutOfStock):
        most = problem.available.get(sku.sku_id, 0)
    elif isinstance(problem, QuantityNotAllowed):
        most = min(line.quantity - 1, int(problem.details["maximum"]))
    if not sku.is_saleable or most < least or most >= line.quantity:
        return 0
    return most - (most - least) % step
