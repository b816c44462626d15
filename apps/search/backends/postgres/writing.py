from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db import connection, transaction

from apps.core import clock
from apps.search.backends.postgres.documents import Document
from apps.search.backends.postgres.suggesting import Term, drop_terms, write_terms
from apps.search.models import SearchDocument, TermKind

UPSERT = """
INSERT INTO search_searchdocument (spu_id, tokens, head, category_ids, brand_id, merchant_id, value_ids,
    min_price, max_price, in_stock, sales_count, published_at, refreshed_at)
VALUES (%s, %s::tsvector, %s::tsvector, %s::bigint[], %s, %s, %s::bigint[], %s, %s, %s, %s, %s, %s)
ON CONFLICT (spu_id) DO UPDATE SET
    tokens = excluded.tokens, head = excluded.head, category_ids = excluded.category_ids, brand_id = excluded.brand_id,
    merchant_id = excluded.merchant_id, value_ids = excluded.value_ids,
    min_price = excluded.min_price, max_price = excluded.max_price, in_stock = excluded.in_stock,
    sales_count = excluded.sales_count, published_at = excluded.published_at,
    refreshed_at = excluded.refreshed_at
"""
REFRESH_SALES = """
WITH moved AS (
    UPDATE search_searchdocument d SET sales_count = s.quantity FROM search_spusales s
    WHERE s.spu_id = d.spu_id AND s.quantity <> d.sales_count RETURNING d.spu_id, d.sales_count
), terms AS (
    UPDATE search_suggestterm t SET weight = moved.sales_count FROM moved
    WHERE t.kind = 'SPU' AND t.object_id = moved.spu_id
)
SELECT spu_id FROM moved
"""
COMPARED = (
    "spu_id",
    "category_ids",
    "brand_id",
    "merchant_id",
    "value_ids",
    "min_price",
    "max_price",
    "in_stock",
    "published_at",
)


@transaction.atomic
def write_documents(spu_ids: Collection[int], documents: Mapping[int, Document]) -> int:
    """Write these documents; whatever else is known of these SPUs is dropped."""
    gone = sorted(set(spu_ids) - set(documents))
    SearchDocument.objects.filter(pk__in=gone).delete()
    drop_terms(TermKind.SPU, gone)
    at = clock.now()
    with connection.cursor() as cursor:
        cursor.executemany(UPSERT, [_row(documents[pk], at) for pk in sorted(documents)])
    write_terms(
        [
            Term(TermKind.SPU, document.spu_id, language, name, document.sales_count)
            for document in documents.values()
            for language, name in document.names.items()
        ]
    )
    return len(documents)


def list_stale(spu_ids: Sequence[int], documents: Mapping[int, Document]) -> set[int]:
    """Return the SPUs whose stored document is missing, superfluous, or says something else."""
    there = {
        row["spu_id"]: row
        for row in SearchDocument.objects.filter(pk__in=spu_ids).values(*COMPARED)
    }
    stale = set(there) ^ set(documents)
    for pk in set(there) & set(documents):
        if any(
            _plain(there[pk][name]) != _plain(getattr(documents[pk], name)) for name in COMPARED
        ):
            stale.add(pk)
    return stale


def refresh_sales() -> int:
    """Take over the figures of sales that have changed, for documents and suggestions."""
    with connection.cursor() as cursor:
        cursor.execute(REFRESH_SALES)
        return len(cursor.fetchall())


def _row(document: Document, at: Any) -> tuple[Any, ...]:
    return (
        document.spu_id,
        document.tokens,
        document.head,
        document.category_ids,
        document.brand_id,
        document.merchant_id,
        document.value_ids,
        document.min_price,
        document.max_price,
        document.in_stock,
        document.sales_count,
        document.published_at,
        at,
    )


def _plain(value: Any) -> Any:
    return sorted(value) if isinstance(value, list) else value
