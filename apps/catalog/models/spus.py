from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from apps.catalog.models.attributes import AttributeValue, Brand
from apps.catalog.models.categories import Category
from apps.catalog.translations import Translation
from apps.core import clock
from apps.core.querysets import ShopQuerySet
from apps.core.states import HasStatus, StatusMove
from apps.merchants.models import Merchant, MerchantStatus


class ShippingClass(models.Model):
    """How goods travel (parcel, bulky, cold, …). Freight rates are made for it elsewhere."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=60)

    objects: ClassVar = ShopQuerySet["ShippingClass"].as_manager()

    class Meta:
        verbose_name = _("shipping class")
        verbose_name_plural = _("shipping classes")

    def __str__(self) -> str:
        return self.name


class SpuStatus(models.TextChoices):
    DRAFT = "DRAFT", _("draft")
    IN_REVIEW = "IN_REVIEW", _("in review")
    SCHEDULED = "SCHEDULED", _("scheduled")
    ON_SHELF = "ON_SHELF", _("on shelf")
    OFF_SHELF = "OFF_SHELF", _("off shelf")
    RECYCLED = "RECYCLED", _("in the recycle bin")


class SpuQuerySet(ShopQuerySet["Spu"]):
    def on_shelf(self) -> "SpuQuerySet":
        """Those that shoppers see and may buy, by the database's clock."""
        return self.filter(
            Q(unpublish_at=None) | Q(unpublish_at__gt=clock.database_now()),
            status=SpuStatus.ON_SHELF,
            merchant__status=MerchantStatus.OPEN,
        )

    def visible_to(self, user: Any) -> "SpuQuerySet":
        """All for the platform's operators, for merchant staff those of their merchants."""
        return self.filter(merchant__in=Merchant.objects.visible_to(user))

    def not_recycled(self) -> "SpuQuerySet":
        return self.exclude(status=SpuStatus.RECYCLED)


class Spu(HasStatus):
    """What is described and shown; its SKUs are what is counted and sold."""

    merchant = models.ForeignKey(
        Merchant, models.PROTECT, related_name="+", verbose_name=_("merchant")
    )
    category = models.ForeignKey(
        Category, models.PROTECT, related_name="spus", verbose_name=_("category")
    )
    brand = models.ForeignKey(
        Brand, models.PROTECT, null=True, blank=True, related_name="spus", verbose_name=_("brand")
    )
    shipping_class = models.ForeignKey(
        ShippingClass, models.PROTECT, related_name="spus", verbose_name=_("shipping class")
    )
    slug = models.SlugField(_("address"), max_length=120, unique=True)
    code = models.CharField(_("code"), max_length=40)
    status = models.CharField(
        _("state"), max_length=12, choices=SpuStatus.choices, default=SpuStatus.DRAFT
    )
    publish_at = models.DateTimeField(_("goes on shelf at"), null=True, blank=True)
    unpublish_at = models.DateTimeField(_("goes off shelf at"), null=True, blank=True)
    published_at = models.DateTimeField(_("on shelf since"), null=True, blank=True, editable=False)
    recycled_at = models.DateTimeField(null=True, blank=True, editable=False)
    purged_at = models.DateTimeField(null=True, blank=True, editable=False)
    attribute_values = models.ManyToManyField(
        AttributeValue, blank=True, related_name="spus", verbose_name=_("attributes")
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects: ClassVar = SpuQuerySet.as_manager()

    MOVES = {
        SpuStatus.DRAFT: {
            SpuStatus.IN_REVIEW,
            SpuStatus.SCHEDULED,
            SpuStatus.ON_SHELF,
            SpuStatus.RECYCLED,
        },
        SpuStatus.IN_REVIEW: {SpuStatus.DRAFT, SpuStatus.SCHEDULED, SpuStatus.ON_SHELF},
        SpuStatus.SCHEDULED: {SpuStatus.ON_SHELF, SpuStatus.OFF_SHELF, SpuStatus.IN_REVIEW},
        SpuStatus.ON_SHELF: {SpuStatus.OFF_SHELF, SpuStatus.IN_REVIEW},
        SpuStatus.OFF_SHELF: {
            SpuStatus.IN_REVIEW,
            SpuStatus.SCHEDULED,
            SpuStatus.ON_SHELF,
            SpuStatus.RECYCLED,
        },
        SpuStatus.RECYCLED: {SpuStatus.DRAFT},
    }

    class Meta:
        verbose_name = _("product (SPU)")
        verbose_name_plural = _("products (SPUs)")
        permissions = [
            ("review_spu", _("Can approve products")),
            ("publish_spu", _("Can put products on the shelf and take them off")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["merchant", "code"], name="spu_code_per_merchant"),
            models.CheckConstraint(
                condition=Q(publish_at=None)
                | Q(unpublish_at=None)
                | Q(publish_at__lt=F("unpublish_at")),
                name="spu_on_shelf_before_off",
            ),
            models.CheckConstraint(
                condition=Q(status=SpuStatus.RECYCLED, recycled_at__isnull=False)
                | (~Q(status=SpuStatus.RECYCLED) & Q(recycled_at=None)),
                name="spu_recycled_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(status=SpuStatus.SCHEDULED) | Q(publish_at__isnull=False),
                name="spu_scheduled_has_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["publish_at"], name="spu_due_on", condition=Q(status=SpuStatus.SCHEDULED)
            ),
            models.Index(
                fields=["unpublish_at"],
                name="spu_due_off",
                condition=Q(status=SpuStatus.ON_SHELF, unpublish_at__isnull=False),
            ),
            models.Index(
                fields=["recycled_at"], name="spu_recycled", condition=Q(status=SpuStatus.RECYCLED)
            ),
        ]

    def __str__(self) -> str:
        return self.code


class SpuMove(StatusMove):
    spu = models.ForeignKey(Spu, models.PROTECT, related_name="moves")

    class Meta:
        verbose_name = _("move of a product")
        verbose_name_plural = _("moves of products")
        indexes = [models.Index(fields=["spu", "at"], name="spu_move_order")]


class SpuTranslation(Translation):
    """The words of an SPU. The description is HTML, cleaned by an allow-list when it is saved."""

    spu = models.ForeignKey(Spu, models.CASCADE, related_name="translations")
    name = models.CharField(_("name"), max_length=120)
    subtitle = models.CharField(_("subtitle"), max_length=200, blank=True)
    description = models.TextField(_("description"), blank=True)
    seo_description = models.CharField(_("text for search engines"), max_length=200, blank=True)

    objects: ClassVar = ShopQuerySet["SpuTranslation"].as_manager()
    history = HistoricalRecords(table_name="catalog_sputranslation_history")

    class Meta:
        verbose_name = _("text of a product")
        verbose_name_plural = _("texts of products")
        constraints = [
            models.UniqueConstraint(fields=["spu", "language"], name="spu_language_once"),
        ]

    def __str__(self) -> str:
        return self.name


class SlugHistory(models.Model):
    """An address that an SPU once had; it still leads there."""

    spu = models.ForeignKey(Spu, models.CASCADE, related_name="old_slugs")
    slug = models.SlugField(max_length=120, unique=True)
    at = models.DateTimeField(default=clock.now)

    objects: ClassVar = ShopQuerySet["SlugHistory"].as_manager()

    class Meta:
        verbose_name = _("former address")
        verbose_name_plural = _("former addresses")

    def __str__(self) -> str:
        return self.slug
