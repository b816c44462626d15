"""Who sells, who works there, and on what contract. The platform itself is one merchant row."""

from decimal import Decimal
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.core import clock
from apps.core.querysets import ShopQuerySet


class MerchantStatus(models.TextChoices):
    OPEN = "OPEN", pgettext_lazy("merchant", "open")
    FROZEN = "FROZEN", pgettext_lazy("merchant", "frozen")
    CLOSED = "CLOSED", pgettext_lazy("merchant", "closed")


class MerchantQuerySet(ShopQuerySet["Merchant"]):
    def open(self) -> "MerchantQuerySet":
        return self.filter(status=MerchantStatus.OPEN)

    def visible_to(self, user: Any) -> "MerchantQuerySet":
        """All for the platform's operators, for merchant staff the merchants they work for."""
        if user.is_superuser:
            return self.all()
        jobs = MerchantStaff.objects.filter(user_id=user.pk)
        return self.filter(
            Exists(jobs.filter(merchant__is_platform=True))
            | Exists(jobs.filter(merchant=OuterRef("pk")))
        )


class Merchant(models.Model):
    """A seller."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80, unique=True)
    name_en = models.CharField(_("English name"), max_length=80, blank=True)
    introduction = models.TextField(_("introduction"), blank=True)
    logo = models.ImageField(_("logo"), upload_to="merchants/", blank=True)
    is_platform = models.BooleanField(_("the platform itself"), default=False)
    status = models.CharField(
        _("state"), max_length=8, choices=MerchantStatus.choices, default=MerchantStatus.OPEN
    )
    edits_need_review = models.BooleanField(_("edits go back to review"), default=False)
    opened_at = models.DateTimeField(default=clock.now, editable=False)

    objects: ClassVar = MerchantQuerySet.as_manager()

    class Meta:
        verbose_name = _("merchant")
        verbose_name_plural = _("merchants")
        constraints = [
            models.UniqueConstraint(
                fields=["is_platform"], condition=Q(is_platform=True), name="one_platform"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Contract(models.Model):
    """What a merchant and the platform agreed: limits that differ from the shop's, and the commission."""

    merchant = models.OneToOneField(Merchant, models.CASCADE, related_name="contract")
    max_lines_per_order = models.PositiveIntegerField(_("lines per order"), null=True, blank=True)
    max_quantity_per_line = models.PositiveIntegerField(
        _("quantity per line"), null=True, blank=True
    )
    commission_percent = models.DecimalField(
        _("commission in percent"), max_digits=5, decimal_places=2, default=Decimal("5.00")
    )

    class Meta:
        verbose_name = _("contract")
        verbose_name_plural = _("contracts")

    def __str__(self) -> str:
        return str(self.merchant)


class MerchantStaff(models.Model):
    """Somebody who works for a merchant."""

    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="staff")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    joined_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("staff member")
        verbose_name_plural = _("staff")
        constraints = [
            models.UniqueConstraint(fields=["merchant", "user"], name="staff_once_per_merchant"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} @ {self.merchant_id}"
