from datetime import timedelta

from apps.core.laws import Law

BUCKETS = ("on_hand", "reserved", "damaged", "quality_check", "safety", "incoming")
BALANCES = " UNION ALL ".join(
    f"SELECT id, '{bucket}' AS bucket, {bucket} AS balance FROM inventory_stockitem"  # noqa: S608
    for bucket in BUCKETS
)

LAWS = [
    Law(
        name="stock is within its bounds",
        number="01",
        sql="""
            SELECT id, on_hand, reserved, damaged, quality_check, safety, incoming
            FROM inventory_stockitem
            WHERE least(on_hand, reserved, damaged, quality_check, safety, incoming, available) < 0
        """,
    ),
    Law(
        name="what is reserved is the sum of what is held",
        number="02",
        sql="""
            SELECT s.id, s.reserved, coalesce(h.held, 0)
            FROM inventory_stockitem s
            LEFT JOIN (
                SELECT stock_item_id, sum(quantity - consumed_quantity - released_quantity) AS held
                FROM inventory_reservation WHERE status IN ('HELD', 'CONFIRMED')
                GROUP BY stock_item_id
            ) h ON h.stock_item_id = s.id
            WHERE s.reserved <> coalesce(h.held, 0)
        """,
    ),
    Law(
        name="stock is the sum of its journal",
        number="03",
        sql=f"""
            SELECT b.id, b.bucket, b.balance, coalesce(j.total, 0), j.last
            FROM ({BALANCES}) b
            LEFT JOIN (
                SELECT stock_item_id, bucket, sum(delta) AS total,
                    (array_agg(balance_after ORDER BY id DESC))[1] AS last
                FROM inventory_stockmovement GROUP BY stock_item_id, bucket
            ) j ON j.stock_item_id = b.id AND j.bucket = b.bucket
            WHERE b.balance <> coalesce(j.total, 0) OR b.balance <> coalesce(j.last, 0)
        """,  # noqa: S608
    ),
    Law(
        name="what reservations say of shipping and giving back is in the journal",
        number="04",
        sql="""
            SELECT r.id, r.reference, r.quantity, r.consumed_quantity, r.released_quantity,
                m.reserved, m.consumed, m.released
            FROM inventory_reservation r
            LEFT JOIN (
                SELECT stock_item_id, split_part(reference, '@', 1) AS reference,
                    coalesce(sum(delta) FILTER (WHERE reason = 'RESERVED'), 0) AS reserved,
                    -coalesce(sum(delta) FILTER (WHERE reason IN ('CONSUMED', 'UNSHIPPED')), 0)
                        AS consumed,
                    -coalesce(sum(delta) FILTER (WHERE reason = 'RELEASED'), 0) AS released
                FROM inventory_stockmovement
                WHERE bucket = 'reserved' AND reason <> 'RECONCILED'
                GROUP BY 1, 2
            ) m ON m.stock_item_id = r.stock_item_id AND m.reference = r.reference
            WHERE (r.quantity, r.consumed_quantity, r.released_quantity)
                IS DISTINCT FROM (m.reserved, m.consumed, m.released)
        """,
    ),
    Law(
        name="no hold is overdue",
        number="05",
        grace=timedelta(minutes=5),
        sql="""
            SELECT id, reference, expires_at FROM inventory_reservation
            WHERE status = 'HELD' AND expires_at < %(now)s - %(grace)s::interval
        """,
    ),
]
