"""Laws of shipments and parcels (reliability.md part 2: 5, 10, 30)."""

from collections.abc import Iterator
from datetime import timedelta

from apps.core.laws import Law
from apps.core.states import HasStatus
from apps.logistics.models import CourierRun, Parcel, Shipment


def _edges(model: type[HasStatus], first: str) -> str:
    """Return the MOVES of a model as rows of SQL, its birth included."""
    births = [("", first)]
    moves = [(before, after) for before, steps in model.MOVES.items() for after in steps]
    pairs = sorted((str(before), str(after)) for before, after in [*births, *moves])
    return ", ".join(f"('{before}', '{after}')" for before, after in pairs)


def _chain_laws(model: type[HasStatus], key: str, first: str) -> Iterator[Law]:
    """Say that each step of a history is legal, starts where the last one ended, and ends at the row's state."""
    table = model._meta.db_table
    name = str(model._meta.model_name)
    yield Law(
        name=f"a {name}'s history is legal, unbroken and ends where it stands",
        number="10",
        sql=f"""
            WITH chain AS (
                SELECT m.{key}_id AS row_id, m.from_status, m.to_status,
                    lag(m.to_status, 1, '') OVER steps AS before,
                    lead(m.id) OVER steps IS NULL AS is_last
                FROM {table}move m WINDOW steps AS (PARTITION BY m.{key}_id ORDER BY m.id))
            SELECT r.id, c.before, c.from_status, c.to_status, r.status
            FROM {table} r LEFT JOIN chain c ON c.row_id = r.id
            WHERE c.row_id IS NULL OR c.from_status <> c.before
                OR (c.is_last AND c.to_status <> r.status)
                OR (c.from_status, c.to_status) NOT IN (VALUES {_edges(model, first)})
        """,  # noqa: S608
    )


LAWS = [
    Law(
        name="what an order line says is shipped is what its shipments hold",
        number="05",
        sql="""
            SELECT l.number, l.shipped_quantity, coalesce(sum(s.quantity), 0)
            FROM orders_orderline l
            LEFT JOIN (
                SELECT sl.order_line_id, sl.quantity FROM logistics_shipmentline sl
                JOIN logistics_shipment s ON s.id = sl.shipment_id AND s.status = 'SHIPPED'
            ) s ON s.order_line_id = l.id
            WHERE l.shipped_quantity <> 0 OR s.quantity IS NOT NULL
            GROUP BY l.id HAVING l.shipped_quantity <> coalesce(sum(s.quantity), 0)
        """,
    ),
    Law(
        name="lines are shipped with their own order",
        number="05",
        sql="""
            SELECT s.number, l.number FROM logistics_shipmentline sl
            JOIN logistics_shipment s ON s.id = sl.shipment_id
            JOIN orders_orderline l ON l.id = sl.order_line_id
            WHERE l.order_id <> s.order_id
        """,
    ),
    Law(
        name="what was shipped has a parcel and lines, what was not has no lines",
        number="05",
        sql="""
            SELECT s.number, s.status FROM logistics_shipment s
            WHERE (s.status = 'SHIPPED') AND NOT EXISTS (
                    SELECT 1 FROM logistics_parcel p
                    WHERE p.shipment_id = s.id AND p.status <> 'VOIDED')
                OR (s.status IN ('SHIPPED', 'VOIDED')) <> EXISTS (
                    SELECT 1 FROM logistics_shipmentline l WHERE l.shipment_id = s.id)
        """,
    ),
    *_chain_laws(Shipment, "shipment", "DRAFT"),
    *_chain_laws(Parcel, "parcel", "CREATED"),
    *_chain_laws(CourierRun, "run", "ASSIGNED"),
    Law(
        name="what waits to be shipped stands on the list",
        number="30",
        grace=timedelta(minutes=10),
        sql="""
            SELECT o.number FROM orders_order o
            WHERE o.status IN ('PAID', 'PARTIALLY_SHIPPED')
                AND %(now)s - %(grace)s::interval > (
                    SELECT max(m.at) FROM orders_ordermove m WHERE m.order_id = o.id)
                AND EXISTS (
                    SELECT 1 FROM orders_orderline l WHERE l.order_id = o.id AND
                    l.quantity > l.shipped_quantity + l.refunded_unshipped_quantity)
                AND NOT EXISTS (
                    SELECT 1 FROM logistics_shipment s
                    WHERE s.order_id = o.id AND s.status = 'DRAFT')
        """,
    ),
    Law(
        name="what has to be told to carriers is told, what they say is applied",
        number="30",
        grace=timedelta(minutes=10),
        sql="""
            SELECT 'call', c.id FROM logistics_carriercall c
            WHERE c.status = 'WAITING' AND c.attempts = 0
                AND c.due_at < %(now)s - %(grace)s::interval
            UNION ALL
            SELECT 'push', p.id FROM logistics_carrierpush p
            WHERE p.applied_at IS NULL AND p.problem = ''
                AND p.came_at < %(now)s - %(grace)s::interval
        """,
    ),
]
