from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.querysets import ShopQuerySet
from apps.inventory.models.stock import StockItem


class ReservationStatus(models.TextChoices):
    HELD = "HELD", _("held")
    CONFIRMED = "CONFIRMED", _("confirmed")
    CONSUMED = "CONSUMED", _("shipped")
    RELEASED = "RELEASED", _("released")


OPEN_STATUSES = (ReservationStatus.HELD, ReservationStatus.CONFIRMED)


class ReservationQuerySet(ShopQuerySet["Reservation"]):
    def open(self) -> "ReservationQuerySet":
        """Those that still keep units from others."""
        return self.filter(status__in=OPEN_STATUSES)

    def overdue(self) -> "ReservationQuerySet":
        return self.filter(status=ReservationStatus.HELD, expires_at__lte=clock.database_now())


class Reservation(models.Model):
    """
    Units of one stock item that are held for a reference (an order line's number).

    HELD until ``expires_at``, CONFIRMED once paid; then shipped (CONSUMED) or given back (RELEASED).
    It ends when consumed and released units together are all of it.
    """

    reference = models.CharField(_("reference"), max_length=40)
    stock_item = models.ForeignKey(
        StockItem, models.PROTECT, related_name="reservations", verbose_name=_("stock item")
    )
    quantity = models.PositiveIntegerField(_("quantity"))
    consumed_quantity = models.PositiveIntegerField(_("shipped"), default=0)
    released_quantity = models.PositiveIntegerField(_("released"), default=0)
    status = models.CharField(
        _("state"),
        max_length=10,
        choices=ReservationStatus.choices,
        default=ReservationStatus.HELD,
    )
    expires_at = models.DateTimeField(_("held until"), null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    objects: ClassVar = ReservationQuerySet.as_manager()

    class Meta:
        verbose_name = _("reservation")
        verbose_name_plural = _("reservations")
        constraints = [
            models.UniqueConstraint(fields=["reference", "stock_item"], name="reservation_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="reservation_of_something"),
            models.CheckConstraint(
                condition=Q(quantity__gte=F("consumed_quantity") + F("released_quantity")),
                name="reservation_within_quantity",
            ),
            models.CheckConstraint(
                condition=Q(status__in=OPEN_STATUSES)
                | Q(quantity=F("consumed_quantity") + F("released_quantity")),
                name="reservation_ends_with_nothing_left",
            ),
            models.CheckConstraint(
                condition=Q(status=ReservationStatus.HELD) | Q(expires_at=None),
                name="reservation_only_held_expires",
            ),
        ]
        indexes = [
            models.Index(
                fields=["expires_at"],
                name="reservation_due",
                condition=Q(status=ReservationStatus.HELD),
            ),
            models.Index(
                fields=["stock_item"],
                name="reservation_open",
                condition=Q(status__in=OPEN_STATUSES),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference}: {self.quantity}"

    @property
    def open_quantity(self) -> int:
        return self.quantity - self.consumed_quantity - self.released_quantity
