"""What comes out: every amount stands on a line, and says why it is there. Codes, no sentences."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from apps.pricing.stages import Stage

Params = Mapping[str, Any]


class QuotedAdjustment(NamedTuple):
    """What one offer took off one line. A line's adjustments sum to its ``discount_amount``."""

    stage: Stage
    code: str
    offer_ref: str
    amount: Decimal
    params: Params


class QuotedLine(NamedTuple):
    """
    One line, priced. ``payable_amount`` = ``goods_amount`` − ``discount_amount``; freight stands beside it.

    ``list_amount`` is the price before any offer × quantity, ``goods_amount`` the unit price of stage 1 × quantity.
    """

    key: str
    list_amount: Decimal
    goods_amount: Decimal
    discount_amount: Decimal
    freight_amount: Decimal
    tax_amount: Decimal
    payable_amount: Decimal
    unit_price: Decimal
    adjustments: tuple[QuotedAdjustment, ...]
    unit_price_code: str = ""
    spent_points: int = 0
    earned_points: int = 0


class QuotedPackage(NamedTuple):
    """One package: what it costs, what a freight offer took off, what is left to pay."""

    merchant_id: int
    charged_amount: Decimal
    reduction_amount: Decimal
    amount: Decimal
    free_reason: str | None
    line_keys: tuple[str, ...]
    refused_line_keys: tuple[str, ...]


class Explanation(NamedTuple):
    """Why the total is what it is: one row per offer that applied, was left out, or explains an amount."""

    stage: Stage
    code: str
    offer_ref: str
    amount: Decimal
    params: Params


class NearMiss(NamedTuple):
    """An offer that almost applied, and what is missing."""

    offer_ref: str
    code: str
    params: Params


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What a basket costs now. ``payable_amount`` = Σ line payable + Σ package freight."""

    lines: tuple[QuotedLine, ...]
    packages: tuple[QuotedPackage, ...]
    explanations: tuple[Explanation, ...]
    near_misses: tuple[NearMiss, ...]
    list_amount: Decimal
    goods_amount: Decimal
    discount_amount: Decimal
    freight_amount: Decimal
    tax_amount: Decimal
    payable_amount: Decimal
    spent_points: int = 0
    earned_points: int = 0
    is_search_limited: bool = False

    @property
    def refused_line_keys(self) -> tuple[str, ...]:
        """Lines that cannot be sent to where the shopper wants them."""
        return tuple(key for package in self.packages for key in package.refused_line_keys)

    def line(self, key: str) -> QuotedLine:
        """
        Return one line.

        :raises KeyError: if the basket had no such line
        """
        for line in self.lines:
            if line.key == key:
                return line
        raise KeyError(key)
