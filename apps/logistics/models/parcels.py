"""Boxes with a tracking number, and what happens to them."""

import secrets
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.numbers import new_number
from apps.core.querysets import ShopQuerySet
from apps.core.secrets import SealedTextField
from apps.core.states import HasStatus, StatusMove
from apps.logistics.models.carriers import Carrier
from apps.logistics.models.shipments import Shipment
from apps.merchants.models import Merchant
from apps.orders.models import Order


class ParcelStatus(models.TextChoices):
    CREATED = "CREATED", _("being packed")
    LABEL_PRINTED = "LABEL_PRINTED", _("waiting for pick-up")
    PICKED_UP = "PICKED_UP", _("picked up")
    IN_TRANSIT = "IN_TRANSIT", _("on its way")
    DELIVERING = "DELIVERING", _("out for delivery")
    SIGNED = "SIGNED", _("signed for")
    EXCEPTION = "EXCEPTION", _("held up")
    REFUSED = "REFUSED", _("refused")
    RETURNING = "RETURNING", _("on its way back")
    RETURNED = "RETURNED", _("returned")
    LOST = "LOST", _("lost")
    VOIDED = "VOIDED", _("voided")


S = ParcelStatus
RANKS = {
    S.CREATED: 0,
    S.LABEL_PRINTED: 1,
    S.PICKED_UP: 2,
    S.IN_TRANSIT: 3,
    S.DELIVERING: 4,
    S.SIGNED: 5,
}
AT_ANY_TIME = {S.EXCEPTION, S.REFUSED, S.RETURNING}
UNDER_WAY = (S.PICKED_UP, S.IN_TRANSIT, S.DELIVERING)


def _forward_moves() -> dict[str, set[Any]]:
    return {
        status: {other for other in RANKS if RANKS[other] > RANKS[status]} | AT_ANY_TIME
        for status in RANKS
    }


class ParcelQuerySet(ShopQuerySet["Parcel"]):
    def visible_to(self, user: Any) -> "ParcelQuerySet":
        return self.filter(shipment__order__in=Order.objects.visible_to(user))

    def of_merchants(self, user: Any) -> "ParcelQuerySet":
        return self.filter(merchant__in=Merchant.objects.visible_to(user))

    def live(self) -> "ParcelQuerySet":
        return self.exclude(status=ParcelStatus.VOIDED)

    def with_waybill(self, waybill: str) -> "ParcelQuerySet":
        return self.live().filter(waybill=waybill)


class Parcel(HasStatus):
    """One box with one tracking number."""

    number = models.CharField(
        _("number"), max_length=20, unique=True, default=new_number, editable=False
    )
    shipment = models.ForeignKey(Shipment, models.PROTECT, related_name="parcels")
    merchant = models.ForeignKey(
        Merchant, models.PROTECT, related_name="+", verbose_name=_("merchant")
    )
    carrier = models.ForeignKey(
        Carrier, models.PROTECT, related_name="+", verbose_name=_("carrier")
    )
    waybill = models.CharField(_("waybill"), max_length=40, blank=True)
    sorting_code = models.CharField(_("sorting code"), max_length=40, blank=True)
    origin_code = models.CharField(max_length=40, blank=True, editable=False)
    status = models.CharField(
        _("state"), max_length=14, choices=ParcelStatus.choices, default=ParcelStatus.CREATED
    )
    sign_code = SealedTextField(blank=True, default="", editable=False)
    created_at = models.DateTimeField(_("created at"), default=clock.now, editable=False)
    printed_at = models.DateTimeField(_("printed at"), null=True, blank=True, editable=False)
    picked_up_at = models.DateTimeField(_("picked up at"), null=True, blank=True, editable=False)
    signed_at = models.DateTimeField(_("signed at"), null=True, blank=True, editable=False)
    last_event_at = models.DateTimeField(_("last heard of"), null=True, blank=True, editable=False)

    objects: ClassVar = ParcelQuerySet.as_manager()

    MOVES = {
        **_forward_moves(),
        S.CREATED: _forward_moves()[S.CREATED] | {S.VOIDED},
        S.LABEL_PRINTED: _forward_moves()[S.LABEL_PRINTED] | {S.VOIDED},
        S.EXCEPTION: {*UNDER_WAY, S.SIGNED, S.REFUSED, S.RETURNING, S.RETURNED, S.LOST, S.VOIDED},
        S.REFUSED: {S.DELIVERING, S.SIGNED, S.EXCEPTION, S.RETURNING, S.RETURNED, S.LOST},
        S.RETURNING: {S.EXCEPTION, S.RETURNED, S.LOST},
    }

    class Meta:
        verbose_name = _("parcel")
        verbose_name_plural = _("parcels")
        permissions = [
            ("print_label", _("Can print labels")),
            ("void_parcel", _("Can void parcels")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["carrier", "waybill"],
                condition=~Q(waybill="") & ~Q(status="VOIDED"),
                name="waybill_once_per_carrier",
            ),
            models.CheckConstraint(
                condition=~Q(status="SIGNED") | Q(signed_at__isnull=False),
                name="parcel_says_when_signed",
            ),
        ]
        indexes = [
            models.Index(fields=["shipment"], name="parcel_shipment"),
            models.Index(fields=["waybill"], name="parcel_waybill"),
            models.Index(
                fields=["status", "created_at"],
                name="parcel_under_way",
                condition=~Q(status__in=["SIGNED", "RETURNED", "LOST", "VOIDED"]),
            ),
        ]

    def __str__(self) -> str:
        return self.waybill or self.number

    @property
    def is_on_paper(self) -> bool:
        """Somebody may be carrying it already: a label was printed, or it has left."""
        return self.status not in {ParcelStatus.CREATED, ParcelStatus.VOIDED}


