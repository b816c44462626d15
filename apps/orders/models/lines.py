"""Order lines: a snapshot of what was bought, and every amount that belongs to it."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.catalog.models import Sku
from apps.core.querysets import ShopQuerySet
from apps.orders.models.orders import Order

LINE_TEXTS = 300


class OrderLine(models.Model):
    """So many of one SKU at one price. Later edits of the goods change nothing here."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="lines")
    number = models.CharField(_("number"), max_length=26, unique=True)
    sku = models.ForeignKey(Sku, models.PROTECT, related_name="+", verbose_name=_("SKU"))
    sku_version = models.PositiveIntegerField()
    spu_slug = models.CharField(max_length=140, blank=True)
    sku_code = models.CharField(_("code"), max_length=64)
    name = models.CharField(_("name"), max_length=LINE_TEXTS)
    spec_text = models.CharField(_("specification"), max_length=LINE_TEXTS, blank=True)
    image_url = models.CharField(max_length=LINE_TEXTS, blank=True)
    weight_grams = models.PositiveIntegerField(default=0)
    volume_cm3 = models.PositiveIntegerField(default=0)
    list_price = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    unit_price = models.DecimalField(_("price"), max_digits=12, decimal_places=2)
    quantity = models.PositiveIntegerField(_("quantity"))
    goods_amount = models.DecimalField(_("goods"), max_digits=12, decimal_places=2)
    discount_amount = models.DecimalField(
        _("reductions"), max_digits=12, decimal_places=2, default=0
    )
    payable_amount = models.DecimalField(_("to pay"), max_digits=12, decimal_places=2)
    freight_amount = models.DecimalField(
        _("freight share"), max_digits=12, decimal_places=2, default=0
    )
    tax_amount = models.DecimalField(_("VAT included"), max_digits=12, decimal_places=2, default=0)
    shipped_quantity = models.PositiveIntegerField(_("shipped"), default=0)
    refunded_quantity = models.PositiveIntegerField(_("refunded"), default=0)
    refunded_unshipped_quantity = models.PositiveIntegerField(default=0)
    refunded_amount = models.DecimalField(
        _("paid back"), max_digits=12, decimal_places=2, default=0
    )
    refunded_freight_amount = models.DecimalField(max_digits=12, decimal_places=2, default=0)

    objects: ClassVar = ShopQuerySet.as_manager()

    class Meta:
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        constraints = [
            models.CheckConstraint(
                condition=Q(goods_amount=F("unit_price") * F("quantity")),
                name="line_is_price_times_quantity",
            ),
            models.CheckConstraint(
                condition=Q(payable_amount=F("goods_amount") - F("discount_amount")),
                name="line_amounts_add_up",
            ),
            models.CheckConstraint(
                condition=Q(payable_amount__gte=0, discount_amount__gte=0, quantity__gte=1),
                name="line_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(quantity__gte=F("shipped_quantity") + F("refunded_unshipped_quantity")),
                name="line_ships_what_was_bought",
            ),
            models.CheckConstraint(
                condition=Q(refunded_quantity__lte=F("quantity"))
                & Q(refunded_amount__gte=0)
                & Q(refunded_amount__lte=F("payable_amount"))
                & Q(refunded_freight_amount__lte=F("freight_amount")),
                name="line_refunds_within_payment",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} × {self.quantity}"

    @property
    def unshipped_quantity(self) -> int:
        return self.quantity - self.shipped_quantity - self.refunded_unshipped_quantity


class Adjustment(models.Model):
    """A reduction that did apply, on one line: which rule, how much, and what its sentence needs."""

    line = models.ForeignKey(OrderLine, models.PROTECT, related_name="adjustments")
    stage = models.CharField(max_length=24)
    code = models.CharField(max_length=48)
    offer_ref = models.CharField(max_length=64, blank=True)
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)
    params = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("adjustment")
        verbose_name_plural = _("adjustments")

    def __str__(self) -> str:
        return f"{self.code} −{self.amount}"
