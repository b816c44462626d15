from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.catalog.translations import Translation
from apps.core.querysets import ShopQuerySet


class Brand(models.Model):
    slug = models.SlugField(_("address"), max_length=80, unique=True)
    logo = models.ImageField(_("logo"), upload_to="brands/", blank=True)

    objects: ClassVar = ShopQuerySet["Brand"].as_manager()

    class Meta:
        verbose_name = _("brand")
        verbose_name_plural = _("brands")

    def __str__(self) -> str:
        return self.slug


class BrandTranslation(Translation):
    brand = models.ForeignKey(Brand, models.CASCADE, related_name="translations")
    name = models.CharField(_("name"), max_length=60)

    objects: ClassVar = ShopQuerySet["BrandTranslation"].as_manager()

    class Meta:
        verbose_name = _("name of a brand")
        verbose_name_plural = _("names of brands")
        constraints = [
            models.UniqueConstraint(fields=["brand", "language"], name="brand_language_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Attribute(models.Model):
    """What goods are compared by: material, season, … A filterable one becomes a facet."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    is_filterable = models.BooleanField(_("shoppers filter by it"), default=True)
    position = models.PositiveIntegerField(_("position"), default=0)

    objects: ClassVar = ShopQuerySet["Attribute"].as_manager()

    class Meta:
        verbose_name = _("attribute")
        verbose_name_plural = _("attributes")

    def __str__(self) -> str:
        return self.code


class AttributeTranslation(Translation):
    attribute = models.ForeignKey(Attribute, models.CASCADE, related_name="translations")
    name = models.CharField(_("name"), max_length=60)

    objects: ClassVar = ShopQuerySet["AttributeTranslation"].as_manager()

    class Meta:
        verbose_name = _("name of an attribute")
        verbose_name_plural = _("names of attributes")
        constraints = [
            models.UniqueConstraint(
                fields=["attribute", "language"], name="attribute_language_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class AttributeValue(models.Model):
    attribute = models.ForeignKey(Attribute, models.PROTECT, related_name="values")
    code = models.SlugField(_("code"), max_length=40)
    position = models.PositiveIntegerField(_("position"), default=0)

    objects: ClassVar = ShopQuerySet["AttributeValue"].as_manager()

    class Meta:
        verbose_name = _("attribute value")
        verbose_name_plural = _("attribute values")
        constraints = [
            models.UniqueConstraint(fields=["attribute", "code"], name="attribute_value_once"),
        ]

    def __str__(self) -> str:
        return self.code


class AttributeValueTranslation(Translation):
    value = models.ForeignKey(AttributeValue, models.CASCADE, related_name="translations")
    name = models.CharField(_("name"), max_length=60)

    objects: ClassVar = ShopQuerySet["AttributeValueTranslation"].as_manager()

    class Meta:
        verbose_name = _("name of an attribute value")
        verbose_name_plural = _("names of attribute values")
        constraints = [
            models.UniqueConstraint(
                fields=["value", "language"], name="attribute_value_language_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name