class ParcelMove(StatusMove):
    parcel = models.ForeignKey(Parcel, models.PROTECT, related_name="moves")

    class Meta:
        verbose_name = _("move of a parcel")
        verbose_name_plural = _("moves of parcels")


class TrackingEvent(models.Model):
    """What a carrier said about a parcel. Kept whether or not it moved the parcel."""

    parcel = models.ForeignKey(Parcel, models.PROTECT, related_name="events")
    waybill = models.CharField(_("waybill"), max_length=40)
    at = models.DateTimeField(_("at"))
    code = models.CharField(_("code"), max_length=16, blank=True)
    step = models.CharField(_("meaning"), max_length=12)
    text = models.CharField(_("text"), max_length=500)
    place = models.CharField(_("place"), max_length=80, blank=True)
    is_applied = models.BooleanField(_("moved the parcel"), default=False)
    heard_at = models.DateTimeField(_("heard at"), default=clock.now, editable=False)

    objects: ClassVar = ShopQuerySet["TrackingEvent"].as_manager()

    class Meta:
        verbose_name = _("tracking event")
        verbose_name_plural = _("tracking events")
        constraints = [
            models.UniqueConstraint(
                fields=["parcel", "waybill", "at", "code", "text"], name="tracking_event_once"
            ),
        ]
        indexes = [models.Index(fields=["parcel", "-at"], name="tracking_event_newest")]

    def __str__(self) -> str:
        return f"{self.at:%m-%d %H:%M} {self.text}"


class ProblemKind(models.TextChoices):
    NO_PICKUP = "NO_PICKUP", _("not picked up")
    NO_MOVE = "NO_MOVE", _("does not move")
    TROUBLE = "TROUBLE", _("the carrier reports trouble")
    GIVEN_UP = "GIVEN_UP", _("the carrier has no record of it")
    REFUSED = "REFUSED", _("refused by the recipient")
    RETURNING = "RETURNING", _("on its way back")
    LOST = "LOST", _("lost")
    WAYBILL = "WAYBILL", _("the carrier gives no waybill")


class ParcelProblemQuerySet(ShopQuerySet["ParcelProblem"]):
    def of_merchants(self, user: Any) -> "ParcelProblemQuerySet":
        return self.filter(parcel__merchant__in=Merchant.objects.visible_to(user))

    def open(self) -> "ParcelProblemQuerySet":
        return self.filter(closed_at=None)


class ParcelProblem(models.Model):
    """Something about a parcel that a person should look at; while it is open, nobody is taken to have received it."""

    parcel = models.ForeignKey(Parcel, models.PROTECT, related_name="problems")
    kind = models.CharField(_("problem"), max_length=10, choices=ProblemKind.choices)
    note = models.CharField(_("note"), max_length=200, blank=True)
    opened_at = models.DateTimeField(_("since"), default=clock.now, editable=False)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True, editable=False)
    closing_note = models.CharField(_("what was done"), max_length=200, blank=True)

    objects: ClassVar = ParcelProblemQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery problem")
        verbose_name_plural = _("delivery problems")
        permissions = [("close_parcelproblem", _("Can close delivery problems"))]
        constraints = [
            models.UniqueConstraint(
                fields=["parcel", "kind"],
                condition=Q(closed_at=None),
                name="one_open_problem_of_a_kind",
            ),
        ]

    def __str__(self) -> str:
        return str(ProblemKind(self.kind).label)


def new_sign_code() -> str:
    """Return four digits that the recipient tells the courier."""
    return f"{secrets.randbelow(10_000):04d}"
