"""What goes into a quote: lines, and what their packages cost to send."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """
    So many units of one SKU, at the price it is sold for before any offer.

    ``list_price`` is the crossed-out price and only shown; ``tiers`` are (least quantity, unit price).
    An ``is_exclusive`` line takes part in no offer of the stages 2 to 5.
    """

    key: str
    merchant_id: int
    sku_id: int
    quantity: int
    unit_price: Decimal
    list_price: Decimal | None = None
    tiers: tuple[tuple[int, Decimal], ...] = ()
    category_id: int | None = None
    brand_id: int | None = None
    weight_grams: int = 0
    volume_cm3: int = 0
    shipping_class_id: int | None = None
    is_exclusive: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageFreight:
    """
    What one package costs to send; without ``line_keys`` it holds all lines of its merchant.

    ``refused_line_keys`` are lines that nobody carries to that place: they get no freight.
    """

    merchant_id: int
    amount: Decimal
    free_reason: str | None = None
    refused_line_keys: tuple[str, ...] = ()
    line_keys: tuple[str, ...] = ()


Freight = Callable[[Mapping[str, Decimal]], Sequence[PackageFreight]] | Sequence[PackageFreight]
"""The packages, or how to get them from each line's amount after coupons and before points."""
