from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.catalog.models.skus import Sku
from apps.core import clock
from apps.core.querysets import ShopQuerySet


class PriceTier(models.Model):
    """A lower unit price from a quantity on."""

    sku = models.ForeignKey(Sku, models.CASCADE, related_name="tiers")
    min_quantity = models.PositiveIntegerField(_("from (quantity)"))
    price = models.DecimalField(_("price"), max_digits=12, decimal_places=2)

    objects: ClassVar = ShopQuerySet["PriceTier"].as_manager()

    class Meta:
        verbose_name = _("price tier")
        verbose_name_plural = _("price tiers")
        constraints = [
            models.UniqueConstraint(fields=["sku", "min_quantity"], name="tier_once"),
            models.CheckConstraint(
                condition=Q(min_quantity__gte=2, price__gt=0), name="tier_is_sound"
            ),
        ]

    def __str__(self) -> str:
        return f"≥ {self.min_quantity}: {self.price}"


class PriceKind(models.TextChoices):
    PRICE = "PRICE", _("price")
    LIST_PRICE = "LIST_PRICE", _("crossed-out price")
    COST_PRICE = "COST_PRICE", _("cost price")
    TIERS = "TIERS", _("price tiers")


class PriceChange(models.Model):
    """Who changed a price from what to what, and why. Append-only."""

    sku = models.ForeignKey(Sku, models.PROTECT, related_name="price_changes")
    kind = models.CharField(_("price"), max_length=12, choices=PriceKind.choices)
    before = models.CharField(_("before"), max_length=200, blank=True)
    after = models.CharField(_("after"), max_length=200, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    at = models.DateTimeField(default=clock.now)

    objects: ClassVar = ShopQuerySet["PriceChange"].as_manager()

    class Meta:
        verbose_name = _("price change")
        verbose_name_plural = _("price changes")
        indexes = [models.Index(fields=["sku", "at"], name="price_change_order")]

    def __str__(self) -> str:
        return f"{self.before or '–'} → {self.after or '–'}"
