from apps.core.laws import Law

LAWS = [
    Law(
        name="whoever has addresses has one default",
        number="A5",
        sql="""
            SELECT user_id, count(*) FILTER (WHERE is_default) AS defaults
            FROM accounts_address GROUP BY user_id HAVING count(*) FILTER (WHERE is_default) <> 1
        """,
    ),
]
