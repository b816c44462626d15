"""From the parameters of a page's address, or of the API, to a query."""

import re
from decimal import Decimal

from django.http import QueryDict
from django.utils.translation import gettext as _

from apps.catalog.models import AttributeValue, Brand
from apps.core.errors import InvalidInput
from apps.core.text import is_clean
from apps.search.queries import MAX_PAGE, MAX_PAGE_SIZE, PAGE_SIZE, SearchQuery, Sort
from apps.search.tokens import MAX_QUERY

AMOUNT = re.compile(r"[0-9]{1,7}(\.[0-9]{1,2})?", re.ASCII)
NUMBER = re.compile(r"[0-9]{1,4}", re.ASCII)
ATTRIBUTE = re.compile(r"a_([-a-zA-Z0-9_]{1,40})", re.ASCII)
MAX_VALUES = 40
NOBODY = 0


def read_query(
    params: QueryDict, *, category_id: int | None = None, merchant_id: int | None = None
) -> SearchQuery:
    """
    Return the query that q, brand, a_<attribute>, price_from, price_to, in_stock, sort, page, page_size
    and cursor ask for; parameters that are not ours are left alone, empty ones count as missing.

    :raises InvalidInput: with the parameter that cannot be read
    """
    return SearchQuery(
        text=_text(params),
        category_id=category_id,
        merchant_id=merchant_id,
        brand_ids=_brand_ids(_values(params, "brand")),
        value_ids=_value_ids(params),
        price_from=_amount(params, "price_from"),
        price_to=_amount(params, "price_to"),
        in_stock=_one(params, "in_stock") in {"1", "true", "on"},
        sort=_sort(params),
        page=_number(params, "page", 1, MAX_PAGE),
        page_size=_number(params, "page_size", PAGE_SIZE, MAX_PAGE_SIZE),
        cursor=_one(params, "cursor")[:200],
    )


def _one(params: QueryDict, name: str) -> str:
    values = _values(params, name)
    if len(values) > 1:
        raise InvalidInput(field=name, reason=_("it is given more than once"))
    return values[0] if values else ""


def _values(params: QueryDict, name: str) -> list[str]:
    values = [value.strip() for value in params.getlist(name) if value.strip()]
    if len(values) > MAX_VALUES or not all(is_clean(value) for value in values):
        raise InvalidInput(field=name, reason=_("it cannot be read"))
    return values


def _text(params: QueryDict) -> str:
    return _one(params, "q")[:MAX_QUERY]


def _amount(params: QueryDict, name: str) -> Decimal | None:
    value = _one(params, name)
    if not value:
        return None
    if not AMOUNT.fullmatch(value):
        raise InvalidInput(field=name, reason=_("an amount such as 12.50"))
    return Decimal(value)


def _number(params: QueryDict, name: str, otherwise: int, most: int) -> int:
    value = _one(params, name)
    if not value:
        return otherwise
    if not NUMBER.fullmatch(value) or not 1 <= int(value) <= most:
        raise InvalidInput(field=name, reason=_("1 to {most}").format(most=most))
    return int(value)


def _sort(params: QueryDict) -> Sort:
    value = _one(params, "sort") or Sort.RELEVANCE
    if value not in set(Sort):
        raise InvalidInput(field="sort", reason=", ".join(Sort))
    return Sort(value)


def _brand_ids(slugs: list[str]) -> tuple[int, ...]:
    """Return the ids of these brands; a brand that does not exist has no goods."""
    if not slugs:
        return ()
    found = tuple(Brand.objects.filter(slug__in=slugs).order_by("pk").values_list("pk", flat=True))
    return found or (NOBODY,)


def _value_ids(params: QueryDict) -> dict[str, tuple[int, ...]]:
    wanted = {
        match[1]: values
        for name in params
        if (match := ATTRIBUTE.fullmatch(name)) and (values := _values(params, name))
    }
    if not wanted:
        return {}
    if len(wanted) > MAX_VALUES:
        raise InvalidInput(field="a_…", reason=_("too many"))
    rows = AttributeValue.objects.filter(attribute__code__in=wanted).values_list(
        "attribute__code", "code", "pk"
    )
    found: dict[str, list[int]] = {attribute: [] for attribute in wanted}
    for attribute, code, pk in rows:
        if code in wanted[attribute]:
            found[attribute].append(pk)
    return {attribute: tuple(sorted(ids)) or (NOBODY,) for attribute, ids in found.items()}
