"""What an order gives back: which lines and how much, beside the payment's own refund row."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.querysets import ShopQuerySet
from apps.orders.models.lines import OrderLine
from apps.orders.models.orders import Order
from apps.payments.models import Refund


class OrderRefundStatus(models.TextChoices):
    REQUESTED = "REQUESTED", _("under way")
    SUCCEEDED = "SUCCEEDED", _("paid back")
    ABANDONED = "ABANDONED", _("given up")


class OrderRefund(models.Model):
    """Money that one order gives back. ``refund`` is empty when there was no money to return."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="refunds")
    refund = models.OneToOneField(Refund, models.PROTECT, null=True, blank=True, related_name="+")
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=2)
    status = models.CharField(
        _("state"),
        max_length=12,
        choices=OrderRefundStatus.choices,
        default=OrderRefundStatus.REQUESTED,
    )
    is_cancellation = models.BooleanField(_("the whole order, unshipped"), default=False)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    requested_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar = ShopQuerySet.as_manager()

    class Meta:
        verbose_name = _("refund of an order")
        verbose_name_plural = _("refunds of orders")
        constraints = [
            models.CheckConstraint(condition=Q(amount__gte=0), name="order_refund_not_negative"),
            models.UniqueConstraint(
                fields=["order"],
                condition=Q(is_cancellation=True) & ~Q(status="ABANDONED"),
                name="cancelled_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order} −{self.amount}"


class OrderRefundLine(models.Model):
    """The part of a refund that one line bears."""

    order_refund = models.ForeignKey(OrderRefund, models.CASCADE, related_name="lines")
    line = models.ForeignKey(OrderLine, models.PROTECT, related_name="+")
    quantity = models.PositiveIntegerField(_("quantity"), default=0)
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)
    freight_amount = models.DecimalField(_("freight"), max_digits=12, decimal_places=2, default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order_refund", "line"], name="refund_line_once"),
        ]

    def __str__(self) -> str:
        return f"{self.line_id} −{self.amount}"


class CancellationDecision(models.TextChoices):
    OPEN = "OPEN", _("to be decided")
    AGREED = "AGREED", _("agreed")
    REFUSED = "REFUSED", _("refused")


class CancellationRequest(models.Model):
    """A shopper asks to cancel a paid order whose waybill is printed; a person decides, or time does."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="cancellation_requests")
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    decision = models.CharField(
        _("decision"),
        max_length=8,
        choices=CancellationDecision.choices,
        default=CancellationDecision.OPEN,
    )
    requested_at = models.DateTimeField(default=clock.now)
    decide_by = models.DateTimeField(_("to be decided until"))
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by: Any = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects: ClassVar = ShopQuerySet.as_manager()

    class Meta:
        verbose_name = _("request to cancel")
        verbose_name_plural = _("requests to cancel")
        constraints = [
            models.UniqueConstraint(
                fields=["order"], condition=Q(decision="OPEN"), name="one_open_request"
            ),
        ]
        indexes = [
            models.Index(fields=["decide_by"], name="request_due", condition=Q(decision="OPEN")),
        ]

    def __str__(self) -> str:
        return f"{self.order_id}: {self.decision}"
