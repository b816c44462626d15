"""A trade: what one submit produced, paid at once."""

from collections.abc import Collection
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.querysets import ShopQuerySet
from apps.core.secrets import SealedTextField
from apps.core.states import HasStatus, StatusMove


class TradeStatus(models.TextChoices):
    UNPAID = "UNPAID", _("to be paid")
    PAID = "PAID", _("paid")
    CANCELLED = "CANCELLED", _("cancelled")


class CancelReason(models.TextChoices):
    SHOPPER = "SHOPPER", _("cancelled by the shopper")
    MERCHANT = "MERCHANT", _("cancelled by the merchant")
    OPERATOR = "OPERATOR", _("cancelled by the shop")
    EXPIRED = "EXPIRED", _("not paid in time")


class TradeQuerySet(ShopQuerySet["Trade"]):
    def visible_to(self, user: Any) -> "TradeQuerySet":
        """Those that this shopper placed; hidden and guest trades are found by other means."""
        return self.filter(shopper_id=user.pk)

    def owned_by(self, owners: Collection[str]) -> "TradeQuerySet":
        """Those that a visitor placed under any of these names, as a guest or signed in."""
        return self.filter(owner__in=owners)

    def unpaid(self) -> "TradeQuerySet":
        return self.filter(status=TradeStatus.UNPAID)

    def overdue(self) -> "TradeQuerySet":
        """Unpaid past their deadline, as the database's clock has it."""
        return self.unpaid().filter(expires_at__lte=clock.database_now())


class Trade(HasStatus):
    """One submit and one payment over one order per merchant. Its amounts are a checked cache of theirs."""

    MOVES: ClassVar[dict[str, set[Any]]] = {
        TradeStatus.UNPAID: {TradeStatus.PAID, TradeStatus.CANCELLED},
    }

    number = models.CharField(_("number"), max_length=20, unique=True)
    shopper = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("shopper"),
    )
    owner = models.CharField(max_length=80)
    checkout_key = models.UUIDField()
    status = models.CharField(
        _("state"), max_length=12, choices=TradeStatus.choices, default=TradeStatus.UNPAID
    )
    contact_phone = SealedTextField(_("contact phone"))
    contact_phone_hash = models.CharField(max_length=64)
    contact_last4_hash = models.CharField(max_length=64)
    goods_amount = models.DecimalField(_("goods"), max_digits=18, decimal_places=2)
    discount_amount = models.DecimalField(_("reductions"), max_digits=18, decimal_places=2)
    freight_amount = models.DecimalField(_("freight"), max_digits=18, decimal_places=2)
    payable_amount = models.DecimalField(_("to pay"), max_digits=18, decimal_places=2)
    currency = models.CharField(max_length=3, default="CNY")
    language = models.CharField(max_length=10, default="zh-hans")
    placed_at = models.DateTimeField(_("placed at"), default=clock.now)
    expires_at = models.DateTimeField(_("to be paid until"))
    paid_at = models.DateTimeField(_("paid at"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("cancelled at"), null=True, blank=True)
    cancel_reason = models.CharField(max_length=12, choices=CancelReason.choices, blank=True)

    objects: ClassVar = TradeQuerySet.as_manager()

    class Meta:
        verbose_name = _("trade")
        verbose_name_plural = _("trades")
        constraints = [
            models.UniqueConstraint(fields=["owner", "checkout_key"], name="trade_once_per_form"),
            models.CheckConstraint(
                condition=Q(
                    payable_amount=F("goods_amount") - F("discount_amount") + F("freight_amount")
                ),
                name="trade_amounts_add_up",
            ),
            models.CheckConstraint(condition=Q(payable_amount__gte=0), name="trade_not_negative"),
            models.CheckConstraint(
                condition=Q(status="PAID", paid_at__isnull=False)
                | (~Q(status="PAID") & Q(paid_at__isnull=True)),
                name="trade_paid_has_time",
            ),
        ]
        indexes = [
            models.Index(fields=["expires_at"], name="trade_due", condition=Q(status="UNPAID")),
            models.Index(fields=["shopper", "-id"], name="trade_of_shopper"),
            models.Index(fields=["contact_phone_hash"], name="trade_contact"),
        ]
        permissions = [
            ("place_trade", "Can place trades for shoppers"),
            ("cancel_trade", "Can cancel unpaid trades"),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("trade", args=[self.number])

    @property
    def is_unpaid(self) -> bool:
        return self.status == TradeStatus.UNPAID


class TradeMove(StatusMove):
    """One step of a trade."""

    trade = models.ForeignKey(Trade, models.CASCADE, related_name="moves")
