from collections.abc import Mapping
from decimal import Decimal

from django.db import connection

from apps.search.backends.postgres.conditions import (
    Condition,
    all_but,
    base_of,
    filters_of,
    joined,
)
from apps.search.backends.postgres.finding import TABLE
from apps.search.queries import Counts, SearchQuery

SELECTS = {
    "total": "SELECT 'total', 0::bigint, count(*), min(min_price), max(max_price) FROM hits WHERE {}",
    "category": "SELECT 'category', unnest(category_ids) AS id, count(*), NULL::numeric, NULL::numeric"
    " FROM hits WHERE {} GROUP BY id",
    "brand": "SELECT 'brand', brand_id, count(*), NULL, NULL FROM hits"
    " WHERE brand_id IS NOT NULL AND {} GROUP BY brand_id",
    "value": "SELECT 'value', unnest(value_ids) AS id, count(*), NULL, NULL FROM hits WHERE {} GROUP BY id",
    "own": "SELECT 'own', v.id, count(*), NULL, NULL FROM hits JOIN catalog_attributevalue v"
    " ON v.id = ANY(value_ids) JOIN catalog_attribute a ON a.id = v.attribute_id"
    " WHERE a.code = %s AND {} GROUP BY v.id",
    "range": "SELECT 'range', 0::bigint, 0::bigint, min(min_price), max(max_price) FROM hits WHERE {}",
}
COLUMNS = "category_ids, brand_id, value_ids, min_price, max_price, in_stock"


def count(query: SearchQuery) -> Counts:
    """
    Return every count of a result in one statement.

    A facet is counted with all filters but its own, so that the other choices in it show what they would add.
    """
    filters = filters_of(query)
    base = base_of(query)
    everything = joined(filters.values())
    branches = [
        ("total", everything),
        ("category", everything),
        ("brand", all_but("brand", filters)),
        ("value", everything),
        ("range", all_but("price", filters)),
        *(("own", _own(name, filters)) for name in filters if name.startswith("value:")),
    ]
    sql = (
        f"WITH hits AS MATERIALIZED (SELECT {COLUMNS} FROM {TABLE} WHERE {base.sql}) "  # noqa: S608
        + " UNION ALL ".join(f"({SELECTS[name].format(where.sql)})" for name, where in branches)
    )
    params = [*base.params, *(param for _name, where in branches for param in where.params)]
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return _read(cursor.fetchall())


def _own(name: str, filters: Mapping[str, Condition]) -> Condition:
    """Return the condition under which the other values of a filtered attribute are counted."""
    others = all_but(name, filters)
    return Condition(others.sql, (name.removeprefix("value:"), *others.params))


def _read(rows: list[tuple[str, int, int, Decimal | None, Decimal | None]]) -> Counts:
    counts: dict[str, dict[int, int]] = {"category": {}, "brand": {}, "value": {}, "own": {}}
    total, low, high = 0, None, None
    for kind, pk, number, min_price, max_price in rows:
        if kind == "total":
            total = number
        elif kind == "range":
            low, high = min_price, max_price
        else:
            counts[kind][pk] = max(number, counts[kind].get(pk, 0))
    return Counts(
        total, counts["category"], counts["brand"], counts["value"] | counts["own"], low, high
    )
