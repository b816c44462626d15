"""Rows that would fit any shop or none."""

from datetime import timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.querysets import ShopQuerySet


class DeliveryStatus(models.TextChoices):
    WAITING = "WAITING", _("waiting")
    DONE = "DONE", _("done")
    STUCK = "STUCK", _("stuck")


class DeliveryQuerySet(ShopQuerySet["Delivery"]):
    def claim(self, delivery_id: int) -> "Delivery | None":
        """Lock one waiting delivery, unless somebody else is at it."""
        return (
            self.filter(pk=delivery_id, status=DeliveryStatus.WAITING)
            .select_for_update(skip_locked=True, of=("self",), no_key=True)
            .first()
        )

    def due(self) -> "DeliveryQuerySet":
        """Those that wait and whose time has come: claimed by state, never by an id that only grows."""
        return self.filter(status=DeliveryStatus.WAITING, due_at__lte=clock.database_now())

    def about(self, *subjects: str) -> "DeliveryQuerySet":
        return self.filter(subject__in=subjects).order_by("created_at", "pk")


class Delivery(models.Model):
    """One fact on its way to one handler; with no handler, the fact on record."""

    event = models.CharField(max_length=80)
    subject = models.CharField(max_length=80)
    payload = models.JSONField()
    handler = models.CharField(max_length=160, blank=True)
    status = models.CharField(
        max_length=8, choices=DeliveryStatus.choices, default=DeliveryStatus.WAITING
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.TextField(blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        indexes = [
            models.Index(
                fields=["due_at"], name="delivery_due", condition=models.Q(status="WAITING")
            ),
            models.Index(fields=["subject"], name="delivery_subject"),
            models.Index(
                fields=["done_at"], name="delivery_done", condition=models.Q(status="DONE")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event}({self.subject}) → {self.handler.rpartition('.')[2] or '–'}"

    def tick(self) -> None:
        """Note that the handler has done its work, in the handler's own transaction."""
        Delivery.objects.filter(pk=self.pk, status=DeliveryStatus.WAITING).guarded_update(
            status=DeliveryStatus.DONE, done_at=clock.now(), attempts=self.attempts + 1
        )

    def put_off(self, problem: str, *, first: timedelta, most: int) -> None:
        """Note a failure; try again after a growing pause, or call it stuck."""
        self.attempts += 1
        self.last_error = problem.replace("\0", "�")[:2000]
        self.due_at = clock.now() + first * 3 ** (self.attempts - 1)
        if self.attempts >= most:
            self.status = DeliveryStatus.STUCK
        self.save(update_fields=["attempts", "last_error", "due_at", "status"])


class IdempotencyKey(models.Model):
    """One unsafe call and what was answered, so that the second knock changes nothing."""

    owner = models.CharField(max_length=80)
    endpoint = models.CharField(max_length=120)
    key = models.CharField(max_length=80)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.JSONField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "endpoint", "key"], name="idempotency_key_once"
            ),
        ]
        indexes = [models.Index(fields=["created_at"], name="idempotency_key_age")]

    def __str__(self) -> str:
        return f"{self.endpoint} {self.key}"


class AuditEntry(models.Model):
    """Who did what to which row, and why. Append-only."""

    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    action = models.CharField(max_length=80)
    target_type = models.CharField(max_length=80)
    target_id = models.CharField(max_length=80)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    reason = models.CharField(max_length=200, blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    ip = models.GenericIPAddressField(null=True, blank=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        indexes = [
            models.Index(fields=["target_type", "target_id"], name="audit_target"),
            models.Index(fields=["at"], name="audit_at"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.target_type} {self.target_id}"


class JobResult(models.TextChoices):
    NEVER = "NEVER", _("never ran")
    RUNNING = "RUNNING", _("running")
    DONE = "DONE", _("done")
    FAILED = "FAILED", _("failed")


class ScheduledJob(models.Model):
    """When a job of the code runs next and how it went. The rows are written from the code's own list."""

    name = models.CharField(max_length=120, unique=True)
    every = models.DurationField()
    next_run_at = models.DateTimeField()
    last_run_at = models.DateTimeField(null=True, blank=True)
    last_duration = models.DurationField(null=True, blank=True)
    last_result = models.CharField(max_length=8, choices=JobResult.choices, default=JobResult.NEVER)
    last_note = models.CharField(max_length=500, blank=True)
    is_paused = models.BooleanField(default=False)

    objects: ClassVar = ShopQuerySet.as_manager()

    class Meta:
        verbose_name = _("scheduled job")
        verbose_name_plural = _("scheduled jobs")
        indexes = [models.Index(fields=["next_run_at"], name="job_next_run")]

    def __str__(self) -> str:
        return self.name
