"""The audit log: one verb."""

from collections.abc import Mapping
from typing import Any

from django.db import models

from apps.core import clock
from apps.core.actors import Actor
from apps.core.models import AuditEntry
from apps.core.request_context import current_ip, current_request_id


def record_audit(
    action: str,
    target: models.Model,
    *,
    actor: Actor | None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
) -> None:
    """Write who did what to which row, in the transaction that does it. Values must be plain."""
    AuditEntry.objects.create(
        actor=actor,
        action=action,
        target_type=target._meta.label_lower,
        target_id=str(target.pk),
        before=dict(before or {}),
        after=dict(after or {}),
        reason=reason[:200],
        request_id=current_request_id(),
        ip=current_ip() or None,
        at=clock.now(),
    )
