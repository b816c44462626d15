"""Who carries: carriers with waybills, own couriers, and the places that parcels leave from."""

import re
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from apps.core.querysets import ShopQuerySet
from apps.core.secrets import SealedTextField
from apps.merchants.models import Merchant
from apps.regions.models import Region


class CarrierKind(models.TextChoices):
    MANUAL = "MANUAL", _("waybills are typed in")
    MACHINE = "MACHINE", _("waybills come by machine")
    OWN = "OWN", _("own couriers")


def validate_pattern(pattern: str) -> None:
    """
    Check that a text is a regular expression.

    :raises ValidationError: if it is not
    """
    try:
        re.compile(pattern)
    except re.error as problem:
        raise ValidationError(_("This is not a regular expression.")) from problem


class CarrierQuerySet(ShopQuerySet["Carrier"]):
    def active(self) -> "CarrierQuerySet":
        return self.filter(is_active=True)

    def in_order(self) -> "CarrierQuerySet":
        return self.order_by("position", "code")


class Carrier(models.Model):
    """A company that carries parcels, or the shop's own couriers."""

    code = models.SlugField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=60)
    name_en = models.CharField(_("English name"), max_length=60, blank=True)
    phone = models.CharField(_("service phone"), max_length=20, blank=True)
    kind = models.CharField(
        _("kind"), max_length=8, choices=CarrierKind.choices, default=CarrierKind.MANUAL
    )
    adapter = models.CharField(
        _("adapter"), max_length=20, blank=True, help_text=_("Which program gives the waybills.")
    )
    waybill_pattern = models.CharField(
        _("pattern of waybills"), max_length=200, blank=True, validators=[validate_pattern]
    )
    tracking_code = models.CharField(
        _("name at kuaidi100"),
        max_length=40,
        blank=True,
        help_text=_("Parcels are followed through kuaidi100 under this name; empty: not followed."),
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("in use"), default=True)

    objects: ClassVar = CarrierQuerySet.as_manager()

    class Meta:
        verbose_name = _("carrier")
        verbose_name_plural = _("carriers")
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind=CarrierKind.MACHINE) | ~Q(adapter=""),
                name="carrier_machine_has_adapter",
            ),
        ]

    def __str__(self) -> str:
        return (self.name_en or self.name) if get_language() == "en" else self.name

    def accepts(self, waybill: str) -> bool:
        """Say whether a waybill looks like one of this carrier's."""
        return bool(re.fullmatch(self.waybill_pattern or ".+", waybill, re.ASCII))


class CourierQuerySet(ShopQuerySet["Courier"]):
    def active(self) -> "CourierQuerySet":
        return self.filter(is_active=True)

    def visible_to(self, user: Any) -> "CourierQuerySet":
        return self.filter(merchant__in=Merchant.objects.visible_to(user))


class Courier(models.Model):
    """Somebody who takes parcels to people in the neighbourhood."""

    merchant = models.ForeignKey(
        Merchant, models.PROTECT, related_name="+", verbose_name=_("merchant")
    )
    name = models.CharField(_("name"), max_length=40)
    phone = SealedTextField(_("phone number"))
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("signs in as"),
    )
    is_active = models.BooleanField(_("in use"), default=True)

    objects: ClassVar = CourierQuerySet.as_manager()

    class Meta:
        verbose_name = _("courier")
        verbose_name_plural = _("couriers")

    def __str__(self) -> str:
        return self.name


class DispatchAddress(models.Model):
    """Where a merchant's parcels leave from and come back to: what stands as sender on a label."""

    merchant = models.OneToOneField(
        Merchant, models.PROTECT, related_name="+", verbose_name=_("merchant")
    )
    name = models.CharField(_("sender"), max_length=40)
    phone = SealedTextField(_("phone number"))
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name=_("district"))
    street = models.CharField(_("street and number"), max_length=120)

    objects: ClassVar = ShopQuerySet["DispatchAddress"].as_manager()

    class Meta:
        verbose_name = _("sender's address")
        verbose_name_plural = _("senders' addresses")

    def __str__(self) -> str:
        return f"{self.merchant_id}: {self.name}"
