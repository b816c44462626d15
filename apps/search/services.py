"""Keeping the search true to the goods."""

from collections.abc import Collection, Iterator, Sequence

from django.db import connection, transaction
from django.db.models import Q

from apps.catalog.models import Sku, Spu
from apps.orders.models import OrderLine
from apps.search.backends import backend
from apps.search.models import ChangedSpu
from apps.search.selectors import forget_counts

BATCH = 200
MOST_PER_RUN = 50

CLAIM = """
DELETE FROM search_changedspu WHERE spu_id IN (
    SELECT spu_id FROM search_changedspu ORDER BY at, spu_id LIMIT %s FOR UPDATE SKIP LOCKED
) RETURNING spu_id
"""
COUNT_SALES = """
INSERT INTO search_spusales (spu_id, quantity) SELECT * FROM unnest(%s::bigint[], %s::bigint[])
ON CONFLICT (spu_id) DO UPDATE SET quantity = search_spusales.quantity + excluded.quantity
"""


def mark_changed(spu_ids: Collection[int]) -> None:
    """Remember that the documents of these SPUs are behind; the next refresh takes them all together."""
    ChangedSpu.objects.bulk_create(
        [ChangedSpu(spu_id=spu_id) for spu_id in sorted(set(spu_ids))],
        ignore_conflicts=True,
        batch_size=1000,
    )


def mark_skus_changed(sku_ids: Collection[int]) -> None:
    """Remember that the SPUs of these SKUs are behind."""
    mark_changed(Sku.objects.filter(pk__in=sku_ids).values_list("spu_id", flat=True))


def mark_category_changed(category_id: int) -> None:
    """Remember that everything in and below a category is behind."""
    inside = (
        Q(category_id=category_id)
        | Q(category__parent_id=category_id)
        | Q(category__parent__parent_id=category_id)
    )
    mark_changed(Spu.objects.filter(inside).values_list("pk", flat=True))
    backend().refresh_terms()


def mark_brand_changed(brand_id: int) -> None:
    """Remember that everything of a brand is behind."""
    mark_changed(Spu.objects.filter(brand_id=brand_id).values_list("pk", flat=True))
    backend().refresh_terms()


def refresh_marked() -> int:
    """Bring what is behind up to date, batch by batch; return how many SPUs that were."""
    done = 0
    for _ in range(MOST_PER_RUN):
        taken = _refresh_some()
        done += taken
        if taken < BATCH:
            break
    if done:
        forget_counts()
    return done


@transaction.atomic
def count_order(order_id: int) -> None:
    """Add what was paid for in one order to the sales of its SPUs. The bus brings each order once."""
    sold: dict[int, int] = {}
    lines = OrderLine.objects.filter(order_id=order_id).values_list("sku__spu_id", "quantity")
    for spu_id, quantity in lines:
        sold[spu_id] = sold.get(spu_id, 0) + quantity
    if sold:
        with connection.cursor() as cursor:
            spu_ids = sorted(sold)
            cursor.execute(COUNT_SALES, [spu_ids, [sold[spu_id] for spu_id in spu_ids]])


def refresh_ranking() -> int:
    """Let the order by sales follow what was sold; return how many SPUs moved."""
    return backend().refresh_sales()


def rebuild() -> Iterator[int]:
    """Write every document anew while the shop goes on, yielding how many SPUs were looked at since the last."""
    for spu_ids in every_spu():
        backend().refresh(spu_ids)
        yield len(spu_ids)
    backend().refresh_terms()
    forget_counts()


def find_drift() -> int:
    """Compare every document with its goods, mark what is behind, and return how many were."""
    drifted = 0
    for spu_ids in every_spu():
        stale = backend().list_stale(spu_ids)
        mark_changed(stale)
        drifted += len(stale)
    backend().refresh_terms()
    return drifted


def every_spu() -> Iterator[Sequence[int]]:
    """Yield the ids of all SPUs, in batches."""
    last = 0
    while spu_ids := list(
        Spu.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]
    ):
        yield spu_ids
        last = spu_ids[-1]


@transaction.atomic
def _refresh_some() -> int:
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [BATCH])
        spu_ids = sorted(row[0] for row in cursor.fetchall())
    if spu_ids:
        backend().refresh(spu_ids)
    return len(spu_ids)
