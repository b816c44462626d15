import json
from datetime import UTC, datetime, timedelta

import pytest

from apps.core import clock
from apps.logistics.carriers.adapter import CarrierEvent, Step
from apps.logistics.carriers.kd100.pushes import PushRefused, push_signature
from apps.logistics.models import (
    CarrierPush,
    ParcelStatus,
    ProblemKind,
    TrackingEvent,
)
from apps.logistics.services import (
    apply_push,
    apply_waiting_pushes,
    flag_silent_parcels,
    record_events,
    record_push,
    ship_order,
)
from apps.logistics.tests.factories import a_paid_order, everything
from apps.orders.models import OrderStatus

pytestmark = pytest.mark.django_db
YTO = "YT8812345678901"
SALT = "salt-of-tests"


@pytest.fixture
def parcel(settings):
    settings.KD100_SALT = SALT
    order = a_paid_order()
    shipment = ship_order(
        order_id=order.pk,
        quantities=everything(order),
        carrier_code="yto",
        waybill=YTO,
        actor=None,
    )
    return shipment.parcels.get()


def an_event(step, *, hours=0, text=""):
    at = clock.now().replace(microsecond=0) + timedelta(hours=hours)
    return CarrierEvent(at=at, code="", step=Step(step), text=text or f"{step} +{hours}")


def hear(parcel, *events, waybill=YTO):
    record_events(parcel_id=parcel.pk, waybill=waybill, events=events)
    parcel.refresh_from_db()
    parcel.shipment.order.refresh_from_db()
    return parcel


def a_push(*lines, status="polling", waybill=YTO, company="yuantong"):
    data = [
        {"time": at, "ftime": at, "context": text, "statusCode": code} for at, code, text in lines
    ]
    last = {"com": company, "nu": waybill, "state": "0", "data": data}
    body = {"status": status, "message": "3天查询无记录", "lastResult": last}
    return json.dumps(body, ensure_ascii=False)


def push(param):
    row = record_push(param=param, signature=push_signature(param, SALT))
    apply_push(push_id=row.pk)
    row.refresh_from_db()
    return row


def test_a_push_is_kept_and_applied_once(parcel):
    param = a_push(
        ("2026-11-21 09:00:00", "5", "派件"),
        ("2026-11-20 20:00:00", "1002", "转运"),
        ("2026-11-20 18:00:00", "103", "揽收"),
    )

    first, again = push(param), push(param)

    parcel.refresh_from_db()
    assert first == again
    assert first.applied_at is not None
    assert parcel.status == ParcelStatus.DELIVERING
    assert parcel.picked_up_at == datetime(2026, 11, 20, 10, tzinfo=UTC)
    assert TrackingEvent.objects.filter(is_applied=True).count() == 3


def test_pushes_that_come_out_of_order_end_the_same(parcel):
    lines = [
        ("2026-11-20 18:00:00", "1", "揽收"),
        ("2026-11-20 20:00:00", "0", "在途"),
        ("2026-11-21 09:00:00", "3", "签收"),
    ]
    push(a_push(*reversed(lines)))
    push(a_push(*reversed(lines[:2])))
    push(a_push(*reversed(lines[:1])))

    parcel.refresh_from_db()
    assert parcel.status == ParcelStatus.SIGNED
    assert TrackingEvent.objects.count() == 3


@pytest.mark.parametrize("signature", ["", "0" * 32, "x"])
def test_a_push_without_a_good_signature_leaves_no_trace(parcel, signature):
    with pytest.raises(PushRefused):
        record_push(param=a_push(("2026-11-20 18:00:00", "3", "签收")), signature=signature)

    parcel.refresh_from_db()
    assert parcel.status == ParcelStatus.CREATED
    assert not CarrierPush.objects.exists()


def test_a_push_for_nobody_is_kept_with_its_problem(parcel):
    row = push(a_push(("2026-11-20 18:00:00", "3", "签收"), waybill="YT0000000000000"))

    assert row.problem == "no parcel has this waybill"
    parcel.refresh_from_db()
    assert parcel.status == ParcelStatus.CREATED


def test_a_company_that_corrects_itself_is_believed_by_the_waybill(parcel):
    push(a_push(("2026-11-20 18:00:00", "1", "揽收"), company="zhongtong"))

    parcel.refresh_from_db()
    assert parcel.status == ParcelStatus.PICKED_UP


def test_an_abort_opens_an_exception(parcel):
    push(a_push(status="abort"))

    parcel.refresh_from_db()
    assert parcel.status == ParcelStatus.EXCEPTION
    problem = parcel.problems.get()
    assert (problem.kind, problem.note) == (ProblemKind.GIVEN_UP, "3天查询无记录")


def test_an_abort_after_the_signature_changes_nothing(parcel):
    hear(parcel, an_event("SIGNED"))
    push(a_push(status="abort"))

    parcel.refresh_from_db()
    assert parcel.status == ParcelStatus.SIGNED
    assert not parcel.problems.exists()


def test_a_push_that_was_kept_but_not_applied_is_applied_by_the_job(parcel):
    param = a_push(("2026-11-20 18:00:00", "1", "揽收"))
    row = record_push(param=param, signature=push_signature(param, SALT))

    assert apply_waiting_pushes() == 0  # the door that kept it is about to apply it
    clock.travel(timedelta(minutes=1))
    assert apply_waiting_pushes() == 1

    row.refresh_from_db()
    parcel.refresh_from_db()
    assert row.applied_at is not None
    assert parcel.status == ParcelStatus.PICKED_UP


@pytest.mark.parametrize(("hours", "is_flagged"), [(47, False), (49, True)])
def test_a_parcel_that_nobody_picks_up_is_flagged(parcel, hours, is_flagged):
    clock.travel(timedelta(hours=hours))

    assert flag_silent_parcels() == int(is_flagged)
    assert flag_silent_parcels() == 0

    parcel.refresh_from_db()
    order = parcel.shipment.order
    order.refresh_from_db()
    assert (parcel.status == ParcelStatus.EXCEPTION) is is_flagged
    assert order.is_auto_receive_paused is is_flagged
    assert list(parcel.problems.values_list("kind", flat=True)) == ["NO_PICKUP"] * is_flagged


@pytest.mark.parametrize(("hours", "is_flagged"), [(71, False), (73, True)])
def test_a_parcel_that_does_not_move_is_flagged(parcel, hours, is_flagged):
    hear(parcel, an_event("IN_TRANSIT"))
    clock.travel(timedelta(hours=hours))

    assert flag_silent_parcels() == int(is_flagged)

    parcel.refresh_from_db()
    assert list(parcel.problems.values_list("kind", flat=True)) == ["NO_MOVE"] * is_flagged


def test_a_parcel_held_up_for_ten_days_is_given_up(parcel):
    hear(parcel, an_event("IN_TRANSIT"), an_event("EXCEPTION", hours=1))
    clock.travel(timedelta(days=11))

    flag_silent_parcels()

    parcel.refresh_from_db()
    assert parcel.status == ParcelStatus.LOST
    assert parcel.shipment.order.status == OrderStatus.SHIPPED


def test_a_carrier_that_is_not_followed_is_not_flagged(parcel):
    parcel.carrier.tracking_code = ""
    parcel.carrier.save()
    clock.travel(timedelta(days=5))

    assert flag_silent_parcels() == 0
