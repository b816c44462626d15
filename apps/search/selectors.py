"""What pages and the API ask: one page of goods with its facets, and words to propose."""

import hashlib
import time
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from django.core.cache import cache
from django.utils.translation import gettext as _

from apps.catalog.selectors import attribute_values_by_id, brand_names
from apps.catalog.translations import active_language
from apps.search.backends import backend
from apps.search.models import SearchDocument
from apps.search.queries import Counts, SearchQuery, Sort

VERSION_KEY = "search:version"
COUNTS_LIVE_SECONDS = 60
SUGGESTIONS = 10
MAX_FACET_VALUES = 30


@dataclass(frozen=True, slots=True)
class FacetValue:
    value: str
    label: str
    count: int
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """One group of choices; ``name`` is the parameter that they are sent in."""

    name: str
    label: str
    values: tuple[FacetValue, ...]


@dataclass(frozen=True, slots=True)
class SearchPage:
    """One page of goods, and how many there are of each kind."""

    spu_ids: tuple[int, ...]
    next_cursor: str
    page: int
    page_size: int
    counts: Counts
    facets: tuple[Facet, ...]

    @property
    def total(self) -> int:
        return self.counts.total

    @property
    def category_counts(self) -> Mapping[int, int]:
        return self.counts.categories


def find_products(query: SearchQuery, language: str | None = None) -> SearchPage:
    """
    Return one page of what is asked for, in one statement, or in up to four while its counts are not cached.

    :raises BadCursor: if the query's cursor belongs to another list
    """
    language = language or active_language()
    hits = backend().find(query)
    counts, facets = _counted(query, language)
    return SearchPage(
        tuple(hits.spu_ids), hits.next_cursor, query.page, query.page_size, counts, facets
    )


def suggest_words(typed: str, language: str | None = None, limit: int = SUGGESTIONS) -> list[str]:
    """Return what somebody who has typed this may mean, in one statement."""
    return backend().suggest(typed, language or active_language(), limit)


def sales_and_stock(spu_ids: Collection[int]) -> dict[int, tuple[bool, int]]:
    """Return for each SPU whether it is sold out and how many were sold, as far as the search knows."""
    rows = SearchDocument.objects.filter(pk__in=spu_ids)
    known = rows.values_list("pk", "in_stock", "sales_count")
    return {pk: (not in_stock, sold) for pk, in_stock, sold in known}


def forget_counts() -> None:
    """Let counts be taken anew: the goods have changed."""
    cache.set(VERSION_KEY, time.time_ns(), None)


def _counted(query: SearchQuery, language: str) -> tuple[Counts, tuple[Facet, ...]]:
    key = _cache_key(query, language)
    found: tuple[Counts, tuple[Facet, ...]] | None = cache.get(key)
    if found is None:
        counts = backend().count(query)
        found = counts, _facets(query, counts, language)
        cache.set(key, found, COUNTS_LIVE_SECONDS)
    return found


def _cache_key(query: SearchQuery, language: str) -> str:
    same = replace(query, sort=Sort.RELEVANCE, page=1, page_size=1, cursor="")
    digest = hashlib.sha256(repr(same).encode()).hexdigest()
    return f"search:{cache.get(VERSION_KEY, 0)}:{language}:{digest}"


def _facets(query: SearchQuery, counts: Counts, language: str) -> tuple[Facet, ...]:
    return (*_brand_facet(query, counts, language), *_value_facets(query, counts, language))


def _brand_facet(query: SearchQuery, counts: Counts, language: str) -> tuple[Facet, ...]:
    names = brand_names(counts.brands, language) if counts.brands else {}
    values = [
        FacetValue(name.slug, name.name, counts.brands[pk], pk in query.brand_ids)
        for pk, name in names.items()
    ]
    values.sort(key=lambda value: (-value.is_chosen, -value.count, value.label))
    if not values:
        return ()
    return (Facet("brand", _("Brand"), tuple(values[:MAX_FACET_VALUES])),)


def _value_facets(query: SearchQuery, counts: Counts, language: str) -> tuple[Facet, ...]:
    names = attribute_values_by_id(counts.values, language) if counts.values else {}
    chosen = {pk for ids in query.value_ids.values() for pk in ids}
    groups: dict[tuple[str, str], list[FacetValue]] = defaultdict(list)
    for pk, name in names.items():
        if name.is_filterable:
            value = FacetValue(name.code, name.name, counts.values[pk], pk in chosen)
            groups[f"a_{name.attribute}", name.attribute_name].append(value)
    return tuple(
        Facet(name, label, tuple(values[:MAX_FACET_VALUES]))
        for (name, label), values in groups.items()
    )
