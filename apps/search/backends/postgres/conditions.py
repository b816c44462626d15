"""A query as SQL: what it stands on, and each filter as a condition of its own."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from apps.search.queries import SearchQuery
from apps.search.tokens import query_of

ANYWHERE = "true"
NOTHING = "'nothing:'"  # a token that no text has


@dataclass(frozen=True, slots=True)
class Condition:
    """A piece of a WHERE and its parameters."""

    sql: str
    params: tuple[Any, ...] = ()


SOLD_BY_AN_OPEN_MERCHANT = Condition(
    "merchant_id NOT IN (SELECT id FROM merchants_merchant WHERE status <> 'OPEN')"
)


def base_of(query: SearchQuery) -> Condition:
    """Return what the words, the category and the merchant ask for; every count stands on this."""
    parts = [SOLD_BY_AN_OPEN_MERCHANT]
    if query.text.strip():
        words = query_of(query.text) or NOTHING
        parts.append(Condition("spu_id IN (SELECT search_matching(%s::tsquery))", (words,)))
    if query.category_id:
        parts.append(Condition("category_ids @> %s::bigint[]", ([query.category_id],)))
    if query.merchant_id:
        parts.append(Condition("merchant_id = %s", (query.merchant_id,)))
    return joined(parts)


def filters_of(query: SearchQuery) -> dict[str, Condition]:
    """Return each filter that is on, by the facet that it belongs to."""
    found: dict[str, Condition] = {}
    if query.brand_ids:
        found["brand"] = Condition("brand_id = ANY(%s::bigint[])", (sorted(query.brand_ids),))
    for attribute, value_ids in sorted(query.value_ids.items()):
        found[f"value:{attribute}"] = Condition("value_ids && %s::bigint[]", (sorted(value_ids),))
    if query.price_from is not None or query.price_to is not None:
        found["price"] = _price(query)
    if query.in_stock:
        found["stock"] = Condition("in_stock")
    return found


def joined(conditions: Iterable[Condition]) -> Condition:
    """Return the conjunction."""
    parts = [condition for condition in conditions if condition.sql != ANYWHERE]
    if not parts:
        return Condition(ANYWHERE)
    return Condition(
        " AND ".join(part.sql for part in parts),
        tuple(param for part in parts for param in part.params),
    )


def all_but(facet: str, filters: Mapping[str, Condition]) -> Condition:
    """Return every filter except a facet's own, so that its other values can still be counted."""
    return joined(condition for name, condition in filters.items() if name != facet)


def _price(query: SearchQuery) -> Condition:
    """Some SKU may lie within the range: the ranges overlap."""
    parts = []
    if query.price_from is not None:
        parts.append(Condition("max_price >= %s", (query.price_from,)))
    if query.price_to is not None:
        parts.append(Condition("min_price <= %s", (query.price_to,)))
    return joined(parts)
