"""What is asked of a search backend, and what it answers. Plain values; any backend can serve them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Protocol


class Sort(StrEnum):
    RELEVANCE = "relevance"
    SALES = "sales"
    PRICE = "price"
    PRICE_DOWN = "-price"
    NEWEST = "newest"


PAGE_SIZE = 24
MAX_PAGE_SIZE = 100
MAX_PAGE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchQuery:
    """
    Everything that narrows the goods down. ``value_ids`` maps an attribute's code to the values that are
    accepted of it. A page is asked for by its number or, for lists that must not shift, by ``cursor``.
    """

    text: str = ""
    category_id: int | None = None
    merchant_id: int | None = None
    brand_ids: Collection[int] = ()
    value_ids: Mapping[str, Collection[int]] = field(default_factory=dict)
    price_from: Decimal | None = None
    price_to: Decimal | None = None
    in_stock: bool = False
    sort: Sort = Sort.RELEVANCE
    page: int = 1
    page_size: int = PAGE_SIZE
    cursor: str = ""

    @property
    def is_filtered(self) -> bool:
        prices = self.price_from is not None or self.price_to is not None
        return bool(self.brand_ids or self.value_ids or prices or self.in_stock)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many goods there are of each kind, if it were chosen in addition."""

    total: int
    categories: Mapping[int, int]
    brands: Mapping[int, int]
    values: Mapping[int, int]
    min_price: Decimal | None
    max_price: Decimal | None


@dataclass(frozen=True, slots=True)
class Hits:
    """The SPUs of one page in their order, and where the next page begins."""

    spu_ids: Sequence[int]
    next_cursor: str


class BadCursor(ValueError):
    """No page of this list begins there."""


class SearchBackend(Protocol):
    """What a place to search in must be able to do."""

    def find(self, query: SearchQuery) -> Hits:
        """
        Return one page.

        :raises BadCursor: if the query's cursor belongs to another list
        """

    def count(self, query: SearchQuery) -> Counts:
        """Return the counts that are consistent with ``find``."""

    def suggest(self, typed: str, language: str, limit: int) -> list[str]:
        """Return terms that begin with what was typed, in writing or in pinyin, the most bought first."""

    def refresh(self, spu_ids: Collection[int]) -> int:
        """Bring these SPUs up to date, and drop those that are no longer sold; return how many there are."""

    def refresh_sales(self) -> int:
        """Bring the figures of sales up to date; return how many SPUs have another one now."""

    def refresh_terms(self) -> None:
        """Bring the suggestions of categories and brands up to date."""

    def list_stale(self, spu_ids: Sequence[int]) -> set[int]:
        """Return those of these SPUs of which the documents say something else than the goods do."""

    def list_known(self) -> Iterable[int]:
        """Return the SPUs that have a document."""
