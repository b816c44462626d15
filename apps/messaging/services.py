"""Write a message down; send what is due."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from celery import current_app
from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.actors import Actor
from apps.core.audit import record_audit
from apps.core.crashpoints import crashpoint
from apps.core.errors import Refusal
from apps.core.secrets import keyed_hash
from apps.messaging.models import Channel, MessageStatus, OutgoingMessage
from apps.messaging.senders import SENDERS, NotSent


class NotStuck(Refusal):
    code = "MESSAGE_NOT_STUCK"
    http_status = 409
    text = _("Only a message that is stuck can be sent again.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a message says: a provider's template with its parameters, or subject and body."""

    template_code: str = ""
    params: Mapping[str, str] | None = None
    subject: str = ""
    body: str = ""


def queue_sms(
    *,
    to: str,
    template_code: str,
    params: Mapping[str, str],
    dedupe_key: str,
    useless_at: datetime | None = None,
) -> OutgoingMessage:
    """Write down an SMS in the caller's transaction; the same dedupe key again changes nothing."""
    words = Words(template_code=template_code, params=params)
    return _queue(Channel.SMS, to, words, dedupe_key, useless_at)


def queue_email(
    *, to: str, subject: str, body: str, dedupe_key: str, useless_at: datetime | None = None
) -> OutgoingMessage:
    """Write down an e-mail in the caller's transaction; the same dedupe key again changes nothing."""
    words = Words(subject=" ".join(subject.split())[:200], body=body)
    return _queue(Channel.EMAIL, to, words, dedupe_key, useless_at)


def send_message(message_id: int) -> bool:
    """
    Send one message if it is due: claim it by a lease, commit, call, record. Return whether there was work.

    :raises RuntimeError: inside a transaction
    """
    if connection.in_atomic_block and not settings.OUTGOING_ALLOWED_IN_ATOMIC:
        raise RuntimeError("no network inside a transaction")
    message = _claim(message_id)
    if message is None:
        return False
    crashpoint("message.claimed")
    if message.useless_at and clock.now() >= message.useless_at:
        message.note_failure("too late to be of use", is_final=True)
        return True
    try:
        provider_id = SENDERS[message.channel].send(message)
    except NotSent as problem:
        message.note_failure(str(problem), is_final=problem.is_final)
    else:
        crashpoint("message.sent_unmarked")
        message.note_sent(provider_id)
    return True


@transaction.atomic
def resend_message(*, message_id: int, actor: Actor) -> None:
    """
    Give a stuck message its eight attempts again.

    :raises NotStuck: if it is not stuck
    """
    message = OutgoingMessage.objects.locked().get(pk=message_id)
    if message.status != MessageStatus.FAILED:
        raise NotStuck
    message.status, message.attempts, message.due_at = MessageStatus.QUEUED, 0, clock.now()
    message.useless_at = None
    message.save(update_fields=["status", "attempts", "due_at", "useless_at"])
    record_audit("messaging.resend_message", message, actor=actor)
    _hint_after_commit(message.pk)


def _queue(
    channel: str, to: str, words: Words, dedupe_key: str, useless_at: datetime | None
) -> OutgoingMessage:
    message, is_new = OutgoingMessage.objects.get_or_create(
        dedupe_key=dedupe_key,
        defaults={
            "channel": channel,
            "target": to,
            "target_hash": keyed_hash(to, channel.lower()),
            "template_code": words.template_code,
            "sealed_params": json.dumps(dict(words.params or {}), ensure_ascii=False),
            "subject": words.subject,
            "body": words.body,
            "language": get_language() or settings.LANGUAGE_CODE,
            "useless_at": useless_at,
        },
    )
    if is_new:
        _hint_after_commit(message.pk)
    return message


def _hint_after_commit(message_id: int) -> None:
    transaction.on_commit(lambda: _hint(message_id), robust=True)


def _hint(message_id: int) -> None:
    """Tell the workers at once; if the broker is away, the sweep will find the row."""
    current_app.send_task("apps.messaging.tasks.send_one", (message_id,), retry=False)


@transaction.atomic
def _claim(message_id: int) -> OutgoingMessage | None:
    message: OutgoingMessage | None = (
        OutgoingMessage.objects.due()
        .filter(pk=message_id)
        .select_for_update(skip_locked=True, of=("self",), no_key=True)
        .first()
    )
    if message is not None:
        message.take_lease()
    return message
