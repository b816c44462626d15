"""What somebody is thinking of buying. Prices are read live; a cart only remembers what it showed."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.catalog.models import Sku
from apps.core import clock
from apps.core.querysets import ShopQuerySet


class Cart(models.Model):
    """The cart of a shopper, or of a guest who is known by the hash of a token."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="+"
    )
    token_hash = models.CharField(max_length=64, unique=True, null=True, blank=True)
    changed_at = models.DateTimeField(default=clock.now)

    objects: ClassVar = ShopQuerySet.as_manager()

    class Meta:
        verbose_name = _("cart")
        verbose_name_plural = _("carts")
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=False) ^ Q(token_hash__isnull=False),
                name="cart_has_one_owner",
            ),
        ]
        indexes = [models.Index(fields=["changed_at"], name="cart_age")]

    def __str__(self) -> str:
        return f"{self.pk}"


class CartLine(models.Model):
    """So many of one SKU, to be bought now (selected) or some day."""

    cart = models.ForeignKey(Cart, models.CASCADE, related_name="lines")
    sku = models.ForeignKey(Sku, models.CASCADE, related_name="+", verbose_name=_("SKU"))
    quantity = models.PositiveIntegerField(_("quantity"))
    is_selected = models.BooleanField(_("selected"), default=True)
    added_price = models.DecimalField(max_digits=12, decimal_places=2)
    added_at = models.DateTimeField(default=clock.now)

    objects: ClassVar = ShopQuerySet.as_manager()

    class Meta:
        verbose_name = _("cart line")
        verbose_name_plural = _("cart lines")
        constraints = [
            models.UniqueConstraint(fields=["cart", "sku"], name="sku_once_per_cart"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="cart_line_has_units"),
        ]

    def __str__(self) -> str:
        return f"{self.sku_id} × {self.quantity}"
