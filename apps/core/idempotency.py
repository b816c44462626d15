"""At every door a key: the same key again gives the stored answer, and nothing happens twice."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.errors import Refusal
from apps.core.models import IdempotencyKey

KEY_LENGTHS = (8, 80)


class KeyReused(Refusal):
    """The key stands for another request. Nothing was done."""

    code = "IDEMPOTENCY_KEY_REUSED"
    http_status = 422
    text = _("This Idempotency-Key was used for another request.")


class StillRunning(Refusal):
    """The first request with this key has not ended yet."""

    code = "IN_PROGRESS"
    http_status = 409
    text = _("The same request is being worked on. Ask again in a moment.")


class BadIdempotencyKey(Refusal):
    code = "IDEMPOTENCY_KEY_INVALID"
    http_status = 400
    text = _("An Idempotency-Key has 8 to 80 visible ASCII characters.")


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """What a door answers: now, or what it has answered to the same key before."""

    status: int
    body: Any
    is_replay: bool = False


def fingerprint(*parts: bytes) -> str:
    """Return what tells one request from another under the same key."""
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def answer_once(
    *, owner: str, endpoint: str, key: str, of: str, work: Callable[[], StoredAnswer]
) -> StoredAnswer:
    """
    Run ``work`` once per (owner, endpoint, key); the key's row commits or falls with it.

    :raises BadIdempotencyKey, KeyReused, StillRunning: and nothing was done
    """
    if not (
        KEY_LENGTHS[0] <= len(key) <= KEY_LENGTHS[1]
        and key.isascii()
        and key.isprintable()
        and " " not in key
    ):
        raise BadIdempotencyKey
    with transaction.atomic():
        if not _try_lock(owner, endpoint, key):
            raise StillRunning
        row, is_new = IdempotencyKey.objects.get_or_create(
            owner=owner,
            endpoint=endpoint,
            key=key,
            defaults={"fingerprint": of, "created_at": clock.now()},
        )
        if not is_new:
            return _replay(row, of)
        answer = work()
        row.status, row.body = answer.status, answer.body
        row.save(update_fields=["status", "body"])
        return answer


def _try_lock(owner: str, endpoint: str, key: str) -> bool:
    """Take the transaction's advisory lock on the key, so that a second call is told instead of waiting."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 11))",
            [f"{owner}|{endpoint}|{key}"],
        )
        return bool(cursor.fetchone()[0])


def _replay(row: IdempotencyKey, of: str) -> StoredAnswer:
    if row.fingerprint != of:
        raise KeyReused
    if row.status is None:
        raise StillRunning
    return StoredAnswer(row.status, row.body, is_replay=True)
