"""What the workers do for messages: send them, and forget old ones."""

from datetime import timedelta

from celery import shared_task

from apps.core import clock, jobs
from apps.messaging.models import MessageStatus, OutgoingMessage
from apps.messaging.services import send_message

SWEEP_BATCH = 200
KEEP_MESSAGES = timedelta(days=90)


@shared_task(ignore_result=True)
def send_one(message_id: int) -> None:
    send_message(message_id)


@jobs.job(every=timedelta(seconds=2))
def send_due_messages() -> str:
    """Send what no hint has brought, and what a dead sender has left behind."""
    due = OutgoingMessage.objects.due().order_by("due_at").values_list("pk", flat=True)
    sent = sum(send_message(message_id) for message_id in list(due[:SWEEP_BATCH]))
    return f"{sent} handled" if sent else ""


@jobs.job(every=timedelta(hours=6))
def prune_messages() -> str:
    """Forget messages that were sent long ago; what they said is personal."""
    count, _ = OutgoingMessage.objects.filter(
        status=MessageStatus.SENT, sent_at__lt=clock.now() - KEEP_MESSAGES
    ).delete()
    return f"{count} messages" if count else ""
