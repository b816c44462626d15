"""Reasons not to ship yet. Anything above may place one without being named here."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.querysets import ShopQuerySet
from apps.orders.models.orders import Order


class HoldCode(models.TextChoices):
    REFUND = "REFUND", _("a refund is under way")
    CANCELLATION = "CANCELLATION", _("the shopper asks to cancel")
    RISK = "RISK", _("suspicious")
    GROUP = "GROUP", _("the group is not complete")
    OPERATOR = "OPERATOR", _("held by an operator")


class OrderHold(models.Model):
    """One reason, from when until when."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="holds")
    code = models.CharField(_("reason"), max_length=16, choices=HoldCode.choices)
    note = models.CharField(_("note"), max_length=200, blank=True)
    placed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    placed_at = models.DateTimeField(default=clock.now)
    lifted_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar = ShopQuerySet.as_manager()

    class Meta:
        verbose_name = _("hold")
        verbose_name_plural = _("holds")
        constraints = [
            models.UniqueConstraint(
                fields=["order", "code"], condition=Q(lifted_at=None), name="one_hold_per_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id}: {self.code}"
