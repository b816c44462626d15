from dataclasses import dataclass
from typing import ClassVar

from apps.core.bus import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class SpuChanged(Event):
    """An SPU, its words, SKUs, prices, pictures or place on the shelf are different now."""

    names: ClassVar[tuple[str, ...]] = ("catalog.changed",)

    spu_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryChanged(Event):
    """A category was renamed, moved, shown or hidden."""

    names: ClassVar[tuple[str, ...]] = ("catalog.changed",)

    category_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BrandChanged(Event):
    """A brand has another name."""

    names: ClassVar[tuple[str, ...]] = ("catalog.changed",)

    brand_id: int
