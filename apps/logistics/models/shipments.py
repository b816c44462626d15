"""Lines that leave together."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.numbers import new_number
from apps.core.querysets import ShopQuerySet
from apps.core.states import HasStatus, StatusMove
from apps.merchants.models import Merchant
from apps.orders.models import Order, OrderLine


class ShipmentStatus(models.TextChoices):
    DRAFT = "DRAFT", _("to be shipped")
    SHIPPED = "SHIPPED", _("shipped")
    VOIDED = "VOIDED", _("voided")
    DISCARDED = "DISCARDED", _("not needed any more")


class ShipmentQuerySet(ShopQuerySet["Shipment"]):
    def visible_to(self, user: Any) -> "ShipmentQuerySet":
        return self.filter(order__in=Order.objects.visible_to(user))

    def of_merchants(self, user: Any) -> "ShipmentQuerySet":
        return self.filter(merchant__in=Merchant.objects.visible_to(user))

    def drafts(self) -> "ShipmentQuerySet":
        return self.filter(status=ShipmentStatus.DRAFT)

    def shipped(self) -> "ShipmentQuerySet":
        return self.filter(status=ShipmentStatus.SHIPPED)


class Shipment(HasStatus):
    """
    Lines of one order that are sent together, in one parcel or several.

    A draft says that something of the order still has to leave; what exactly is asked when it leaves.
    """

    number = models.CharField(
        _("number"), max_length=20, unique=True, default=new_number, editable=False
    )
    order = models.ForeignKey(Order, models.PROTECT, related_name="+", verbose_name=_("order"))
    merchant = models.ForeignKey(
        Merchant, models.PROTECT, related_name="+", verbose_name=_("merchant")
    )
    status = models.CharField(
        _("state"),
        max_length=10,
        choices=ShipmentStatus.choices,
        default=ShipmentStatus.DRAFT,
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(_("created at"), default=clock.now, editable=False)
    shipped_at = models.DateTimeField(_("shipped at"), null=True, blank=True, editable=False)

    objects: ClassVar = ShipmentQuerySet.as_manager()

    MOVES = {
        ShipmentStatus.DRAFT: {ShipmentStatus.SHIPPED, ShipmentStatus.DISCARDED},
        ShipmentStatus.SHIPPED: {ShipmentStatus.VOIDED},
    }

    class Meta:
        verbose_name = _("shipment")
        verbose_name_plural = _("shipments")
        permissions = [("ship_order", _("Can ship orders"))]
        constraints = [
            models.UniqueConstraint(
                fields=["order"], condition=Q(status="DRAFT"), name="one_draft_shipment_per_order"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["DRAFT", "DISCARDED"]) | Q(shipped_at__isnull=False),
                name="shipment_says_when",
            ),
        ]
        indexes = [models.Index(fields=["order"], name="shipment_order")]

    def __str__(self) -> str:
        return self.number


class ShipmentMove(StatusMove):
    shipment = models.ForeignKey(Shipment, models.PROTECT, related_name="moves")

    class Meta:
        verbose_name = _("move of a shipment")
        verbose_name_plural = _("moves of shipments")


class ShipmentLine(models.Model):
    """So many units of an order line."""

    shipment = models.ForeignKey(Shipment, models.PROTECT, related_name="lines")
    order_line = models.ForeignKey(OrderLine, models.PROTECT, related_name="+")
    quantity = models.PositiveIntegerField(_("quantity"))

    objects: ClassVar = ShopQuerySet["ShipmentLine"].as_manager()

    class Meta:
        verbose_name = _("line of a shipment")
        verbose_name_plural = _("lines of shipments")
        constraints = [
            models.UniqueConstraint(fields=["shipment", "order_line"], name="shipment_line_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="shipment_line_positive"),
        ]
        indexes = [models.Index(fields=["order_line"], name="shipment_line_order_line")]

    def __str__(self) -> str:
        return f"{self.order_line_id} × {self.quantity}"
