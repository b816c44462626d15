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
    Law(
        name="no token outlives the password it was given for",
        number="A3",
        sql="""
            SELECT family.id FROM accounts_tokenfamily family
            JOIN accounts_user person ON person.id = family.user_id
            WHERE family.revoked_at IS NULL AND family.token_version <> person.token_version
        """,
    ),
]
