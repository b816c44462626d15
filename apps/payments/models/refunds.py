"""Money going back. The number is fixed before the channel hears of it, and never changes."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.querysets import ShopQuerySet
from apps.core.states import HasStatus, StatusMove
from apps.payments.models.channels import Provider
from apps.payments.models.payments import Payment


class RefundStatus(models.TextChoices):
    CREATED = "CREATED", _("to be sent")
    SUBMITTED = "SUBMITTED", _("sent")
    PROCESSING = "PROCESSING", _("accepted by the channel")
    SUCCEEDED = "SUCCEEDED", _("returned")
    FAILED = "FAILED", _("failed, to be sent again")
    MANUAL = "MANUAL", _("needs a person")
    ABANDONED = "ABANDONED", _("given up")


class RefundReason(models.TextChoices):
    CANCELLED = "CANCELLED", _("order cancelled")
    AGREED = "AGREED", _("agreed with the shopper")
    LATE_PAYMENT = "LATE_PAYMENT", _("money came too late or twice")


_S = RefundStatus
UNDER_WAY = (_S.CREATED, _S.SUBMITTED, _S.PROCESSING, _S.FAILED)


class RefundQuerySet(ShopQuerySet["Refund"]):
    def due(self) -> "RefundQuerySet":
        """Those that are to be sent, or asked about."""
        return self.filter(status__in=UNDER_WAY, due_at__lte=clock.database_now())


class Refund(HasStatus):
    """One return of money of one payment."""

    MOVES: ClassVar[dict[str, set[Any]]] = {
        _S.CREATED: {_S.SUBMITTED, _S.SUCCEEDED, _S.MANUAL},
        _S.SUBMITTED: {_S.PROCESSING, _S.SUCCEEDED, _S.FAILED, _S.MANUAL},
        _S.PROCESSING: {_S.SUCCEEDED, _S.FAILED, _S.MANUAL},
        _S.FAILED: {_S.SUBMITTED, _S.SUCCEEDED, _S.MANUAL},
        _S.MANUAL: {_S.SUBMITTED, _S.SUCCEEDED, _S.ABANDONED},
    }

    number = models.CharField(_("number"), max_length=20, unique=True)
    payment = models.ForeignKey(Payment, models.PROTECT, related_name="refunds")
    provider = models.CharField(_("channel"), max_length=12, choices=Provider.choices)
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)
    reason = models.CharField(_("reason"), max_length=16, choices=RefundReason.choices)
    reference = models.CharField(_("for"), max_length=32)
    status = models.CharField(
        _("state"), max_length=12, choices=RefundStatus.choices, default=RefundStatus.CREATED
    )
    channel_refund_no = models.CharField(_("the channel's number"), max_length=64, blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    problem = models.CharField(_("problem"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("created at"), default=clock.now)
    due_at = models.DateTimeField(default=clock.now)
    submitted_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    succeeded_at = models.DateTimeField(_("returned at"), null=True, blank=True)

    objects: ClassVar = RefundQuerySet.as_manager()

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_returns_money"),
            models.UniqueConstraint(
                fields=["provider", "channel_refund_no"],
                condition=~Q(channel_refund_no=""),
                name="channel_refund_once",
            ),
            models.UniqueConstraint(
                fields=["payment"],
                condition=Q(reason="LATE_PAYMENT"),
                name="late_money_returned_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                name="refund_due",
                condition=Q(status__in=["CREATED", "SUBMITTED", "PROCESSING", "FAILED"]),
            ),
            models.Index(fields=["reference"], name="refund_reference"),
        ]
        permissions = [("retry_refund", "Can send a refund again")]

    def __str__(self) -> str:
        return self.number


class RefundMove(StatusMove):
    """One step of a refund."""

    refund = models.ForeignKey(Refund, models.CASCADE, related_name="moves")
