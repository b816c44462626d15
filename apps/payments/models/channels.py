"""The channels as operators see them: switches, limits, credentials, and what was said over the wire."""

import json
from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.querysets import ShopQuerySet
from apps.core.secrets import SealedTextField


class Provider(models.TextChoices):
    ALIPAY = "ALIPAY", _("Alipay")
    WECHAT = "WECHAT", _("WeChat Pay")
    UNIONPAY = "UNIONPAY", _("Bank card (UnionPay)")


class PaymentChannelQuerySet(ShopQuerySet["PaymentChannel"]):
    def taking(self, amount: Decimal) -> "PaymentChannelQuerySet":
        """Those that are on and take such an amount, the preferred first."""
        return self.filter(
            is_enabled=True, min_amount__lte=amount, max_amount__gte=amount
        ).order_by("priority", "pk")


class PaymentChannel(models.Model):
    """One way to be paid. Credentials stand sealed and are never shown again."""

    provider = models.CharField(_("channel"), max_length=12, choices=Provider.choices, unique=True)
    is_enabled = models.BooleanField(_("on"), default=True)
    min_amount = models.DecimalField(
        _("from"), max_digits=12, decimal_places=2, default=Decimal("0.01")
    )
    max_amount = models.DecimalField(
        _("up to"), max_digits=12, decimal_places=2, default=Decimal("1000000.00")
    )
    fee_percent = models.DecimalField(
        _("fee in percent"), max_digits=5, decimal_places=3, default=Decimal("0.600")
    )
    priority = models.PositiveSmallIntegerField(_("place in the list"), default=100)
    credentials_json = SealedTextField(_("credentials"), blank=True, default="")

    objects: ClassVar = PaymentChannelQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment channel")
        verbose_name_plural = _("payment channels")
        constraints = [
            models.CheckConstraint(
                condition=Q(min_amount__gt=0, max_amount__gte=F("min_amount")),
                name="channel_limits_make_sense",
            ),
        ]

    def __str__(self) -> str:
        return str(Provider(self.provider).label)

    @property
    def credentials(self) -> dict[str, str]:
        """What the channel gave us; empty where it was never configured."""
        return dict(json.loads(self.credentials_json)) if self.credentials_json else {}


class ChannelCall(models.Model):
    """One exchange with a channel, with secrets masked, for the people who have to explain a payment."""

    provider = models.CharField(_("channel"), max_length=12, choices=Provider.choices)
    operation = models.CharField(_("operation"), max_length=40)
    reference = models.CharField(_("number"), max_length=32)
    request = models.TextField(_("request"))
    status = models.PositiveSmallIntegerField(_("HTTP status"), null=True, blank=True)
    response = models.TextField(_("answer"), blank=True)
    problem = models.CharField(_("problem"), max_length=300, blank=True)
    milliseconds = models.PositiveIntegerField(default=0)
    request_id = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField(_("at"), default=clock.now)

    class Meta:
        verbose_name = _("exchange with a channel")
        verbose_name_plural = _("exchanges with channels")
        indexes = [
            models.Index(fields=["reference"], name="call_reference"),
            models.Index(fields=["at"], name="call_at"),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.operation} {self.reference}"
