"""What the shop shows beside its goods: banners."""

from typing import ClassVar

from django.core.validators import FileExtensionValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.catalog.translations import Translation
from apps.core import clock
from apps.core.querysets import ShopQuerySet

LEADS_SOMEWHERE = RegexValidator(r"^(/(?!/)|https://)[^\s<>\"']*\Z", _("Begin with / or https://."))
IS_PICTURE = FileExtensionValidator(["jpg", "jpeg", "png", "webp"])


class BannerQuerySet(ShopQuerySet["Banner"]):
    def shown_now(self) -> "BannerQuerySet":
        """Those whose time it is, by the database's clock; the end is exclusive."""
        at = clock.database_now()
        return self.filter(
            Q(starts_at=None) | Q(starts_at__lte=at),
            Q(ends_at=None) | Q(ends_at__gt=at),
            is_active=True,
        )


class Banner(models.Model):
    image = models.ImageField(_("picture"), upload_to="banners/", validators=[IS_PICTURE])
    mobile_image = models.ImageField(
        _("picture for phones"), upload_to="banners/", blank=True, validators=[IS_PICTURE]
    )
    link = models.CharField(
        _("leads to"),
        max_length=300,
        blank=True,
        validators=[LEADS_SOMEWHERE],
        help_text=_("An address in this shop such as /c/tea/, or one that begins with https://"),
    )
    position = models.PositiveIntegerField(_("position"), default=0)
    starts_at = models.DateTimeField(_("from"), null=True, blank=True)
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)
    is_active = models.BooleanField(_("shown"), default=True)

    objects: ClassVar = BannerQuerySet.as_manager()

    class Meta:
        verbose_name = _("banner")
        verbose_name_plural = _("banners")
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_at=None) | Q(ends_at=None) | Q(starts_at__lt=F("ends_at")),
                name="banner_starts_before_it_ends",
            ),
        ]

    def __str__(self) -> str:
        return f"{_('banner')} {self.pk}"


class BannerTranslation(Translation):
    banner = models.ForeignKey(Banner, models.CASCADE, related_name="translations")
    title = models.CharField(_("title"), max_length=60)
    subtitle = models.CharField(_("subtitle"), max_length=120, blank=True)

    objects: ClassVar = ShopQuerySet["BannerTranslation"].as_manager()

    class Meta:
        verbose_name = _("text of a banner")
        verbose_name_plural = _("texts of banners")
        constraints = [
            models.UniqueConstraint(fields=["banner", "language"], name="banner_language_once"),
        ]

    def __str__(self) -> str:
        return self.title
