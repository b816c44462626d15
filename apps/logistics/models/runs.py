"""What an own courier does with a parcel."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.querysets import ShopQuerySet
from apps.core.states import HasStatus, StatusMove
from apps.logistics.models.carriers import Courier
from apps.logistics.models.parcels import Parcel

SIGN_TRIES = 5


class RunStatus(models.TextChoices):
    ASSIGNED = "ASSIGNED", _("assigned")
    ACCEPTED = "ACCEPTED", _("accepted")
    PICKED_UP = "PICKED_UP", _("picked up")
    SIGNED = "SIGNED", _("signed for")
    WITHDRAWN = "WITHDRAWN", _("withdrawn")


class CourierRunQuerySet(ShopQuerySet["CourierRun"]):
    def of(self, user: Any) -> "CourierRunQuerySet":
        """Those of the courier that this person is."""
        return self.filter(courier__user=user)

    def live(self) -> "CourierRunQuerySet":
        return self.exclude(status=RunStatus.WITHDRAWN)


class CourierRun(HasStatus):
    """One courier's way with one parcel, from the shop to the door."""

    parcel = models.ForeignKey(Parcel, models.PROTECT, related_name="runs")
    courier = models.ForeignKey(Courier, models.PROTECT, related_name="runs")
    status = models.CharField(
        _("state"), max_length=10, choices=RunStatus.choices, default=RunStatus.ASSIGNED
    )
    wrong_codes = models.PositiveSmallIntegerField(_("wrong codes"), default=0)
    assigned_at = models.DateTimeField(_("assigned at"), default=clock.now, editable=False)

    objects: ClassVar = CourierRunQuerySet.as_manager()

    MOVES = {
        RunStatus.ASSIGNED: {RunStatus.ACCEPTED, RunStatus.WITHDRAWN},
        RunStatus.ACCEPTED: {RunStatus.PICKED_UP, RunStatus.WITHDRAWN},
        RunStatus.PICKED_UP: {RunStatus.SIGNED},
    }

    class Meta:
        verbose_name = _("courier's run")
        verbose_name_plural = _("couriers' runs")
        constraints = [
            models.UniqueConstraint(
                fields=["parcel"],
                condition=~Q(status="WITHDRAWN"),
                name="one_live_run_per_parcel",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.courier_id}: {self.parcel_id}"


class CourierRunMove(StatusMove):
    run = models.ForeignKey(CourierRun, models.PROTECT, related_name="moves")

    class Meta:
        verbose_name = _("move of a courier's run")
        verbose_name_plural = _("moves of couriers' runs")
