"""Laws of payments (reliability.md part 2, 11-17)."""

from datetime import timedelta

from apps.core.laws import Law

LAWS = [
    Law(
        name="a reference has at most one applied payment",
        number="11",
        sql="""SELECT reference, count(*) FROM payments_payment WHERE disposition = 'APPLIED'
               GROUP BY reference HAVING count(*) > 1""",
    ),
    Law(
        name="money that was received has the channel's number and a time",
        number="12",
        sql="""SELECT number FROM payments_payment
               WHERE status IN ('SUCCEEDED', 'PARTIALLY_REFUNDED', 'REFUNDED')
                 AND (channel_transaction_no = '' OR paid_at IS NULL OR disposition = 'NONE')""",
    ),
    Law(
        name="money that nothing waited for is on its way back, whole",
        number="13",
        sql="""SELECT p.number FROM payments_payment p
               WHERE p.disposition = 'ORPHANED' AND p.refunding_amount <> p.amount""",
    ),
    Law(
        name="what is asked back and what is returned are sums of refunds",
        number="15",
        sql="""SELECT p.number, p.refunding_amount, p.refunded_amount, coalesce(sum(r.amount), 0)
               FROM payments_payment p LEFT JOIN payments_refund r
                 ON r.payment_id = p.id AND r.status <> 'ABANDONED'
               WHERE p.refunding_amount > 0 OR r.id IS NOT NULL
               GROUP BY p.id HAVING p.refunding_amount <> coalesce(sum(r.amount), 0)
                  OR p.refunded_amount
                     <> coalesce(sum(r.amount) FILTER (WHERE r.status = 'SUCCEEDED'), 0)""",
    ),
    Law(
        name="no refund is stuck without a person knowing",
        number="17",
        grace=timedelta(minutes=10),
        sql="""SELECT number, status, due_at FROM payments_refund
               WHERE status IN ('CREATED', 'SUBMITTED', 'PROCESSING', 'FAILED')
                 AND due_at < %(now)s - %(grace)s::interval""",
    ),
    Law(
        name="the inbox drains of what is known",
        number="30",
        grace=timedelta(minutes=10),
        sql="""SELECT n.id FROM payments_gatewaynotice n
               WHERE n.applied_at IS NULL AND n.received_at < %(now)s - %(grace)s::interval
                 AND EXISTS (SELECT 1 FROM payments_payment p WHERE p.out_trade_no = n.out_trade_no)""",
    ),
    Law(
        name="a payment that does not match is looked at within a day",
        number="13",
        grace=timedelta(days=1),
        sql="""SELECT p.number, p.problem FROM payments_payment p
               WHERE p.status = 'MISMATCH'
                 AND (SELECT max(m.at) FROM payments_paymentmove m WHERE m.payment_id = p.id)
                     < %(now)s - %(grace)s::interval""",
    ),
    Law(
        name="every success was told by the channel, in a notice or in an answer",
        number="12",
        sql="""SELECT p.number FROM payments_payment p
               WHERE p.paid_at IS NOT NULL
                 AND NOT EXISTS (SELECT 1 FROM payments_gatewaynotice n
                                 WHERE n.out_trade_no = p.out_trade_no AND n.kind = 'PAYMENT')
                 AND NOT EXISTS (SELECT 1 FROM payments_channelcall c
                                 WHERE c.reference = p.out_trade_no AND c.operation = 'query'
                                   AND c.status = 200)""",
    ),
]
