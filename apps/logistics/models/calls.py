"""What has to be said to carriers, and what they said to us: rows, so that nothing is lost on the way."""

from datetime import timedelta
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.querysets import ShopQuerySet
from apps.core.secrets import SealedTextField
from apps.logistics.models.parcels import Parcel

MAX_ATTEMPTS = 8
FIRST_PAUSE = timedelta(seconds=5)
LEASE = timedelta(seconds=60)


class CallKind(models.TextChoices):
    REQUEST = "REQUEST", _("ask for a waybill")
    CANCEL = "CANCEL", _("cancel a waybill")
    SUBSCRIBE = "SUBSCRIBE", _("follow a waybill")


class CallStatus(models.TextChoices):
    WAITING = "WAITING", _("waiting")
    DONE = "DONE", _("done")
    REFUSED = "REFUSED", _("refused")
    STUCK = "STUCK", _("stuck")


class CarrierCallQuerySet(ShopQuerySet["CarrierCall"]):
    def due(self) -> "CarrierCallQuerySet":
        """Those whose time has come and that nobody is at, or whose caller has died."""
        at = clock.database_now()
        return self.filter(status=CallStatus.WAITING, due_at__lte=at).filter(
            Q(lease_until=None) | Q(lease_until__lt=at)
        )

    def taken(self) -> "CarrierCallQuerySet":
        """Lock those that nobody else is taking at this moment."""
        return self.order_by("pk").select_for_update(skip_locked=True, of=("self",), no_key=True)


class CarrierCall(models.Model):
    """One thing to tell a carrier. Claimed by lease, committed, called, recorded."""

    parcel = models.ForeignKey(Parcel, models.PROTECT, related_name="calls")
    kind = models.CharField(_("what"), max_length=10, choices=CallKind.choices)
    waybill = models.CharField(_("waybill"), max_length=40, blank=True)
    status = models.CharField(
        _("state"), max_length=8, choices=CallStatus.choices, default=CallStatus.WAITING
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    due_at = models.DateTimeField(_("due at"), default=clock.now)
    lease_until = models.DateTimeField(null=True, blank=True, editable=False)
    last_error = models.CharField(_("last error"), max_length=300, blank=True)
    done_at = models.DateTimeField(_("done at"), null=True, blank=True, editable=False)

    objects: ClassVar = CarrierCallQuerySet.as_manager()

    class Meta:
        verbose_name = _("call to a carrier")
        verbose_name_plural = _("calls to carriers")
        constraints = [
            models.UniqueConstraint(fields=["parcel", "kind", "waybill"], name="carrier_call_once"),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="carrier_call_due", condition=Q(status="WAITING")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.parcel_id}"

    def put_off(self, problem: str) -> None:
        """Note a failure; try again after a growing pause, or call it stuck."""
        self.attempts += 1
        self.last_error = problem.replace("\0", "")[:300]
        self.due_at = clock.now() + FIRST_PAUSE * 3 ** (self.attempts - 1)
        self.lease_until = None
        if self.attempts >= MAX_ATTEMPTS:
            self.status = CallStatus.STUCK
        self.save(update_fields=["attempts", "last_error", "due_at", "lease_until", "status"])


class CarrierPush(models.Model):
    """A signed push of kuaidi100 as it came: written first, applied then."""

    waybill = models.CharField(_("waybill"), max_length=40)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    body = SealedTextField(editable=False)
    came_at = models.DateTimeField(_("came at"), default=clock.now, editable=False)
    applied_at = models.DateTimeField(_("applied at"), null=True, blank=True, editable=False)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    problem = models.CharField(_("problem"), max_length=200, blank=True)

    objects: ClassVar = ShopQuerySet["CarrierPush"].as_manager()

    class Meta:
        verbose_name = _("tracking push")
        verbose_name_plural = _("tracking pushes")
        indexes = [
            models.Index(
                fields=["came_at"], name="push_waiting", condition=Q(applied_at=None, problem="")
            ),
        ]

    def __str__(self) -> str:
        return self.waybill
