from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.catalog.translations import Translation
from apps.core.querysets import ShopQuerySet

MAX_DEPTH = 3


class CategoryQuerySet(ShopQuerySet["Category"]):
    def active(self) -> "CategoryQuerySet":
        return self.filter(is_active=True)


class Category(models.Model):
    """
    A shelf of the shop, at most three levels deep.

    Each level is its parent's plus one, which a trigger checks at the commit: so no cycle can be written.
    """

    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("parent category"),
    )
    slug = models.SlugField(_("address"), max_length=80, unique=True)
    position = models.PositiveIntegerField(_("position"), default=0)
    level = models.PositiveSmallIntegerField(_("level"), editable=False)
    is_active = models.BooleanField(_("shown"), default=True)
    image = models.ImageField(_("picture"), upload_to="categories/", blank=True)

    objects: ClassVar = CategoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        constraints = [
            models.CheckConstraint(
                condition=Q(level=1, parent=None)
                | Q(level__range=(2, MAX_DEPTH), parent__isnull=False),
                name="category_depth",
            ),
        ]
        indexes = [models.Index(fields=["parent", "position"], name="category_order")]

    def __str__(self) -> str:
        return self.slug


class CategoryTranslation(Translation):
    category = models.ForeignKey(Category, models.CASCADE, related_name="translations")
    name = models.CharField(_("name"), max_length=60)

    objects: ClassVar = ShopQuerySet["CategoryTranslation"].as_manager()

    class Meta:
        verbose_name = _("name of a category")
        verbose_name_plural = _("names of categories")
        constraints = [
            models.UniqueConstraint(fields=["category", "language"], name="category_language_once"),
        ]

    def __str__(self) -> str:
        return self.name
