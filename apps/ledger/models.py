"""Money in double entry. Every posting sums to zero; the database checks it when the transaction ends."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.querysets import ShopQuerySet


class Account(models.Model):
    """One side of postings. The shop's own accounts are sums of their entries; nothing is stored twice."""

    code = models.CharField(_("code"), max_length=64, unique=True)
    currency = models.CharField(max_length=3, default="CNY")

    objects: ClassVar = ShopQuerySet.as_manager()

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")

    def __str__(self) -> str:
        return self.code


class PostingKind(models.TextChoices):
    PAYMENT = "PAYMENT", _("payment received")
    REFUND = "REFUND", _("payment returned")


class Posting(models.Model):
    """One movement of money, for one reason, once."""

    kind = models.CharField(_("kind"), max_length=16, choices=PostingKind.choices)
    reference = models.CharField(_("reference"), max_length=64)
    posted_at = models.DateTimeField(_("posted at"), default=clock.now)

    class Meta:
        verbose_name = _("posting")
        verbose_name_plural = _("postings")
        constraints = [
            models.UniqueConstraint(fields=["kind", "reference"], name="posted_once"),
        ]
        indexes = [models.Index(fields=["posted_at"], name="posting_at")]

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"


class Entry(models.Model):
    """What one posting does to one account. Append-only."""

    posting = models.ForeignKey(Posting, models.PROTECT, related_name="entries")
    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=2)

    class Meta:
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger entries")
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0), name="entry_moves_money"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.amount:+}"
