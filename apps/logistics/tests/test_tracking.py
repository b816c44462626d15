import itertools
from datetime import timedelta

import pytest

from apps.core import clock
from apps.core.models import Delivery
from apps.core.states import IllegalMove
from apps.logistics.carriers.adapter import CarrierEvent, Step
from apps.logistics.models import (
    Parcel,
    ParcelProblem,
    ParcelStatus,
    ProblemKind,
    TrackingEvent,
)
from apps.logistics.services import (
    ParcelDraft,
    add_parcel,
    close_problem,
    correct_waybill,
    mark_lost,
    mark_returned,
    record_events,
    ship_order,
)
from apps.logistics.tests.factories import a_paid_order, everything
from apps.orders.models import OrderStatus
from apps.orders.tasks import receive_delivered_orders

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


def moved_facts(parcel):
    facts = Delivery.objects.filter(event="ParcelMoved", payload__parcel_id=parcel.pk)
    return list(facts.order_by("pk").values_list("payload__status", "payload__problem"))


def test_a_parcel_goes_its_way_to_the_signature(parcel):
    order = parcel.shipment.order
    for hours, step in enumerate(["PICKED_UP", "IN_TRANSIT", "DELIVERING", "SIGNED"]):
        hear(parcel, an_event(step, hours=hours))
        assert parcel.status == step

    assert [move.to_status for move in parcel.moves.order_by("pk")] == [
        "CREATED",
        "PICKED_UP",
        "IN_TRANSIT",
        "DELIVERING",
        "SIGNED",
    ]
    assert parcel.signed_at - parcel.picked_up_at == timedelta(hours=3)
    order.refresh_from_db()
    assert order.auto_receive_at - parcel.signed_at == timedelta(days=7)
    assert moved_facts(parcel)[-1] == ("SIGNED", "")


def test_whatever_the_order_in_which_events_come_the_end_is_the_same(parcel):
    events = [
        an_event(step, hours=hours)
        for hours, step in enumerate(["PICKED_UP", "IN_TRANSIT", "DELIVERING", "SIGNED"])
    ]
    ends = set()
    for permutation in itertools.permutations(events):
        Parcel.objects.filter(pk=parcel.pk).update(
            status="CREATED", picked_up_at=None, signed_at=None, last_event_at=None
        )
        TrackingEvent.objects.all().delete()
        for event in permutation:
            hear(parcel, event)
        ends.add((parcel.status, parcel.signed_at, parcel.last_event_at))
        assert TrackingEvent.objects.count() == 4

    assert ends == {("SIGNED", events[3].at, events[3].at)}


def test_an_older_event_is_kept_but_not_applied(parcel):
    hear(parcel, an_event("DELIVERING", hours=5))

    hear(parcel, an_event("IN_TRANSIT", hours=2), an_event("EXCEPTION", hours=3))

    assert parcel.status == ParcelStatus.DELIVERING
    kept = TrackingEvent.objects.order_by("at").values_list("step", "is_applied")
    assert list(kept) == [("IN_TRANSIT", False), ("EXCEPTION", False), ("DELIVERING", True)]
    assert not ParcelProblem.objects.exists()


def test_a_newer_step_backwards_is_kept_but_not_applied(parcel):
    hear(parcel, an_event("DELIVERING"), an_event("IN_TRANSIT", hours=1))

    assert parcel.status == ParcelStatus.DELIVERING
    assert TrackingEvent.objects.get(step="IN_TRANSIT").is_applied is False


def test_an_event_from_the_far_future_is_kept_but_not_applied(parcel):
    hear(parcel, an_event("SIGNED", hours=49))
    hear(parcel, an_event("PICKED_UP"))

    assert parcel.status == ParcelStatus.PICKED_UP
    assert TrackingEvent.objects.get(step="SIGNED").is_applied is False


def test_the_same_event_twice_is_one(parcel):
    event = an_event("PICKED_UP")

    hear(parcel, event, event)
    hear(parcel, event)

    assert TrackingEvent.objects.count() == 1
    assert parcel.moves.count() == 2


