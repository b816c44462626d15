"""An order: one merchant's part of a trade. After payment it ships, is received and refunded alone."""

from collections.abc import Collection
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.querysets import ShopQuerySet
from apps.core.secrets import SealedTextField
from apps.core.states import HasStatus, StatusMove
from apps.merchants.models import Merchant
from apps.orders.models.trades import Trade


class OrderStatus(models.TextChoices):
    UNPAID = "UNPAID", _("to be paid")
    PAID = "PAID", _("to be shipped")
    PARTIALLY_SHIPPED = "PARTIALLY_SHIPPED", _("partly shipped")
    SHIPPED = "SHIPPED", _("shipped")
    RECEIVED = "RECEIVED", _("received")
    COMPLETED = "COMPLETED", _("completed")
    CANCELLED = "CANCELLED", _("cancelled")
    CLOSED_REFUNDED = "CLOSED_REFUNDED", _("closed, refunded")


_S = OrderStatus


class OrderQuerySet(ShopQuerySet["Order"]):
    def visible_to(self, user: Any) -> "OrderQuerySet":
        """A shopper's own that are not hidden, whoever else the user may be."""
        return self.filter(trade__shopper_id=user.pk, hidden_at__isnull=True)

    def owned_by(self, owners: Collection[str]) -> "OrderQuerySet":
        """Those that a visitor placed under any of these names, as a guest or signed in."""
        return self.filter(trade__owner__in=owners, hidden_at__isnull=True)

    def of_merchants(self, user: Any) -> "OrderQuerySet":
        """Those of the merchants that the user works for; all for the platform's operators."""
        return self.filter(merchant__in=Merchant.objects.visible_to(user))

    def newest_first(self) -> "OrderQuerySet":
        return self.order_by("-pk")

    def to_receive_automatically(self) -> "OrderQuerySet":
        """Shipped, past the deadline, and nothing stands against it."""
        return self.filter(
            status=_S.SHIPPED,
            auto_receive_at__lte=clock.database_now(),
            is_auto_receive_paused=False,
        )

    def to_complete(self) -> "OrderQuerySet":
        return self.filter(status=_S.RECEIVED, aftersale_until__lte=clock.database_now())


class Order(HasStatus):
    """What was agreed with one merchant, and how far it has got."""

    MOVES: ClassVar[dict[str, set[Any]]] = {
        _S.UNPAID: {_S.PAID, _S.CANCELLED},
        _S.PAID: {_S.PARTIALLY_SHIPPED, _S.SHIPPED, _S.CLOSED_REFUNDED},
        _S.PARTIALLY_SHIPPED: {_S.SHIPPED, _S.PAID, _S.CLOSED_REFUNDED},
        _S.SHIPPED: {_S.RECEIVED, _S.PARTIALLY_SHIPPED, _S.PAID, _S.CLOSED_REFUNDED},
        _S.RECEIVED: {_S.COMPLETED, _S.CLOSED_REFUNDED},
        _S.COMPLETED: {_S.CLOSED_REFUNDED},
    }

    number = models.CharField(_("number"), max_length=20, unique=True)
    trade = models.ForeignKey(Trade, models.PROTECT, related_name="orders")
    merchant = models.ForeignKey(
        Merchant, models.PROTECT, related_name="+", verbose_name=_("merchant")
    )
    status = models.CharField(
        _("state"), max_length=20, choices=OrderStatus.choices, default=OrderStatus.UNPAID
    )
    goods_amount = models.DecimalField(_("goods"), max_digits=18, decimal_places=2)
    discount_amount = models.DecimalField(_("reductions"), max_digits=18, decimal_places=2)
    freight_amount = models.DecimalField(_("freight"), max_digits=18, decimal_places=2)
    tax_amount = models.DecimalField(_("VAT included"), max_digits=18, decimal_places=2)
    payable_amount = models.DecimalField(_("to pay"), max_digits=18, decimal_places=2)
    refunding_amount = models.DecimalField(
        _("asked back"), max_digits=18, decimal_places=2, default=0
    )
    refunded_amount = models.DecimalField(
        _("paid back"), max_digits=18, decimal_places=2, default=0
    )
    currency = models.CharField(max_length=3, default="CNY")
    recipient = SealedTextField(_("recipient"))
    phone = SealedTextField(_("phone number"))
    street = SealedTextField(_("street and number"))
    region_code = models.CharField(_("district"), max_length=6)
    region_text = models.CharField(_("region"), max_length=120)
    phone_hash = models.CharField(max_length=64)
    remark = models.CharField(_("the shopper's note"), max_length=200, blank=True)
    merchant_note = models.CharField(_("the merchant's note"), max_length=500, blank=True)
    flag = models.PositiveSmallIntegerField(_("flag"), default=0)
    version = models.PositiveIntegerField(default=1)
    placed_at = models.DateTimeField(_("placed at"), default=clock.now)
    paid_at = models.DateTimeField(_("paid at"), null=True, blank=True)
    shipped_at = models.DateTimeField(_("shipped at"), null=True, blank=True)
    auto_receive_at = models.DateTimeField(_("received at the latest"), null=True, blank=True)
    is_auto_receive_paused = models.BooleanField(_("automatic receipt paused"), default=False)
    is_receipt_extended = models.BooleanField(_("receipt put off"), default=False)
    received_at = models.DateTimeField(_("received at"), null=True, blank=True)
    aftersale_until = models.DateTimeField(_("after-sales until"), null=True, blank=True)
    completed_at = models.DateTimeField(_("completed at"), null=True, blank=True)
    hidden_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar = OrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        constraints = [
            models.UniqueConstraint(fields=["trade", "merchant"], name="one_order_per_merchant"),
            models.CheckConstraint(
                condition=Q(
                    payable_amount=F("goods_amount") - F("discount_amount") + F("freight_amount")
                ),
                name="order_amounts_add_up",
            ),
            models.CheckConstraint(
                condition=Q(payable_amount__gte=0, freight_amount__gte=0, discount_amount__gte=0),
                name="order_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(refunded_amount__gte=0)
                & Q(refunded_amount__lte=F("refunding_amount"))
                & Q(refunding_amount__lte=F("payable_amount")),
                name="order_refunds_within_payment",
            ),
        ]
        indexes = [
            models.Index(fields=["merchant", "status", "-id"], name="order_desk"),
            models.Index(fields=["status", "-id"], name="order_by_status"),
            models.Index(fields=["phone_hash"], name="order_by_phone"),
            models.Index(
                fields=["auto_receive_at"],
                name="order_auto_receive",
                condition=Q(status="SHIPPED"),
            ),
            models.Index(
                fields=["aftersale_until"], name="order_complete", condition=Q(status="RECEIVED")
            ),
        ]
        permissions = [
            ("ship_order", "Can ship orders"),
            ("cancel_order", "Can cancel orders"),
            ("refund_order", "Can refund orders"),
            ("reprice_order", "Can change the price of an unpaid order"),
            ("readdress_order", "Can change the address of an order"),
            ("unmask_order", "Can see personal data of an order"),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("order", args=[self.number])

    @property
    def refundable_amount(self) -> Any:
        return self.payable_amount - self.refunding_amount

    @property
    def is_paid(self) -> bool:
        return self.status not in {OrderStatus.UNPAID, OrderStatus.CANCELLED}


class OrderMove(StatusMove):
    """One step of an order."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="moves")
