from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.catalog.models import Sku
from apps.core import clock
from apps.core.querysets import ShopQuerySet
from apps.merchants.models import Merchant
from apps.regions.models import Region


class WarehouseQuerySet(ShopQuerySet["Warehouse"]):
    def visible_to(self, user: Any) -> "WarehouseQuerySet":
        return self.filter(merchant__in=Merchant.objects.visible_to(user))


class Warehouse(models.Model):
    """A place where a merchant's goods lie. Lower ``priority`` is asked first among equally near ones."""

    merchant = models.ForeignKey(
        Merchant, models.PROTECT, related_name="+", verbose_name=_("merchant")
    )
    code = models.SlugField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=60)
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name=_("region"))
    priority = models.PositiveIntegerField(_("priority"), default=0)
    is_active = models.BooleanField(_("ships goods"), default=True)

    objects: ClassVar = WarehouseQuerySet.as_manager()

    class Meta:
        verbose_name = _("warehouse")
        verbose_name_plural = _("warehouses")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "code"], name="warehouse_code_per_merchant"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Bucket(models.TextChoices):
    """What the units of one stock item are counted in; the values are the column names."""

    ON_HAND = "on_hand", _("on hand")
    RESERVED = "reserved", _("reserved")
    DAMAGED = "damaged", _("damaged")
    QUALITY_CHECK = "quality_check", _("in quality check")
    SAFETY = "safety", _("safety stock")
    INCOMING = "incoming", _("incoming")


AVAILABLE = F("on_hand") - F("reserved") - F("damaged") - F("quality_check") - F("safety")


class StockItemQuerySet(ShopQuerySet["StockItem"]):
    def visible_to(self, user: Any) -> "StockItemQuerySet":
        return self.filter(warehouse__merchant__in=Merchant.objects.visible_to(user))

    def running_low(self) -> "StockItemQuerySet":
        return self.filter(available__lte=F("low_threshold"))


class StockItem(models.Model):
    """
    One SKU in one warehouse. Its counts change through the commands of this app and nowhere else.

    The CHECK constraints are what makes overselling unwritable, whoever writes.
    """

    sku = models.ForeignKey(Sku, models.PROTECT, related_name="+", verbose_name=_("SKU"))
    warehouse = models.ForeignKey(
        Warehouse, models.PROTECT, related_name="stock_items", verbose_name=_("warehouse")
    )
    on_hand = models.IntegerField(_("on hand"), default=0)
    reserved = models.IntegerField(_("reserved"), default=0)
    damaged = models.IntegerField(_("damaged"), default=0)
    quality_check = models.IntegerField(_("in quality check"), default=0)
    safety = models.IntegerField(_("safety stock"), default=0)
    incoming = models.IntegerField(_("incoming"), default=0)
    available = models.GeneratedField(
        expression=AVAILABLE,
        output_field=models.IntegerField(),
        db_persist=True,
        verbose_name=_("available"),
    )
    low_threshold = models.PositiveIntegerField(_("low at"), default=0)

    objects: ClassVar = StockItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("stock item")
        verbose_name_plural = _("stock")
        permissions = [("reconcile_stockitem", _("Can reconcile stock"))]
        constraints = [
            models.UniqueConstraint(fields=["sku", "warehouse"], name="stock_item_once"),
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{bucket}__gte": 0}), name=f"stock_{bucket}_not_negative"
                )
                for bucket in Bucket.values
            ),
            models.CheckConstraint(
                condition=Q(
                    on_hand__gte=F("reserved") + F("damaged") + F("quality_check") + F("safety")
                ),
                name="stock_not_oversold",
            ),
        ]
        indexes = [
            models.Index(
                fields=["warehouse"],
                name="stock_running_low",
                condition=Q(available__lte=F("low_threshold")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sku_id} @ {self.warehouse_id}"


class MovementReason(models.TextChoices):
    RESERVED = "RESERVED", _("reserved for an order")
    RELEASED = "RELEASED", _("released")
    CONSUMED = "CONSUMED", _("shipped")
    UNSHIPPED = "UNSHIPPED", _("shipment voided")
    RECEIVED = "RECEIVED", pgettext_lazy("stock", "received")
    RESTOCKED = "RESTOCKED", _("returned by a shopper")
    ADJUSTED = "ADJUSTED", _("adjusted")
    TRANSFERRED = "TRANSFERRED", _("moved between warehouses")
    COUNTED = "COUNTED", _("counted")
    RECONCILED = "RECONCILED", _("reconciled")


class StockMovement(models.Model):
    """One change of one count. Append-only; the sum of a bucket's movements is its balance."""

    stock_item = models.ForeignKey(
        StockItem, models.PROTECT, related_name="movements", verbose_name=_("stock item")
    )
    bucket = models.CharField(_("count"), max_length=16, choices=Bucket.choices)
    delta = models.IntegerField(_("change"))
    balance_after = models.IntegerField(_("balance after"))
    reason = models.CharField(_("reason"), max_length=16, choices=MovementReason.choices)
    reference = models.CharField(_("reference"), max_length=100)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    note = models.CharField(_("note"), max_length=200, blank=True)
    at = models.DateTimeField(_("at"), default=clock.now)

    objects: ClassVar = ShopQuerySet["StockMovement"].as_manager()

    class Meta:
        verbose_name = _("stock movement")
        verbose_name_plural = _("stock movements")
        constraints = [
            models.UniqueConstraint(
                fields=["reference", "reason", "stock_item", "bucket"], name="movement_once"
            ),
            models.CheckConstraint(condition=~Q(delta=0), name="movement_moves"),
        ]
        indexes = [models.Index(fields=["stock_item", "bucket", "id"], name="movement_chain")]

    def __str__(self) -> str:
        return f"{self.bucket} {self.delta:+}"
