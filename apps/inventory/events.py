from dataclasses import dataclass
from typing import ClassVar

from apps.core.bus import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class StockReserved(Event):
    """Units are held for these references, all placed together; ``reference`` is the first of them."""

    names: ClassVar[tuple[str, ...]] = ("inventory.lock",)

    reference: str
    references: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StockChanged(Event):
    """A SKU ran out somewhere, or is there again. Not said for every order: only when that changes."""

    names: ClassVar[tuple[str, ...]] = ("inventory.update", "inventory.changed")

    sku_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StockRanLow(Event):
    """The available units of a stock item went down to its threshold, or through it."""

    names: ClassVar[tuple[str, ...]] = ("inventory.alert",)

    stock_item_id: int
    available: int
