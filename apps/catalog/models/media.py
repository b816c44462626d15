from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.catalog.models.skus import Sku
from apps.catalog.models.spus import Spu
from apps.core import clock
from apps.core.querysets import ShopQuerySet


class MediaQuerySet(ShopQuerySet["Media"]):
    def due_for_rendering(self) -> "MediaQuerySet":
        return self.filter(rendered_at=None, render_due_at__lte=clock.database_now())


class Media(models.Model):
    """
    A picture of an SPU, or of one of its SKUs.

    ``renditions`` maps a width to the paths of its formats: {"400": {"webp": "…", "jpeg": "…"}}.
    """

    spu = models.ForeignKey(Spu, models.CASCADE, related_name="media")
    sku = models.ForeignKey(
        Sku, models.CASCADE, null=True, blank=True, related_name="media", verbose_name=_("SKU")
    )
    image = models.ImageField(
        _("picture"), upload_to="goods/", width_field="width", height_field="height"
    )
    alt = models.CharField(_("description for those who cannot see it"), max_length=120, blank=True)
    position = models.PositiveIntegerField(_("position"), default=0)
    width = models.PositiveIntegerField(default=0, editable=False)
    height = models.PositiveIntegerField(default=0, editable=False)
    renditions = models.JSONField(default=dict, editable=False)
    rendered_at = models.DateTimeField(null=True, editable=False)
    render_due_at = models.DateTimeField(default=clock.now, editable=False)
    render_attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects: ClassVar = MediaQuerySet.as_manager()

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        indexes = [
            models.Index(fields=["spu", "position"], name="media_order"),
            models.Index(fields=["render_due_at"], name="media_due", condition=Q(rendered_at=None)),
        ]

    def __str__(self) -> str:
        return str(self.image)
