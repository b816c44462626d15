"""Laws of trades and orders (reliability.md part 2, 7-10, 16)."""

from datetime import timedelta

from apps.core.laws import Law

LAWS = [
    Law(
        name="a trade's amounts are the sums of its orders'",
        number="07",
        sql="""SELECT t.number FROM orders_trade t JOIN orders_order o ON o.trade_id = t.id
               GROUP BY t.id HAVING t.goods_amount <> sum(o.goods_amount)
                  OR t.discount_amount <> sum(o.discount_amount)
                  OR t.freight_amount <> sum(o.freight_amount)
                  OR t.payable_amount <> sum(o.payable_amount)""",
    ),
    Law(
        name="an order's amounts are the sums of its lines'",
        number="07",
        sql="""SELECT o.number FROM orders_order o JOIN orders_orderline l ON l.order_id = o.id
               GROUP BY o.id HAVING o.goods_amount <> sum(l.goods_amount)
                  OR o.discount_amount <> sum(l.discount_amount)
                  OR o.freight_amount <> sum(l.freight_amount)
                  OR o.tax_amount <> sum(l.tax_amount)
                  OR o.payable_amount <> sum(l.payable_amount + l.freight_amount)""",
    ),
    Law(
        name="no order is without lines, no trade without orders",
        number="07",
        sql="""SELECT o.number FROM orders_order o
               WHERE NOT EXISTS (SELECT 1 FROM orders_orderline l WHERE l.order_id = o.id)
               UNION ALL
               SELECT t.number FROM orders_trade t
               WHERE NOT EXISTS (SELECT 1 FROM orders_order o WHERE o.trade_id = t.id)""",
    ),
    Law(
        name="a line's reductions are the sum of its adjustments",
        number="08",
        sql="""SELECT l.number, l.discount_amount, coalesce(sum(a.amount), 0)
               FROM orders_orderline l LEFT JOIN orders_adjustment a ON a.line_id = l.id
               WHERE l.discount_amount <> 0 OR a.id IS NOT NULL
               GROUP BY l.id HAVING l.discount_amount <> coalesce(sum(a.amount), 0)""",
    ),
    Law(
        name="the orders of a trade are paid and cancelled with it",
        number="09",
        sql="""SELECT o.number, t.status, o.status FROM orders_order o
               JOIN orders_trade t ON t.id = o.trade_id
               WHERE (t.status = 'UNPAID') <> (o.status = 'UNPAID')
                  OR (t.status = 'CANCELLED') <> (o.status = 'CANCELLED')""",
    ),
    Law(
        name="an order's history is unbroken and ends where the order stands",
        number="10",
        sql="""WITH chain AS (
                 SELECT m.order_id, m.from_status, m.to_status, m.id,
                        lag(m.to_status, 1, '') OVER steps AS before,
                        lead(m.id) OVER steps IS NULL AS is_last
                 FROM orders_ordermove m WINDOW steps AS (PARTITION BY m.order_id ORDER BY m.id))
               SELECT o.number, c.before, c.from_status, c.to_status, o.status
               FROM orders_order o LEFT JOIN chain c ON c.order_id = o.id
               WHERE c.id IS NULL OR c.before <> c.from_status
                  OR (c.is_last AND c.to_status <> o.status)""",
    ),
    Law(
        name="a trade's history is unbroken and ends where the trade stands",
        number="10",
        sql="""WITH chain AS (
                 SELECT m.trade_id, m.from_status, m.to_status, m.id,
                        lag(m.to_status, 1, '') OVER steps AS before,
                        lead(m.id) OVER steps IS NULL AS is_last
                 FROM orders_trademove m WINDOW steps AS (PARTITION BY m.trade_id ORDER BY m.id))
               SELECT t.number, c.before, c.from_status, c.to_status, t.status
               FROM orders_trade t LEFT JOIN chain c ON c.trade_id = t.id
               WHERE c.id IS NULL OR c.before <> c.from_status
                  OR (c.is_last AND c.to_status <> t.status)""",
    ),
    Law(
        name="what an order has asked back and paid back are sums of its refunds",
        number="16",
        sql="""SELECT o.number FROM orders_order o LEFT JOIN orders_orderrefund r
                 ON r.order_id = o.id AND r.status <> 'ABANDONED'
               WHERE o.refunding_amount > 0 OR r.id IS NOT NULL
               GROUP BY o.id HAVING o.refunding_amount <> coalesce(sum(r.amount), 0)
                  OR o.refunded_amount
                     <> coalesce(sum(r.amount) FILTER (WHERE r.status = 'SUCCEEDED'), 0)""",
    ),
    Law(
        name="what a line has paid back is the sum of its parts of refunds",
        number="16",
        sql="""SELECT l.number FROM orders_orderline l
               LEFT JOIN (SELECT p.line_id, sum(p.quantity) AS quantity, sum(p.amount) AS amount,
                                 sum(p.freight_amount) AS freight
                          FROM orders_orderrefundline p
                          JOIN orders_orderrefund r ON r.id = p.order_refund_id
                          WHERE r.status = 'SUCCEEDED' GROUP BY p.line_id) s ON s.line_id = l.id
               WHERE l.refunded_quantity <> coalesce(s.quantity, 0)
                  OR l.refunded_amount <> coalesce(s.amount, 0)
                  OR l.refunded_freight_amount <> coalesce(s.freight, 0)""",
    ),
    Law(
        name="a refund's amount is the sum of its parts",
        number="16",
        sql="""SELECT r.id, r.amount FROM orders_orderrefund r
               LEFT JOIN orders_orderrefundline p ON p.order_refund_id = r.id
               GROUP BY r.id HAVING r.amount <> coalesce(sum(p.amount + p.freight_amount), 0)""",
    ),
    Law(
        name="no trade waits for money past its deadline",
        number="05",
        grace=timedelta(minutes=2),
        sql="""SELECT number, expires_at FROM orders_trade
               WHERE status = 'UNPAID' AND expires_at < %(now)s - %(grace)s::interval""",
    ),
]
