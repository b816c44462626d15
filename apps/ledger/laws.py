"""Laws of the ledger."""

from apps.core.laws import Law

LAWS = [
    Law(
        name="every posting sums to zero",
        number="18",
        sql="""SELECT posting_id, sum(amount) FROM ledger_entry
               GROUP BY posting_id HAVING sum(amount) <> 0""",
    ),
    Law(
        name="no posting is empty",
        number="18",
        sql="""SELECT id, kind, reference FROM ledger_posting p
               WHERE NOT EXISTS (SELECT 1 FROM ledger_entry e WHERE e.posting_id = p.id)""",
    ),
    Law(
        name="the world sums to zero",
        number="22",
        sql="SELECT 'all accounts', sum(amount) FROM ledger_entry HAVING sum(amount) <> 0",
    ),
]
