"""What is searched: one document per SPU on the shelf, and what is yet to be brought up to date."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.catalog.models import Spu
from apps.core import clock
from apps.core.querysets import ShopQuerySet


class SearchDocument(models.Model):
    """
    One SPU as the search sees it, in every language at once.

    ``tokens`` holds bigrams, words, pinyin and codes of all its texts, and is looked at by its GIN index
    alone; ``head`` holds those of the short ones, and ranks. The rest filters, counts and sorts.
    """

    spu = models.OneToOneField(Spu, models.CASCADE, primary_key=True, related_name="+")
    tokens = SearchVectorField()
    head = SearchVectorField()
    category_ids = ArrayField(models.BigIntegerField())
    brand_id = models.BigIntegerField(null=True)
    merchant_id = models.BigIntegerField()
    value_ids = ArrayField(models.BigIntegerField())
    min_price = models.DecimalField(max_digits=12, decimal_places=2)
    max_price = models.DecimalField(max_digits=12, decimal_places=2)
    in_stock = models.BooleanField()
    sales_count = models.BigIntegerField(default=0)
    published_at = models.DateTimeField()
    refreshed_at = models.DateTimeField(default=clock.now)

    objects: ClassVar = ShopQuerySet["SearchDocument"].as_manager()

    class Meta:
        verbose_name = _("search document")
        verbose_name_plural = _("search documents")
        indexes = [
            GinIndex(fields=["tokens"], name="search_tokens"),
            GinIndex(fields=["category_ids"], name="search_categories"),
            GinIndex(fields=["value_ids"], name="search_values"),
            models.Index(fields=["brand_id"], name="search_brand"),
            models.Index(fields=["merchant_id"], name="search_merchant"),
            models.Index(fields=["-sales_count", "-spu"], name="search_by_sales"),
            models.Index(fields=["-published_at", "-spu"], name="search_by_newest"),
            models.Index(fields=["min_price", "-spu"], name="search_by_price"),
        ]

    def __str__(self) -> str:
        return f"SPU {self.spu_id}"


class TermKind(models.TextChoices):
    SPU = "SPU", _("product")
    CATEGORY = "CATEGORY", _("category")
    BRAND = "BRAND", _("brand")


class SuggestTerm(models.Model):
    """Words to propose while somebody types. ``keys`` holds their beginnings, in writing and in pinyin."""

    kind = models.CharField(max_length=8, choices=TermKind.choices)
    object_id = models.BigIntegerField()
    language = models.CharField(max_length=10)
    term = models.CharField(max_length=120)
    keys = SearchVectorField()
    weight = models.BigIntegerField(default=0)

    objects: ClassVar = ShopQuerySet["SuggestTerm"].as_manager()

    class Meta:
        verbose_name = _("suggestion")
        verbose_name_plural = _("suggestions")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "object_id", "language"], name="suggest_term_once"
            ),
        ]
        indexes = [
            GinIndex(fields=["keys"], name="suggest_keys"),
            models.Index(fields=["-weight"], name="suggest_by_weight"),
        ]

    def __str__(self) -> str:
        return self.term


class ChangedSpu(models.Model):
    """An SPU whose document is behind; the row is taken away by whoever brings it up to date."""

    spu_id = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField(default=clock.now)

    objects: ClassVar = ShopQuerySet["ChangedSpu"].as_manager()

    def __str__(self) -> str:
        return f"SPU {self.spu_id}"


class SpuSales(models.Model):
    """How many units of an SPU were paid for, ever; counted once per order by the bus."""

    spu = models.OneToOneField(Spu, models.CASCADE, primary_key=True, related_name="+")
    quantity = models.BigIntegerField(default=0)

    objects: ClassVar = ShopQuerySet["SpuSales"].as_manager()

    class Meta:
        verbose_name = _("sales of a product")
        verbose_name_plural = _("sales of products")

    def __str__(self) -> str:
        return str(self.quantity)
