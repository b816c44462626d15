"""Own couriers: assigned, accepted, picked up, signed for with four digits."""

import hmac

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.actors import Actor
from apps.core.audit import record_audit
from apps.core.errors import InvalidInput, Refusal
from apps.core.states import IllegalMove
from apps.logistics.carriers.adapter import CarrierEvent, Step
from apps.logistics.models import (
    CarrierKind,
    Courier,
    CourierRun,
    Parcel,
    ParcelStatus,
    RunStatus,
    ShipmentStatus,
)
from apps.logistics.models.parcels import new_sign_code
from apps.logistics.models.runs import SIGN_TRIES
from apps.logistics.services.locking import lock_parcel
from apps.logistics.services.tracking import record_events


class WrongSignCode(Refusal):
    code = "WRONG_SIGN_CODE"
    http_status = 422
    text = _("This is not the recipient's code. Tries left: {left}.")


class SignCodeLocked(Refusal):
    code = "SIGN_CODE_LOCKED"
    http_status = 409
    text = _("Too many wrong codes. Ask the shop for a new one.")


@transaction.atomic
def assign_courier(*, parcel_id: int, courier_id: int, actor: Actor | None) -> CourierRun:
    """
    Give a parcel to a courier; one who has not picked it up yet hands it on.

    :raises InvalidInput: if it goes by another carrier, or the courier works for somebody else
    :raises IllegalMove: if it has been picked up
    """
    parcel = lock_parcel(parcel_id)
    courier = Courier.objects.active().get(pk=courier_id)
    if parcel.carrier.kind != CarrierKind.OWN:
        raise InvalidInput(field="carrier", reason=str(parcel.carrier))
    if courier.merchant_id != parcel.merchant_id:
        raise InvalidInput(field="courier", reason=_("works for another merchant"))
    if parcel.status not in {ParcelStatus.CREATED, ParcelStatus.LABEL_PRINTED}:
        raise IllegalMove(current=parcel.status, wanted=RunStatus.ASSIGNED)
    for run in CourierRun.objects.live().filter(parcel=parcel).locked():
        run.move_to(RunStatus.WITHDRAWN, by=actor, reason="handed on")
    run = CourierRun.objects.create(parcel=parcel, courier=courier, assigned_at=clock.now())
    run.record_move("", RunStatus.ASSIGNED, by=actor)
    return run


@transaction.atomic
def accept_run(*, run_id: int, actor: Actor | None) -> None:
    """
    Let a courier say: I shall take it.

    :raises IllegalMove: if it is not waiting for that
    """
    CourierRun.objects.locked().get(pk=run_id).move_to(RunStatus.ACCEPTED, by=actor)


@transaction.atomic
def withdraw_run(*, run_id: int, reason: str, actor: Actor | None) -> None:
    """
    Take a parcel from a courier who has not picked it up.

    :raises IllegalMove: if the parcel is on its way
    """
    run = CourierRun.objects.locked().get(pk=run_id)
    run.move_to(RunStatus.WITHDRAWN, by=actor, reason=reason[:200])


@transaction.atomic
def pick_up_parcel(*, run_id: int, actor: Actor | None) -> None:
    """
    Note that the courier has the parcel.

    :raises IllegalMove: if the courier has not accepted it, or the shipment has not been sent
    """
    run = _locked_run(run_id)
    if run.parcel.shipment.status != ShipmentStatus.SHIPPED:
        raise IllegalMove(current=run.parcel.shipment.status, wanted=RunStatus.PICKED_UP)
    run.move_to(RunStatus.PICKED_UP, by=actor)
    _tell(run, Step.PICKED_UP, _("Courier {name} has picked the parcel up and is on the way."))


def sign_parcel(*, run_id: int, code: str, actor: Actor | None) -> None:
    """
    Hand a parcel over to somebody who knows its four digits. A wrong try counts even though it is refused.

    :raises WrongSignCode: with the tries that are left
    :raises SignCodeLocked: after five wrong ones
    :raises IllegalMove: if the courier does not have the parcel
    """
    with transaction.atomic():
        run = _locked_run(run_id)
        if run.status != RunStatus.PICKED_UP:
            raise IllegalMove(current=run.status, wanted=RunStatus.SIGNED)
        if run.wrong_codes >= SIGN_TRIES:
            raise SignCodeLocked
        expected = run.parcel.sign_code
        is_right = bool(expected) and hmac.compare_digest(expected.encode(), code.encode())
        if is_right:
            run.move_to(RunStatus.SIGNED, by=actor)
            _tell(run, Step.SIGNED, _("Handed over by courier {name}; signed for by code."))
        else:
            CourierRun.objects.filter(pk=run.pk).guarded_update(wrong_codes=F("wrong_codes") + 1)
    if not is_right:
        raise WrongSignCode(left=SIGN_TRIES - run.wrong_codes - 1)


@transaction.atomic
def renew_sign_code(*, parcel_id: int, actor: Actor | None) -> None:
    """
    Give the recipient other digits, and the courier five new tries.

    :raises InvalidInput: if it goes by another carrier
    """
    parcel = lock_parcel(parcel_id)
    if parcel.carrier.kind != CarrierKind.OWN:
        raise InvalidInput(field="carrier", reason=str(parcel.carrier))
    Parcel.objects.filter(pk=parcel.pk).guarded_update(sign_code=new_sign_code())
    CourierRun.objects.live().filter(parcel=parcel).update(wrong_codes=0)
    record_audit("parcel.sign_code_renewed", parcel, actor=actor)


def _locked_run(run_id: int) -> CourierRun:
    parcel_id = CourierRun.objects.values_list("parcel_id", flat=True).get(pk=run_id)
    parcel = lock_parcel(parcel_id)
    run: CourierRun = CourierRun.objects.locked().select_related("courier").get(pk=run_id)
    run.parcel = parcel
    return run


def _tell(run: CourierRun, step: Step, text: Promise) -> None:
    """Write what the courier did into the parcel's track, as a carrier would: in the shop's own language."""
    with translation.override(settings.LANGUAGE_CODE):
        said = str(text).format(name=run.courier.name)
    event = CarrierEvent(at=clock.now(), code="", step=step, text=said)
    record_events(parcel_id=run.parcel_id, waybill=run.parcel.waybill, events=[event])
