"""Where the counts, what is held and the journal disagree, by reference, and what would mend it."""

from dataclasses import dataclass

from django.db import connection

from apps.inventory.models import Reservation

SQL = """
SELECT 'RESERVED', s.id, '', s.reserved, coalesce(h.held, 0)
FROM inventory_stockitem s LEFT JOIN (
    SELECT stock_item_id, sum(quantity - consumed_quantity - released_quantity)::int AS held
    FROM inventory_reservation WHERE status IN ('HELD', 'CONFIRMED') GROUP BY stock_item_id
) h ON h.stock_item_id = s.id
WHERE s.reserved <> coalesce(h.held, 0)
UNION ALL
SELECT 'REFERENCE', r.stock_item_id, r.reference, r.quantity - r.consumed_quantity - r.released_quantity,
    coalesce(j.total, 0)
FROM inventory_reservation r LEFT JOIN (
    SELECT stock_item_id, split_part(reference, '@', 1) AS reference, sum(delta)::int AS total
    FROM inventory_stockmovement WHERE bucket = 'reserved' AND reason <> 'RECONCILED' GROUP BY 1, 2
) j ON j.stock_item_id = r.stock_item_id AND j.reference = r.reference
WHERE r.quantity - r.consumed_quantity - r.released_quantity <> coalesce(j.total, 0)
UNION ALL
SELECT 'JOURNAL', b.id, b.bucket, b.balance, coalesce(j.total, 0) FROM (
    SELECT s.id, v.bucket, v.balance FROM inventory_stockitem s, LATERAL (VALUES
        ('on_hand', s.on_hand), ('reserved', s.reserved), ('damaged', s.damaged),
        ('quality_check', s.quality_check), ('safety', s.safety), ('incoming', s.incoming)
    ) v(bucket, balance)
) b LEFT JOIN (
    SELECT stock_item_id, bucket, sum(delta)::int AS total FROM inventory_stockmovement GROUP BY 1, 2
) j ON j.stock_item_id = b.id AND j.bucket = b.bucket
WHERE b.balance <> coalesce(j.total, 0)
ORDER BY 1, 2, 3
"""


@dataclass(frozen=True, slots=True)
class Drift:
    """
    One disagreement: OVERDUE holds, RESERVED units against what is held, a REFERENCE's rest against its
    journal, a bucket against its JOURNAL. ``is`` and ``should_be`` are the two figures.
    """

    kind: str
    stock_item_id: int
    reference: str
    found: int
    expected: int


def list_drift() -> list[Drift]:
    """Return every disagreement there is; an empty list is the normal state."""
    with connection.cursor() as cursor:
        cursor.execute(SQL)
        found = [Drift(*row) for row in cursor.fetchall()]
    overdue = Reservation.objects.overdue().order_by("pk")
    return found + [
        Drift("OVERDUE", row.stock_item_id, row.reference, row.open_quantity, 0) for row in overdue
    ]
