from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.catalog.models.spus import Spu
from apps.core import clock
from apps.core.querysets import ShopQuerySet
from apps.merchants.models import Merchant

MAX_AXES = 3
MAX_SKUS = 200


class SpecAxis(models.Model):
    """What the SKUs of an SPU differ in, such as colour. ``names`` holds one name per language."""

    spu = models.ForeignKey(Spu, models.CASCADE, related_name="axes")
    code = models.SlugField(_("code"), max_length=40, allow_unicode=True)
    names = models.JSONField(_("names"), default=dict)
    position = models.PositiveSmallIntegerField(_("position"))

    objects: ClassVar = ShopQuerySet["SpecAxis"].as_manager()

    class Meta:
        verbose_name = _("spec")
        verbose_name_plural = _("specs")
        constraints = [
            models.UniqueConstraint(fields=["spu", "code"], name="axis_code_per_spu"),
            models.UniqueConstraint(
                fields=["spu", "position"],
                name="axis_place_per_spu",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                condition=Q(position__range=(1, MAX_AXES)), name="at_most_three_axes"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class SpecValue(models.Model):
    """One choice on an axis, such as red."""

    axis = models.ForeignKey(SpecAxis, models.CASCADE, related_name="values")
    code = models.SlugField(_("code"), max_length=40, allow_unicode=True)
    names = models.JSONField(_("names"), default=dict)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    objects: ClassVar = ShopQuerySet["SpecValue"].as_manager()

    class Meta:
        verbose_name = _("spec value")
        verbose_name_plural = _("spec values")
        constraints = [
            models.UniqueConstraint(fields=["axis", "code"], name="value_code_per_axis"),
        ]

    def __str__(self) -> str:
        return self.code


class SkuQuerySet(ShopQuerySet["Sku"]):
    def active(self) -> "SkuQuerySet":
        return self.filter(is_active=True)

    def visible_to(self, user: Any) -> "SkuQuerySet":
        return self.filter(merchant__in=Merchant.objects.visible_to(user))


class Sku(models.Model):
    """What is counted and sold: one combination of its SPU's specs."""

    spu = models.ForeignKey(Spu, models.CASCADE, related_name="skus")
    merchant = models.ForeignKey(Merchant, models.PROTECT, related_name="+", editable=False)
    code = models.CharField(_("SKU code"), max_length=64)
    spec_values = models.ManyToManyField(SpecValue, blank=True, related_name="skus")
    spec_hash = models.CharField(max_length=64, editable=False)
    price = models.DecimalField(_("price"), max_digits=12, decimal_places=2)
    list_price = models.DecimalField(
        _("crossed-out price"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    cost_price = models.DecimalField(
        _("cost price"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    weight_grams = models.PositiveIntegerField(_("weight in grams"), default=0)
    volume_cm3 = models.PositiveIntegerField(_("volume in cm³"), default=0)
    is_active = models.BooleanField(_("for sale"), default=True)
    min_quantity = models.PositiveIntegerField(_("from (quantity)"), default=1)
    step_quantity = models.PositiveIntegerField(_("in steps of"), default=1)
    max_per_order = models.PositiveIntegerField(_("at most per order"), null=True, blank=True)
    max_per_user = models.PositiveIntegerField(_("at most per shopper"), null=True, blank=True)
    max_per_user_days = models.PositiveIntegerField(
        _("… within so many days"), null=True, blank=True
    )
    position = models.PositiveIntegerField(_("position"), default=0)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects: ClassVar = SkuQuerySet.as_manager()

    class Meta:
        verbose_name = _("SKU")
        verbose_name_plural = _("SKUs")
        permissions = [
            ("change_price", _("Can change prices")),
            ("view_cost_price", _("Can see cost prices")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["merchant", "code"], name="sku_code_per_merchant"),
            models.UniqueConstraint(fields=["spu", "spec_hash"], name="sku_specs_once"),
            models.CheckConstraint(condition=Q(price__gt=0), name="sku_price_above_zero"),
            models.CheckConstraint(
                condition=Q(list_price=None) | Q(list_price__gt=0), name="sku_list_price_above_zero"
            ),
            models.CheckConstraint(
                condition=Q(cost_price=None) | Q(cost_price__gte=0), name="sku_cost_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(min_quantity__gte=1, step_quantity__gte=1), name="sku_steps"
            ),
            models.CheckConstraint(
                condition=Q(max_per_order=None) | Q(max_per_order__gte=F("min_quantity")),
                name="sku_can_be_ordered",
            ),
            models.CheckConstraint(
                condition=Q(max_per_user_days=None) | Q(max_per_user__isnull=False),
                name="sku_days_belong_to_limit",
            ),
        ]
        indexes = [models.Index(fields=["spu", "position"], name="sku_order")]

    def __str__(self) -> str:
        return self.code
