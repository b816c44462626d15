import base64
import binascii
import json
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import connection

from apps.search.backends.postgres.conditions import NOTHING, Condition, base_of, filters_of, joined
from apps.search.queries import BadCursor, Hits, SearchQuery, Sort
from apps.search.tokens import query_of

WEIGHTS = "{0.05, 0.3, 0.6, 1.0}"  # D, C, B, A
TABLE = "search_searchdocument"


def find(query: SearchQuery) -> Hits:
    """
    Return one page, in one statement.

    :raises BadCursor: if the cursor belongs to another list
    """
    key, is_down = _order(query)
    where = joined([base_of(query), *filters_of(query).values()])
    after = _after(query, key, is_down)
    conditions = joined([where, after])
    direction = "DESC" if is_down else "ASC"
    sql = (
        f"SELECT spu_id, {key.sql} AS key FROM {TABLE} WHERE {conditions.sql}"  # noqa: S608
        f" ORDER BY key {direction}, spu_id DESC LIMIT %s OFFSET %s"
    )
    offset = 0 if query.cursor else (query.page - 1) * query.page_size
    params = [*key.params, *conditions.params, query.page_size + 1, offset]
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        rows = cursor.fetchall()
    page = rows[: query.page_size]
    has_more = len(rows) > query.page_size
    return Hits([row[0] for row in page], _cursor(query, page[-1]) if has_more else "")


def sort_of(query: SearchQuery) -> Sort:
    """Return the order that is meant: without words there is no relevance, and what sells comes first."""
    if query.sort == Sort.RELEVANCE and not query.text.strip():
        return Sort.SALES
    return query.sort


def _order(query: SearchQuery) -> tuple[Condition, bool]:
    sort = sort_of(query)
    if sort == Sort.RELEVANCE:
        words = query_of(query.text) or NOTHING
        rank = "ts_rank(%s::float4[], head, %s::tsquery)::float8"
        return Condition(rank, (WEIGHTS, words)), True
    columns = {
        Sort.SALES: ("sales_count", True),
        Sort.NEWEST: ("published_at", True),
        Sort.PRICE: ("min_price", False),
        Sort.PRICE_DOWN: ("min_price", True),
    }
    column, is_down = columns[sort]
    return Condition(column), is_down


def _after(query: SearchQuery, key: Condition, is_down: bool) -> Condition:
    if not query.cursor:
        return Condition("true")
    value, spu_id = _read_cursor(query)
    sign = "<" if is_down else ">"
    return Condition(
        f"({key.sql} {sign} %s OR ({key.sql} = %s AND spu_id < %s))",
        (*key.params, value, *key.params, value, spu_id),
    )


def _cursor(query: SearchQuery, row: tuple[int, Any]) -> str:
    spu_id, key = row
    plain = (
        key.isoformat()
        if isinstance(key, datetime)
        else repr(key)
        if isinstance(key, float)
        else str(key)
    )
    text = json.dumps([sort_of(query).value, plain, spu_id])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read_cursor(query: SearchQuery) -> tuple[Any, int]:
    sort = sort_of(query)
    try:
        padded = query.cursor + "=" * (-len(query.cursor) % 4)
        name, plain, spu_id = json.loads(base64.urlsafe_b64decode(padded.encode("ascii")))
        if name != sort.value or type(spu_id) is not int or not 0 <= spu_id < 2**63:
            raise BadCursor("another list")
        return _typed(sort, plain), spu_id
    except (binascii.Error, ValueError, TypeError, InvalidOperation, RecursionError) as problem:
        raise BadCursor(str(problem)) from problem


def _typed(sort: Sort, plain: str) -> Any:
    if sort == Sort.NEWEST:
        at = datetime.fromisoformat(plain)
        if at.tzinfo is None:
            raise BadCursor("a time without a zone")
        return at
    if sort == Sort.SALES:
        sales = int(plain)
        if not -(2**63) <= sales < 2**63:
            raise BadCursor("out of bounds")
        return sales
    number = Decimal(plain)
    if not number.is_finite() or abs(number) > 10**12:
        raise BadCursor("not a number")
    return float(number) if sort == Sort.RELEVANCE else number
