from datetime import timedelta

from apps.core.laws import Law

LAWS = [
    Law(
        name="messages on their way are sent or put off",
        number="30",
        sql="""
            SELECT id, channel, status, due_at FROM messaging_outgoingmessage
            WHERE (status = 'QUEUED' AND due_at < %(now)s - %(grace)s::interval)
               OR (status = 'SENDING' AND lease_until < %(now)s - %(grace)s::interval)
        """,
        grace=timedelta(minutes=10),
    ),
]
