"""What a merchant takes for sending, by shipping class and region."""

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.catalog.models import ShippingClass
from apps.core.querysets import ShopQuerySet
from apps.logistics import freight
from apps.merchants.models import Merchant


class ChargeBy(models.TextChoices):
    PIECE = freight.ChargeBy.PIECE.value, _("piece")
    WEIGHT = freight.ChargeBy.WEIGHT.value, _("weight (g)")
    VOLUME = freight.ChargeBy.VOLUME.value, _("volume (cm³)")


class FreightTemplateQuerySet(ShopQuerySet["FreightTemplate"]):
    def visible_to(self, user: Any) -> "FreightTemplateQuerySet":
        return self.filter(merchant__in=Merchant.objects.visible_to(user))


class FreightTemplate(models.Model):
    """How one merchant charges for one shipping class, or for every class without a template of its own."""

    merchant = models.ForeignKey(
        Merchant, models.PROTECT, related_name="+", verbose_name=_("merchant")
    )
    name = models.CharField(_("name"), max_length=60)
    shipping_class = models.ForeignKey(
        ShippingClass,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("shipping class"),
        help_text=_("Empty: every class that has no template of its own."),
    )
    charge_by = models.CharField(
        _("counts"), max_length=8, choices=ChargeBy.choices, default=ChargeBy.PIECE
    )
    free_amount = models.DecimalField(
        _("free from amount"),
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    free_quantity = models.PositiveIntegerField(_("free from pieces"), null=True, blank=True)
    is_free_by_both = models.BooleanField(
        _("only if both are reached"),
        default=False,
        help_text=_("Otherwise one of the two is enough."),
    )

    objects: ClassVar = FreightTemplateQuerySet.as_manager()

    class Meta:
        verbose_name = _("freight template")
        verbose_name_plural = _("freight templates")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "shipping_class"],
                nulls_distinct=False,
                name="one_freight_template_per_class",
            ),
            models.CheckConstraint(
                condition=Q(free_amount=None) | Q(free_amount__gte=0),
                name="freight_free_amount_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(is_free_by_both=False)
                | Q(free_amount__isnull=False, free_quantity__isnull=False),
                name="freight_both_needs_both",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def as_tariff(self) -> freight.Tariff:
        """Return what the arithmetic needs; the rates must have been fetched."""
        return freight.Tariff(
            template_id=self.pk,
            merchant_id=self.merchant_id,
            shipping_class_id=self.shipping_class_id,
            charge_by=freight.ChargeBy(self.charge_by),
            rates=tuple(rate.as_rate() for rate in self.rates.all()),
            free_amount=self.free_amount,
            free_quantity=self.free_quantity,
            is_free_by_both=self.is_free_by_both,
        )


_not_negative = MinValueValidator(0)


class FreightRate(models.Model):
    """What one group of regions costs. Units are pieces, grams or cm³, as the template counts."""

    template = models.ForeignKey(FreightTemplate, models.CASCADE, related_name="rates")
    region_codes = ArrayField(
        models.CharField(max_length=6, validators=[RegexValidator(r"^[0-9]{6}\Z")]),
        verbose_name=_("regions"),
        default=list,
        blank=True,
        help_text=_("Codes of provinces, cities or districts; empty: everywhere else."),
    )
    first_units = models.PositiveIntegerField(_("first units"), default=1)
    first_fee = models.DecimalField(
        _("first fee"), max_digits=12, decimal_places=2, default=0, validators=[_not_negative]
    )
    extra_units = models.PositiveIntegerField(_("each further units"), default=1)
    extra_fee = models.DecimalField(
        _("further fee"), max_digits=12, decimal_places=2, default=0, validators=[_not_negative]
    )
    is_refused = models.BooleanField(_("no delivery"), default=False)
    is_never_free = models.BooleanField(_("never free"), default=False)

    objects: ClassVar = ShopQuerySet["FreightRate"].as_manager()

    class Meta:
        verbose_name = _("freight rate")
        verbose_name_plural = _("freight rates")
        constraints = [
            models.UniqueConstraint(
                fields=["template"],
                condition=Q(region_codes=[]),
                name="one_freight_rate_for_everywhere_else",
            ),
            models.CheckConstraint(
                condition=Q(first_fee__gte=0, extra_fee__gte=0),
                name="freight_fees_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(extra_units__gt=0) | Q(extra_fee=0),
                name="freight_extra_fee_needs_units",
            ),
        ]

    def __str__(self) -> str:
        return ", ".join(self.region_codes) or "*"

    def as_rate(self) -> freight.Rate:
        return freight.Rate(
            region_codes=frozenset(self.region_codes),
            first_units=self.first_units,
            first_fee=self.first_fee,
            extra_units=self.extra_units,
            extra_fee=self.extra_fee,
            is_refused=self.is_refused,
            is_never_free=self.is_never_free,
        )
