"""The inbox: what channels told us, verified, kept before anything is done about it."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.querysets import ShopQuerySet
from apps.core.secrets import SealedTextField
from apps.payments.gateways.facts import ChannelFact, FactKind, from_plain
from apps.payments.models.channels import Provider
from apps.payments.models.payments import Payment


class GatewayNotice(models.Model):
    """One verified notice. Body and fact never change; the payment may become known later."""

    provider = models.CharField(_("channel"), max_length=12, choices=Provider.choices)
    notice_id = models.CharField(_("the channel's id"), max_length=128)
    kind = models.CharField(
        _("kind"), max_length=8, choices=[(kind.value, kind.value) for kind in FactKind]
    )
    out_trade_no = models.CharField(_("number at the channel"), max_length=32, blank=True)
    out_refund_no = models.CharField(_("refund number"), max_length=32, blank=True)
    channel_transaction_no = models.CharField(max_length=64, blank=True)
    fact_json = models.JSONField(_("fact"))
    body = SealedTextField(_("body"))
    body_sha256 = models.CharField(max_length=64)
    payment = models.ForeignKey(
        Payment, models.PROTECT, null=True, blank=True, related_name="notices"
    )
    received_at = models.DateTimeField(_("received at"), default=clock.now)
    applied_at = models.DateTimeField(_("applied at"), null=True, blank=True)
    due_at = models.DateTimeField(default=clock.now)
    attempts = models.PositiveSmallIntegerField(default=0)

    objects: ClassVar = ShopQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice of a channel")
        verbose_name_plural = _("notices of channels")
        constraints = [
            models.UniqueConstraint(fields=["provider", "notice_id"], name="notice_once"),
        ]
        indexes = [
            models.Index(
                fields=["due_at"], name="notice_waiting", condition=models.Q(applied_at=None)
            ),
            models.Index(fields=["out_trade_no"], name="notice_out_trade_no"),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.notice_id}"

    def fact(self) -> ChannelFact:
        """Return what the notice states."""
        return from_plain(self.fact_json)
