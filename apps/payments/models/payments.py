"""Money asked for and received, for a reference."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.querysets import ShopQuerySet
from apps.core.states import HasStatus, StatusMove
from apps.payments.gateways.charges import Scene
from apps.payments.models.channels import Provider


class PaymentStatus(models.TextChoices):
    CREATED = "CREATED", _("created")
    PENDING = "PENDING", _("waiting for the channel")
    SUCCEEDED = "SUCCEEDED", _("received")
    CLOSING = "CLOSING", _("being closed")
    CLOSED = "CLOSED", _("closed")
    FAILED = "FAILED", _("failed")
    MISMATCH = "MISMATCH", _("does not match")
    PARTIALLY_REFUNDED = "PARTIALLY_REFUNDED", _("partly returned")
    REFUNDED = "REFUNDED", _("returned")


class Disposition(models.TextChoices):
    """What became of money that was received."""

    NONE = "NONE", _("none received")
    APPLIED = "APPLIED", _("applied")
    ORPHANED = "ORPHANED", _("nothing waited for it")


class Purpose(models.TextChoices):
    TRADE = "TRADE", _("a trade")


_S = PaymentStatus
LIVE = (_S.CREATED, _S.PENDING, _S.CLOSING)
RECEIVED = (_S.SUCCEEDED, _S.PARTIALLY_REFUNDED, _S.REFUNDED)


class PaymentQuerySet(ShopQuerySet["Payment"]):
    def live(self) -> "PaymentQuerySet":
        return self.filter(status__in=LIVE)

    def received(self) -> "PaymentQuerySet":
        return self.filter(status__in=RECEIVED)

    def to_poll(self) -> "PaymentQuerySet":
        """Those whose end nobody has told us, and closed ones that the channel may still take money for."""
        undecided = Q(status__in=[_S.PENDING, _S.CLOSING])
        half_closed = Q(status=_S.CLOSED, is_closed_at_channel=False)
        return self.filter(undecided | half_closed, next_poll_at__lte=clock.database_now())


class Payment(HasStatus):
    """One attempt to be paid for one reference through one channel."""

    MOVES: ClassVar[dict[str, set[Any]]] = {
        _S.CREATED: {_S.PENDING, _S.SUCCEEDED, _S.CLOSING, _S.FAILED, _S.MISMATCH},
        _S.PENDING: {_S.SUCCEEDED, _S.CLOSING, _S.CLOSED, _S.FAILED, _S.MISMATCH},
        _S.CLOSING: {_S.CLOSED, _S.SUCCEEDED, _S.MISMATCH},
        _S.CLOSED: {_S.SUCCEEDED, _S.MISMATCH},
        _S.FAILED: {_S.SUCCEEDED, _S.MISMATCH},
        _S.SUCCEEDED: {_S.PARTIALLY_REFUNDED, _S.REFUNDED},
        _S.PARTIALLY_REFUNDED: {_S.REFUNDED},
        _S.MISMATCH: {_S.CLOSED},
    }

    number = models.CharField(_("number"), max_length=20, unique=True)
    reference = models.CharField(_("for"), max_length=32)
    purpose = models.CharField(max_length=8, choices=Purpose.choices, default=Purpose.TRADE)
    provider = models.CharField(_("channel"), max_length=12, choices=Provider.choices)
    scene = models.CharField(
        _("way"), max_length=8, choices=[(scene.value, scene.value) for scene in Scene]
    )
    subject = models.CharField(max_length=128)
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)
    currency = models.CharField(max_length=3, default="CNY")
    payee = models.CharField(max_length=128)
    out_trade_no = models.CharField(_("number at the channel"), max_length=32, unique=True)
    channel_transaction_no = models.CharField(_("the channel's number"), max_length=64, blank=True)
    status = models.CharField(
        _("state"), max_length=20, choices=PaymentStatus.choices, default=PaymentStatus.CREATED
    )
    disposition = models.CharField(
        _("use"), max_length=8, choices=Disposition.choices, default=Disposition.NONE
    )
    refunding_amount = models.DecimalField(
        _("asked back"), max_digits=12, decimal_places=2, default=0
    )
    refunded_amount = models.DecimalField(_("returned"), max_digits=12, decimal_places=2, default=0)
    problem = models.CharField(_("problem"), max_length=300, blank=True)
    is_closed_at_channel = models.BooleanField(default=False)
    created_at = models.DateTimeField(_("created at"), default=clock.now)
    expires_at = models.DateTimeField(_("until"))
    paid_at = models.DateTimeField(_("received at"), null=True, blank=True)
    next_poll_at = models.DateTimeField(null=True, blank=True)
    poll_count = models.PositiveSmallIntegerField(default=0)

    objects: ClassVar = PaymentQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_asks_for_money"),
            models.CheckConstraint(
                condition=Q(refunded_amount__gte=0)
                & Q(refunded_amount__lte=F("refunding_amount"))
                & Q(refunding_amount__lte=F("amount")),
                name="payment_refunds_within_amount",
            ),
            models.UniqueConstraint(
                fields=["reference"],
                condition=Q(disposition="APPLIED"),
                name="one_applied_payment",
            ),
            models.UniqueConstraint(
                fields=["reference", "provider"],
                condition=Q(status__in=["CREATED", "PENDING"]),
                name="one_live_attempt_per_channel",
            ),
            models.UniqueConstraint(
                fields=["provider", "channel_transaction_no"],
                condition=~Q(channel_transaction_no=""),
                name="channel_transaction_once",
            ),
            models.CheckConstraint(
                condition=Q(disposition="NONE")
                | Q(
                    paid_at__isnull=False,
                    status__in=["SUCCEEDED", "PARTIALLY_REFUNDED", "REFUNDED"],
                ),
                name="disposed_money_was_received",
            ),
        ]
        indexes = [
            models.Index(fields=["reference"], name="payment_reference"),
            models.Index(
                fields=["next_poll_at"],
                name="payment_to_poll",
                condition=Q(status__in=["PENDING", "CLOSING", "CLOSED"]),
            ),
            models.Index(fields=["status", "-id"], name="payment_by_status"),
        ]
        permissions = [
            ("configure_channels", "Can switch and configure payment channels"),
            ("recheck_payment", "Can ask the channel again about a payment that does not match"),
        ]

    def __str__(self) -> str:
        return self.number


class PaymentMove(StatusMove):
    """One step of a payment."""

    payment = models.ForeignKey(Payment, models.CASCADE, related_name="moves")
