from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import QuerySet

from apps.catalog.models import BrandTranslation, CategoryTranslation
from apps.search.models import SearchDocument, SuggestTerm, TermKind
from apps.search.prefixes import keys_of, question_of

UPSERT = """
INSERT INTO search_suggestterm (kind, object_id, language, term, keys, weight)
VALUES (%s, %s, %s, %s, %s::tsvector, %s)
ON CONFLICT (kind, object_id, language) DO UPDATE
SET term = excluded.term, keys = excluded.keys, weight = excluded.weight
"""
SUGGEST = """
SELECT term, max(weight) AS weight, min(length(term)) AS length FROM search_suggestterm
WHERE keys @@ %s::tsquery AND language = %s
GROUP BY term ORDER BY weight DESC, length, term LIMIT %s
"""
CATEGORY_BONUS = 1_000_000  # a whole shelf is proposed before the single goods on it


@dataclass(frozen=True, slots=True)
class Term:
    kind: str
    object_id: int
    language: str
    text: str
    weight: int


def suggest(typed: str, language: str, limit: int) -> list[str]:
    """Return terms in a language that begin, at one of their words, with what was typed."""
    question = question_of(typed)
    if not question:
        return []
    with connection.cursor() as cursor:
        cursor.execute(SUGGEST, [question, language, limit])
        return [row[0] for row in cursor.fetchall()]


def write_terms(terms: Sequence[Term]) -> None:
    rows = [
        (term.kind, term.object_id, term.language, term.text[:120], keys_of(term.text), term.weight)
        for term in terms
    ]
    with connection.cursor() as cursor:
        cursor.executemany(UPSERT, rows)


def drop_terms(kind: str, object_ids: Collection[int]) -> None:
    SuggestTerm.objects.filter(kind=kind, object_id__in=object_ids).delete()


@transaction.atomic
def refresh_terms() -> None:
    """Bring the terms of categories and brands up to date: those that have goods, the fullest first."""
    documents = SearchDocument.objects.values_list("category_ids", "brand_id")
    categories: Counter[int] = Counter()
    brands: Counter[int] = Counter()
    for category_ids, brand_id in documents.iterator():
        categories.update(category_ids)
        brands.update([brand_id] if brand_id else [])
    _replace(
        TermKind.CATEGORY,
        CategoryTranslation.objects.filter(category__is_active=True),
        "category_id",
        categories,
    )
    _replace(TermKind.BRAND, BrandTranslation.objects.all(), "brand_id", brands)


def _replace(
    kind: str,
    rows: "QuerySet[CategoryTranslation] | QuerySet[BrandTranslation]",
    owner: str,
    goods: Counter[int],
) -> None:
    terms = [
        Term(kind, pk, language, name, CATEGORY_BONUS + goods[pk])
        for pk, language, name in rows.values_list(owner, "language", "name")
        if goods[pk]
    ]
    kept = {(term.object_id, term.language) for term in terms}
    for row in SuggestTerm.objects.filter(kind=kind):
        if (row.object_id, row.language) not in kept:
            row.delete()
    write_terms(terms)