def test_trouble_stops_the_clock_until_the_parcel_moves_on(parcel):
    order = parcel.shipment.order
    hear(parcel, an_event("PICKED_UP"), an_event("EXCEPTION", hours=1, text="电话无人接听"))

    assert parcel.status == ParcelStatus.EXCEPTION
    problem = parcel.problems.get()
    assert (problem.kind, problem.note) == (ProblemKind.TROUBLE, "电话无人接听")
    order.refresh_from_db()
    assert order.is_auto_receive_paused
    assert moved_facts(parcel)[-1] == ("EXCEPTION", "TROUBLE")
    clock.travel(timedelta(days=40))
    receive_delivered_orders()
    order.refresh_from_db()
    assert order.status == OrderStatus.SHIPPED
    clock.come_home()

    hear(parcel, an_event("DELIVERING", hours=2))

    problem.refresh_from_db()
    order.refresh_from_db()
    assert problem.closed_at is not None
    assert not order.is_auto_receive_paused
    assert moved_facts(parcel)[-1] == ("DELIVERING", "")


def test_a_refused_parcel_comes_back(parcel):
    hear(parcel, an_event("DELIVERING"), an_event("REFUSED", hours=1))
    hear(parcel, an_event("RETURNING", hours=2))
    assert set(parcel.problems.values_list("kind", flat=True)) == {"REFUSED", "RETURNING"}

    hear(parcel, an_event("RETURNED", hours=3))

    assert parcel.status == ParcelStatus.RETURNED
    assert parcel.shipment.order.is_auto_receive_paused
    with pytest.raises(IllegalMove):
        mark_returned(parcel_id=parcel.pk, reason="again", actor=None)


def test_a_person_closes_a_problem_once(parcel):
    hear(parcel, an_event("PICKED_UP"), an_event("EXCEPTION", hours=1))
    problem = parcel.problems.get()

    close_problem(problem_id=problem.pk, note="called the shopper", actor=None)

    parcel.shipment.order.refresh_from_db()
    assert not parcel.shipment.order.is_auto_receive_paused
    with pytest.raises(IllegalMove):
        close_problem(problem_id=problem.pk, note="again", actor=None)


def test_a_parcel_is_lost_only_from_trouble(parcel):
    with pytest.raises(IllegalMove):
        mark_lost(parcel_id=parcel.pk, reason="", actor=None)
    hear(parcel, an_event("PICKED_UP"), an_event("EXCEPTION", hours=1))

    mark_lost(parcel_id=parcel.pk, reason="searched for it", actor=None)

    parcel.refresh_from_db()
    assert parcel.status == ParcelStatus.LOST
    assert set(ParcelProblem.objects.open().values_list("kind", flat=True)) == {"TROUBLE", "LOST"}
    hear(parcel, an_event("SIGNED", hours=5))
    assert parcel.status == ParcelStatus.LOST


def test_the_clock_waits_for_the_last_parcel(parcel):
    order = parcel.shipment.order
    second = add_parcel(
        shipment_id=parcel.shipment_id, draft=ParcelDraft("zto", "73123456789012"), actor=None
    )

    hear(parcel, an_event("SIGNED", hours=1))
    order.refresh_from_db()
    assert order.auto_receive_at - order.shipped_at == timedelta(days=15)
    hear(second, an_event("SIGNED", hours=9), waybill="73123456789012")

    order.refresh_from_db()
    assert order.auto_receive_at - second.signed_at == timedelta(days=7)


def test_an_order_is_received_by_itself_seven_days_after_the_signature(parcel):
    order = parcel.shipment.order
    hear(parcel, an_event("SIGNED"))

    clock.travel(timedelta(days=6, hours=23))
    receive_delivered_orders()
    order.refresh_from_db()
    assert order.status == OrderStatus.SHIPPED

    clock.travel(timedelta(hours=2))
    receive_delivered_orders()
    order.refresh_from_db()
    assert order.status == OrderStatus.RECEIVED


def test_after_a_correction_the_wrong_waybill_says_nothing_more(parcel):
    hear(parcel, an_event("PICKED_UP", hours=4))
    correct_waybill(parcel_id=parcel.pk, waybill="YT8812345678902", actor=None)

    hear(parcel, an_event("SIGNED", hours=9))
    assert parcel.status == ParcelStatus.PICKED_UP

    hear(parcel, an_event("IN_TRANSIT", hours=1), waybill="YT8812345678902")
    assert parcel.status == ParcelStatus.IN_TRANSIT
