from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.catalog.models import Sku
from apps.core import clock
from apps.core.querysets import ShopQuerySet
from apps.core.states import HasStatus, StatusMove
from apps.inventory.models.stock import Bucket, Warehouse
from apps.merchants.models import Merchant


class DocumentKind(models.TextChoices):
    RECEIPT = "RECEIPT", _("receipt")
    ADJUSTMENT = "ADJUSTMENT", _("adjustment")
    TRANSFER = "TRANSFER", _("transfer")
    COUNT = "COUNT", _("stock-take")


class DocumentStatus(models.TextChoices):
    DRAFT = "DRAFT", _("draft")
    CONFIRMED = "CONFIRMED", _("confirmed")
    DISCARDED = "DISCARDED", _("discarded")


class StockDocumentQuerySet(ShopQuerySet["StockDocument"]):
    def visible_to(self, user: Any) -> "StockDocumentQuerySet":
        return self.filter(merchant__in=Merchant.objects.visible_to(user))


class StockDocument(HasStatus):
    """A change of stock that somebody wrote down. Once confirmed it stands; a new one reverses it."""

    number = models.CharField(_("number"), max_length=20, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=12, choices=DocumentKind.choices)
    status = models.CharField(
        _("state"), max_length=10, choices=DocumentStatus.choices, default=DocumentStatus.DRAFT
    )
    merchant = models.ForeignKey(
        Merchant, models.PROTECT, related_name="+", verbose_name=_("merchant")
    )
    warehouse = models.ForeignKey(
        Warehouse, models.PROTECT, related_name="+", verbose_name=_("warehouse")
    )
    target_warehouse = models.ForeignKey(
        Warehouse,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("moves to"),
    )
    reason = models.CharField(_("reason"), max_length=200)
    reverses = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        verbose_name=_("reverses"),
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
        verbose_name=_("written by"),
    )
    created_at = models.DateTimeField(_("written at"), default=clock.now, editable=False)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, editable=False)

    objects: ClassVar = StockDocumentQuerySet.as_manager()

    MOVES = {DocumentStatus.DRAFT: {DocumentStatus.CONFIRMED, DocumentStatus.DISCARDED}}

    class Meta:
        verbose_name = _("stock document")
        verbose_name_plural = _("stock documents")
        permissions = [("confirm_stockdocument", _("Can confirm stock documents"))]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="document_says_why"),
            models.CheckConstraint(
                condition=Q(kind=DocumentKind.TRANSFER, target_warehouse__isnull=False)
                & ~Q(target_warehouse=F("warehouse"))
                | (~Q(kind=DocumentKind.TRANSFER) & Q(target_warehouse=None)),
                name="document_transfers_elsewhere",
            ),
            models.UniqueConstraint(
                fields=["reverses"],
                condition=Q(status=DocumentStatus.CONFIRMED),
                name="document_reversed_once",
            ),
        ]
        indexes = [models.Index(fields=["merchant", "-created_at"], name="document_newest")]

    def __str__(self) -> str:
        return self.number


class StockDocumentMove(StatusMove):
    document = models.ForeignKey(StockDocument, models.PROTECT, related_name="moves")

    class Meta:
        verbose_name = _("move of a stock document")
        verbose_name_plural = _("moves of stock documents")


class StockDocumentLine(models.Model):
    """
    One SKU of a document. ``quantity`` is what arrived or moved; for an adjustment the signed change of
    ``bucket``; for a stock-take what was counted on hand, and ``expected_quantity`` what the books said.
    """

    document = models.ForeignKey(StockDocument, models.CASCADE, related_name="lines")
    sku = models.ForeignKey(Sku, models.PROTECT, related_name="+", verbose_name=_("SKU"))
    bucket = models.CharField(
        _("count"), max_length=16, choices=Bucket.choices, default=Bucket.ON_HAND
    )
    quantity = models.IntegerField(_("quantity"))
    expected_quantity = models.IntegerField(_("in the books"), null=True, editable=False)

    objects: ClassVar = ShopQuerySet["StockDocumentLine"].as_manager()

    class Meta:
        verbose_name = _("line of a stock document")
        verbose_name_plural = _("lines of stock documents")
        constraints = [
            models.UniqueConstraint(
                fields=["document", "sku", "bucket"], name="document_line_once"
            ),
            models.CheckConstraint(
                condition=~Q(bucket=Bucket.RESERVED), name="document_leaves_reservations_alone"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sku_id}: {self.quantity}"
