"""Laws that join money, orders and stock: only the journey sees them all."""

from datetime import timedelta

from apps.core.laws import Law

LAWS = [
    Law(
        name="what is held matches the lines and the state of their order exactly",
        number="04",
        sql="""WITH held AS (
                 SELECT reference,
                        sum(quantity - consumed_quantity - released_quantity) AS rest,
                        bool_or(status = 'HELD') AS is_held,
                        bool_or(status = 'CONFIRMED') AS is_confirmed
                 FROM inventory_reservation GROUP BY reference)
               SELECT l.number, o.status, held.rest FROM orders_orderline l
               JOIN orders_order o ON o.id = l.order_id
               LEFT JOIN held ON held.reference = l.number
               WHERE coalesce(held.rest, 0) <> CASE
                       WHEN o.status IN ('CANCELLED', 'CLOSED_REFUNDED') THEN 0
                       ELSE l.quantity - l.shipped_quantity - l.refunded_unshipped_quantity END
                  OR (o.status = 'UNPAID' AND held.is_confirmed)
                  OR (o.status NOT IN ('UNPAID', 'CANCELLED') AND held.is_held)""",
    ),
    Law(
        name="no stock is held for a line that does not exist",
        number="04",
        sql="""SELECT r.reference FROM inventory_reservation r
               WHERE r.status IN ('HELD', 'CONFIRMED')
                 AND NOT EXISTS (SELECT 1 FROM orders_orderline l WHERE l.number = r.reference)""",
    ),
    Law(
        name="a trade is paid exactly if a payment of its whole amount was applied",
        number="09",
        sql="""SELECT t.number, t.status, p.number FROM orders_trade t
               LEFT JOIN payments_payment p
                 ON p.reference = t.number AND p.disposition = 'APPLIED'
               WHERE (t.status = 'PAID' AND t.payable_amount > 0)
                     IS DISTINCT FROM (p.id IS NOT NULL)
                  OR p.amount <> t.payable_amount""",
    ),
    Law(
        name="an order's refund and the payment's refund say the same",
        number="16",
        sql="""SELECT o.id, o.status, r.status FROM orders_orderrefund o
               JOIN payments_refund r ON r.id = o.refund_id
               WHERE o.amount <> r.amount
                  OR (o.status = 'SUCCEEDED') <> (r.status = 'SUCCEEDED')
                  OR (o.status = 'ABANDONED') <> (r.status = 'ABANDONED')""",
    ),
    Law(
        name="each payment that brought money and each refund that returned it is posted once",
        number="21",
        sql="""SELECT 'PAYMENT', p.number FROM payments_payment p
               WHERE p.paid_at IS NOT NULL AND NOT EXISTS (
                 SELECT 1 FROM ledger_posting l
                 WHERE l.kind = 'PAYMENT' AND l.reference = p.number)
               UNION ALL
               SELECT 'REFUND', r.number FROM payments_refund r
               WHERE r.status = 'SUCCEEDED' AND NOT EXISTS (
                 SELECT 1 FROM ledger_posting l
                 WHERE l.kind = 'REFUND' AND l.reference = r.number)
               UNION ALL
               SELECT l.kind, l.reference FROM ledger_posting l
               WHERE l.kind = 'PAYMENT' AND NOT EXISTS (
                 SELECT 1 FROM payments_payment p
                 WHERE p.number = l.reference AND p.paid_at IS NOT NULL)
               UNION ALL
               SELECT l.kind, l.reference FROM ledger_posting l
               WHERE l.kind = 'REFUND' AND NOT EXISTS (
                 SELECT 1 FROM payments_refund r
                 WHERE r.number = l.reference AND r.status = 'SUCCEEDED')""",
    ),
    Law(
        name="what the ledger says of each channel is what the payments say",
        number="22",
        sql="""WITH ours AS (
                 SELECT 'channel:' || lower(provider) AS code,
                        sum(amount) FILTER (WHERE paid_at IS NOT NULL) - sum(refunded_amount)
                          AS total
                 FROM payments_payment GROUP BY provider),
               books AS (
                 SELECT a.code, sum(e.amount) AS total FROM ledger_entry e
                 JOIN ledger_account a ON a.id = e.account_id
                 WHERE a.code LIKE 'channel:%%' GROUP BY a.code)
               SELECT coalesce(ours.code, books.code), ours.total, books.total
               FROM ours FULL JOIN books ON books.code = ours.code
               WHERE coalesce(ours.total, 0) <> coalesce(books.total, 0)""",
    ),
    Law(
        name="late money is on its way back within five minutes",
        number="13",
        grace=timedelta(minutes=5),
        sql="""SELECT p.number FROM payments_payment p
               WHERE p.disposition = 'ORPHANED' AND p.paid_at < %(now)s - %(grace)s::interval
                 AND NOT EXISTS (SELECT 1 FROM payments_refund r
                                 WHERE r.payment_id = p.id AND r.status <> 'CREATED')""",
    ),
]
