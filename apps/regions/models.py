"""Provinces, cities and districts."""

from typing import TYPE_CHECKING, ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.querysets import ShopQuerySet


class RegionLevel(models.IntegerChoices):
    PROVINCE = 1, _("province")
    CITY = 2, _("city")
    DISTRICT = 3, _("district")


class RegionQuerySet(ShopQuerySet["Region"]):
    def active(self) -> Self:
        return self.filter(is_active=True)

    def provinces(self) -> Self:
        return self.filter(level=RegionLevel.PROVINCE)

    def under(self, code: str) -> Self:
        return self.filter(parent_id=code)

    def with_is_leaf(self) -> Self:
        """Add ``is_leaf``: nothing to choose below, so that an address may end here."""
        below = Region.objects.active().filter(parent_id=models.OuterRef("code"))
        return self.annotate(is_leaf=~models.Exists(below))


class Region(models.Model):
    """One administrative division, known to everybody by its six digits."""

    code = models.CharField(_("code"), max_length=6, unique=True)
    parent = models.ForeignKey(
        "self",
        to_field="code",
        db_column="parent_code",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("part of"),
    )
    name = models.CharField(_("name"), max_length=40)
    level = models.PositiveSmallIntegerField(_("level"), choices=RegionLevel.choices)
    is_active = models.BooleanField(
        _("in use"), default=True, help_text=_("An abolished division stays, for old addresses.")
    )

    if TYPE_CHECKING:
        is_leaf: bool  # where ``with_is_leaf`` was asked for

    objects: ClassVar = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = _("region")
        verbose_name_plural = _("regions")
        constraints = [
            models.CheckConstraint(
                name="region_code_is_six_digits", condition=models.Q(code__regex=r"^[0-9]{6}$")
            ),
            models.CheckConstraint(
                name="region_only_provinces_stand_alone",
                condition=models.Q(level=RegionLevel.PROVINCE, parent=None)
                | models.Q(
                    level__in=[RegionLevel.CITY, RegionLevel.DISTRICT], parent__isnull=False
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"
