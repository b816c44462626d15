"""The columns of the product sheet: one row per SKU, its product's cells on each row or on the first."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from apps.catalog.models.skus import MAX_AXES
from apps.catalog.words import clean_html

CLEARED = "-"  # a cell that takes a value away; an empty one leaves it as it is
_AMOUNT = re.compile(r"[0-9]{1,9}(\.[0-9]+)?", re.ASCII)
_COUNT = re.compile(r"[0-9]{1,9}", re.ASCII)
_YES, _NO = {"1", "yes", "true", "是"}, {"0", "no", "false", "否"}
_TIER = re.compile(r"([0-9]{1,9})\s*[::]\s*([0-9.]+)", re.ASCII)


@dataclass(frozen=True, slots=True)
class RowError:
    """What is wrong with one cell of one row, in words for whoever filled it in."""

    row: int
    column: str
    message: str


def _text(cell: str) -> str:
    return cell


def _html(cell: str) -> str:
    return clean_html(cell)


def _amount(cell: str) -> Decimal:
    try:
        amount = Decimal(cell) if _AMOUNT.fullmatch(cell) else None
    except InvalidOperation:
        amount = None
    if amount is None or amount != round(amount, 2):
        raise ValueError(_("an amount such as 12.50"))
    return amount.quantize(Decimal("0.01"))


def _count(cell: str) -> int:
    if not _COUNT.fullmatch(cell):
        raise ValueError(_("a whole number"))
    return int(cell)


def _flag(cell: str) -> bool:
    if cell.lower() in _YES | _NO:
        return cell.lower() in _YES
    raise ValueError(_("1 or 0"))


def _tiers(cell: str) -> tuple[tuple[int, Decimal], ...]:
    """Read ``3: 9.50; 10: 9.00``."""
    found = [_TIER.fullmatch(part.strip()) for part in re.split(r"[;；]", cell) if part.strip()]
    if not found or None in found:
        raise ValueError(_("quantities and prices such as 3: 9.50; 10: 9.00"))
    return tuple(sorted((int(match[1]), _amount(match[2])) for match in found if match))


def _pairs(cell: str) -> tuple[tuple[str, str], ...]:
    """Read ``material: cotton; season: summer``: codes of attributes and of their values."""
    pairs = [part.split(":", 1) for part in re.split(r"[;；]", cell) if part.strip()]
    if any(len(pair) == 1 for pair in pairs):
        raise ValueError(_("codes such as material: cotton; season: summer"))
    return tuple((name.strip(), value.strip()) for name, value in pairs)


Parser = Callable[[str], Any]
SPU_COLUMNS: Mapping[str, Parser] = {
    "spu_code": _text,
    "slug": _text,
    "name": _text,
    "name_en": _text,
    "subtitle": _text,
    "subtitle_en": _text,
    "description": _html,
    "description_en": _html,
    "category": _text,
    "brand": _text,
    "shipping_class": _text,
    "attributes": _pairs,
}
# Names in two languages stand in one cell: 颜色|Colour
AXIS_COLUMNS: Mapping[str, Parser] = {
    f"{kind}_{place}": _text for place in range(1, MAX_AXES + 1) for kind in ("axis", "value")
}
SKU_COLUMNS: Mapping[str, Parser] = {
    "sku_code": _text,
    "price": _amount,
    "list_price": _amount,
    "cost_price": _amount,
    "tiers": _tiers,
    "weight_grams": _count,
    "volume_cm3": _count,
    "min_quantity": _count,
    "step_quantity": _count,
    "max_per_order": _count,
    "max_per_user": _count,
    "max_per_user_days": _count,
    "is_active": _flag,
}
CLEARABLE: Mapping[str, Any] = {
    "brand": "",
    "attributes": (),
    "subtitle": "",
    "subtitle_en": "",
    "description": "",
    "description_en": "",
    "list_price": None,
    "cost_price": None,
    "tiers": (),
    "max_per_order": None,
    "max_per_user": None,
    "max_per_user_days": None,
}
COLUMNS: Mapping[str, Parser] = {**SPU_COLUMNS, **AXIS_COLUMNS, **SKU_COLUMNS}
SECRET_COLUMNS = ("cost_price",)
NEEDED = ("sku_code",)


def parse_row(number: int, cells: Mapping[str, str]) -> tuple[dict[str, Any], list[RowError]]:
    """Return the values of the cells that are filled in, and what is wrong with the others."""
    values: dict[str, Any] = {}
    errors: list[RowError] = []
    for name, parser in COLUMNS.items():
        cell = cells.get(name, "")
        if cell == CLEARED and name in CLEARABLE:
            values[name] = CLEARABLE[name]
        elif cell:
            try:
                values[name] = parser(cell)
            except ValueError as problem:
                errors.append(RowError(number, name, str(problem)))
    errors += [RowError(number, name, _("it is missing")) for name in NEEDED if not cells.get(name)]
    return values, errors


def unknown_columns(cells: Mapping[str, str], *, also: tuple[str, ...] = ()) -> list[str]:
    """Return the columns that nobody reads, so that a misspelt one is not lost in silence."""
    return [name for name in cells if name not in COLUMNS and name not in also]
