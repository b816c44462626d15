"""Messages that leave the house: one row each, sent by whoever holds its lease."""

import json
from datetime import timedelta
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.core import clock
from apps.core.querysets import ShopQuerySet
from apps.core.secrets import SealedTextField, mask_email, mask_phone

LEASE = timedelta(seconds=60)
FIRST_PAUSE = timedelta(seconds=5)  # then 15, 45, … seconds; about an hour and a half until stuck
MAX_ATTEMPTS = 8


class Channel(models.TextChoices):
    SMS = "SMS", _("SMS")
    EMAIL = "EMAIL", _("e-mail")


class MessageStatus(models.TextChoices):
    QUEUED = "QUEUED", _("queued")
    SENDING = "SENDING", _("being sent")
    SENT = "SENT", _("sent")
    FAILED = "FAILED", _("stuck")


class OutgoingMessageQuerySet(ShopQuerySet["OutgoingMessage"]):
    def due(self) -> Self:
        """Those whose time has come, and those whose sender has vanished."""
        at = clock.database_now()
        return self.filter(
            Q(status=MessageStatus.QUEUED, due_at__lte=at)
            | Q(status=MessageStatus.SENDING, lease_until__lte=at)
        )

    def stuck(self) -> Self:
        return self.filter(status=MessageStatus.FAILED)


class OutgoingMessage(models.Model):
    """One SMS or one e-mail. What it says and to whom stands sealed."""

    channel = models.CharField(_("channel"), max_length=8, choices=Channel.choices)
    target = SealedTextField(pgettext_lazy("message", "to"))
    target_hash = models.CharField(max_length=64, db_index=True)
    template_code = models.CharField(_("template"), max_length=40, blank=True)
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    body = SealedTextField(_("text"), blank=True, default="")
    sealed_params = SealedTextField(blank=True, default="")
    language = models.CharField(max_length=10, blank=True)
    dedupe_key = models.CharField(max_length=120, unique=True)
    status = models.CharField(
        _("state"), max_length=8, choices=MessageStatus.choices, default=MessageStatus.QUEUED
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    last_error = models.CharField(_("last problem"), max_length=500, blank=True)
    provider_id = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField(_("written at"), default=clock.now)
    due_at = models.DateTimeField(default=clock.now)
    useless_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)

    objects: ClassVar = OutgoingMessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("outgoing message")
        verbose_name_plural = _("outgoing messages")
        indexes = [
            models.Index(
                fields=["due_at"], name="message_due", condition=Q(status__in=["QUEUED", "SENDING"])
            ),
            models.Index(fields=["created_at"], name="message_age"),
        ]
        permissions = [("resend_outgoingmessage", _("Can send a stuck message again"))]

    def __str__(self) -> str:
        return f"{self.get_channel_display()} {self.masked_target}"

    @property
    def masked_target(self) -> str:
        return mask_email(self.target) if self.channel == Channel.EMAIL else mask_phone(self.target)

    @property
    def params(self) -> dict[str, str]:
        found: dict[str, str] = json.loads(self.sealed_params) if self.sealed_params else {}
        return found

    def take_lease(self) -> None:
        """Note that this process sends it now; called under the row's lock."""
        self.status, self.lease_until = MessageStatus.SENDING, clock.now() + LEASE
        self.attempts += 1
        self.save(update_fields=["status", "lease_until", "attempts"])

    def note_sent(self, provider_id: str) -> None:
        self._end_lease(
            status=MessageStatus.SENT,
            sent_at=clock.now(),
            provider_id=provider_id[:80],
            last_error="",
        )

    def note_failure(self, problem: str, *, is_final: bool) -> None:
        """Put it off for a growing pause, or call it stuck."""
        is_stuck = is_final or self.attempts >= MAX_ATTEMPTS
        self._end_lease(
            status=MessageStatus.FAILED if is_stuck else MessageStatus.QUEUED,
            due_at=clock.now() + FIRST_PAUSE * 3 ** (self.attempts - 1),
            last_error=problem.replace("\0", "")[:500],
        )

    def _end_lease(self, **changes: Any) -> None:
        """Record the result, unless the lease ran out and somebody else has taken the message over."""
        type(self)._base_manager.filter(
            pk=self.pk, status=MessageStatus.SENDING, lease_until=self.lease_until
        ).update(lease_until=None, **changes)
