"""Where people have goods sent to."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.accounts.models.people import User
from apps.core import clock
from apps.core.querysets import ShopQuerySet
from apps.core.secrets import SealedTextField
from apps.regions.models import Region


class AddressQuerySet(ShopQuerySet["Address"]):
    def visible_to(self, user: User) -> "AddressQuerySet":
        return self.filter(user=user)


class Address(models.Model):
    """A place that a person has goods sent to. Orders keep their own snapshot."""

    user = models.ForeignKey(User, models.CASCADE, related_name="addresses")
    recipient = SealedTextField(_("recipient"))
    phone = SealedTextField(_("phone number"))
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name=_("district"))
    street = SealedTextField(_("street and number"))
    is_default = models.BooleanField(_("default"), default=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects: ClassVar = AddressQuerySet.as_manager()

    class Meta:
        verbose_name = _("address")
        verbose_name_plural = _("addresses")
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(is_default=True), name="one_default_address"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.region_id}"
