"""The carriers' adapters against the simulator, a process of its own; its pushes come back over HTTP."""

import secrets
import time
from datetime import timedelta

import pytest
import urllib3
from django.db import connection

from apps.core import clock
from apps.core.outgoing import reset_breakers
from apps.logistics.models import (
    CallKind,
    CallStatus,
    CarrierCall,
    CarrierPush,
    Parcel,
    ParcelStatus,
    ProblemKind,
)
from apps.logistics.selectors import has_printed_waybill
from apps.logistics.services import (
    ask_about_silent_parcels,
    draft_shipment,
    make_due_carrier_calls,
    prepare_parcel,
    retry_carrier_call,
    ship_order,
    void_parcel,
)
from apps.logistics.tests.factories import a_paid_order, everything
from apps.orders.models import OrderStatus

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE_SECONDS = 15.0


class Control:
    """The simulator's control room."""

    def __init__(self, url):
        self.url = url

    def ask(self, method, path, body=None):
        answer = urllib3.request(method, f"{self.url}/control{path}", json=body, timeout=5.0)
        assert answer.status < 300, answer.data
        return answer.json()

    def turn(self, channel, name, **more):
        self.ask("POST", "/knobs", {"channel": channel, "name": name, "count": 1, **more})

    def happen(self, waybill, *deeds):
        for deed in deeds:
            self.ask("POST", f"/parcels/{waybill}/events", {"do": deed})

    def parcel(self, waybill):
        return self.ask("GET", f"/parcels/{waybill}")


@pytest.fixture
def control(simulator, settings):
    reset_breakers()
    settings.SITE_URL = "http://127.0.0.1:9"  # nobody listens there
    room = Control(simulator.url)
    room.ask("DELETE", "/knobs")
    yield room
    room.ask("DELETE", "/knobs")


@pytest.fixture
def shop(control, live_server, settings):
    """The shop as the simulator reaches it."""
    settings.SITE_URL = live_server.url
    yield live_server
    for waybill in Parcel.objects.exclude(waybill="").values_list("waybill", flat=True):
        control.happen(waybill, "abort")  # so that it does not move on during other tests
    time.sleep(0.5)
    with connection.cursor() as cursor:  # the server's threads wait for more on open connections
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def a_waybill():
    """Return one that the simulator, whose book outlives a run, has not seen."""
    return f"YT{secrets.randbelow(10**13):013d}"


def send_off(carrier_code="sf", waybill=None):
    order = a_paid_order()
    shipment = ship_order(
        order_id=order.pk,
        quantities=everything(order),
        carrier_code=carrier_code,
        waybill=waybill,
        actor=None,
    )
    return shipment.parcels.get()


def later():
    clock.travel(timedelta(minutes=30))


def wait_for(parcel, status):
    """Wait until a push has moved the parcel."""
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        parcel.refresh_from_db()
        if parcel.status == status:
            return
        time.sleep(0.1)
    pytest.fail(f"still {parcel.status}; pushes: {list(CarrierPush.objects.values())}")


def test_a_parcel_from_the_waybill_to_the_signature(control, shop):
    parcel = send_off()
    assert parcel.waybill == ""

    assert make_due_carrier_calls() == 2

    parcel.refresh_from_db()
    assert parcel.waybill.startswith("SF1")
    assert (parcel.sorting_code, parcel.origin_code) == ("010WE-BA-041", "755")
    assert set(CarrierCall.objects.values_list("kind", "status")) == {
        ("REQUEST", "DONE"),
        ("SUBSCRIBE", "DONE"),
    }
    assert control.parcel(parcel.waybill)["order_id"] == parcel.number

    control.happen(parcel.waybill, "pick_up", "transit", "deliver")
    wait_for(parcel, ParcelStatus.DELIVERING)
    control.happen(parcel.waybill, "sign")
    wait_for(parcel, ParcelStatus.SIGNED)

    order = parcel.shipment.order
    order.refresh_from_db()
    assert order.status == OrderStatus.SHIPPED
    assert order.auto_receive_at - parcel.signed_at == timedelta(days=7)
    assert parcel.events.filter(waybill=parcel.waybill).count() == 4


def test_a_typed_waybill_is_followed_too(control, shop):
    parcel = send_off("yto", a_waybill())
    make_due_carrier_calls()

    control.happen(parcel.waybill, "pick_up", "refuse")

    wait_for(parcel, ParcelStatus.REFUSED)
    assert parcel.problems.get().kind == ProblemKind.REFUSED


def test_an_abort_becomes_an_exception(control, shop):
    parcel = send_off("yto", a_waybill())
    make_due_carrier_calls()

    control.happen(parcel.waybill, "abort")

    wait_for(parcel, ParcelStatus.EXCEPTION)
    assert parcel.problems.get().kind == ProblemKind.GIVEN_UP


def test_pushes_twice_out_of_order_or_forged_end_in_the_truth(control, shop):
    parcel = send_off("yto", a_waybill())
    make_due_carrier_calls()
    control.turn("kd100", "wrong_key")
    control.happen(parcel.waybill, "sign")
    control.turn("kd100", "tampered", value={"field": "lastResult.nu", "value": "YT0"})
    control.happen(parcel.waybill, "problem")
    time.sleep(1.0)
    assert not CarrierPush.objects.filter(waybill__in=["YT0", parcel.waybill]).exists()
    parcel.refresh_from_db()
    assert parcel.status == ParcelStatus.CREATED

    control.turn("kd100", "duplicate", value=3)
    control.happen(parcel.waybill, "return_signed")

    wait_for(parcel, ParcelStatus.RETURNED)
    assert parcel.events.count() == 3


def test_a_lost_answer_costs_no_second_waybill(control):
    parcel = send_off()
    control.turn("sf", "lost_response", operation="create", value=0)

    make_due_carrier_calls()
    call = CarrierCall.objects.get(kind=CallKind.REQUEST)
    assert (call.status, call.attempts) == (CallStatus.WAITING, 1)
    assert make_due_carrier_calls() == 0

    later()
    make_due_carrier_calls()

    parcel.refresh_from_db()
    call.refresh_from_db()
    assert (call.status, call.attempts) == (CallStatus.DONE, 2)
    assert control.parcel(parcel.waybill)["order_id"] == parcel.number


def test_a_repetition_that_sf_refuses_is_looked_up(control):
    parcel = send_off()
    control.turn("sf", "lost_response", operation="create", value=0)
    make_due_carrier_calls()
    control.turn("sf", "refuse", operation="create", value="8016")
    later()

    make_due_carrier_calls()

    parcel.refresh_from_db()
    assert control.parcel(parcel.waybill)["order_id"] == parcel.number


@pytest.mark.parametrize("knob", ["server_error", "garbage"])
def test_trouble_over_there_is_tried_again(control, knob):
    parcel = send_off()
    control.turn("sf", knob, operation="create")
    make_due_carrier_calls()
    parcel.refresh_from_db()
    assert parcel.waybill == ""

    later()
    make_due_carrier_calls()

    parcel.refresh_from_db()
    assert parcel.waybill.startswith("SF1")


def test_a_carrier_that_says_no_puts_the_parcel_before_a_person(control):
    parcel = send_off()
    control.turn("sf", "refuse", operation="create", value="1014")

    make_due_carrier_calls()

    call = CarrierCall.objects.get(kind=CallKind.REQUEST)
    assert call.status == CallStatus.REFUSED
    assert call.last_error.startswith("1014")
    problem = parcel.problems.get()
    assert (problem.kind, problem.note) == (ProblemKind.WAYBILL, call.last_error)


def test_voiding_cancels_the_waybill_over_there(control):
    parcel = send_off()
    make_due_carrier_calls()
    void_parcel(parcel_id=parcel.pk, reason="wrong goods", actor=None)

    make_due_carrier_calls()

    parcel.refresh_from_db()
    assert parcel.status == ParcelStatus.VOIDED
    assert control.parcel(parcel.waybill)["status"] == "CANCELLED"
    call = CarrierCall.objects.get(kind=CallKind.CANCEL)
    assert call.status == CallStatus.DONE


def test_a_cancellation_that_comes_too_late_is_shown(control):
    parcel = send_off()
    make_due_carrier_calls()
    parcel.refresh_from_db()
    void_parcel(parcel_id=parcel.pk, reason="wrong goods", actor=None)
    control.happen(parcel.waybill, "pick_up")

    make_due_carrier_calls()

    call = CarrierCall.objects.get(kind=CallKind.CANCEL)
    assert (call.status, call.last_error[:4]) == (CallStatus.REFUSED, "8096")
    assert parcel.problems.get().kind == ProblemKind.TROUBLE
    parcel.shipment.order.refresh_from_db()
    assert not parcel.shipment.order.is_auto_receive_paused


def test_a_parcel_voided_while_its_waybill_was_asked_for_gives_it_back(control):
    parcel = send_off()
    CarrierCall.objects.update(lease_until=clock.now() + timedelta(seconds=30))
    void_parcel(parcel_id=parcel.pk, reason="wrong goods", actor=None)
    CarrierCall.objects.update(lease_until=None)

    make_due_carrier_calls()

    parcel.refresh_from_db()
    assert parcel.status == ParcelStatus.VOIDED
    assert control.parcel(parcel.waybill)["status"] == "CANCELLED"


def test_a_prepared_label_counts_as_printed_unless_the_carrier_refuses_it(control):
    order = a_paid_order()
    draft_shipment(order_id=order.pk)
    assert not has_printed_waybill(order.pk)
    parcel = prepare_parcel(order_id=order.pk, carrier_code="sf", actor=None)
    assert has_printed_waybill(order.pk)
    control.turn("sf", "refuse", operation="create", value="1014")

    make_due_carrier_calls(parcel_ids=[parcel.pk])
    assert not has_printed_waybill(order.pk)

    retry_carrier_call(call_id=parcel.calls.get().pk, actor=None)
    make_due_carrier_calls(parcel_ids=[parcel.pk])
    parcel.refresh_from_db()
    assert parcel.waybill.startswith("SF1")
    assert has_printed_waybill(order.pk)
    assert not parcel.problems.filter(closed_at=None).exists()


def test_a_silent_parcel_is_asked_about_before_it_is_flagged(control):
    parcel = send_off()
    CarrierCall.objects.filter(kind=CallKind.SUBSCRIBE).delete()
    make_due_carrier_calls(limit=1)
    parcel.refresh_from_db()
    control.happen(parcel.waybill, "pick_up", "deliver")
    clock.travel(timedelta(hours=49))

    assert ask_about_silent_parcels() == 1

    parcel.refresh_from_db()
    assert parcel.status == ParcelStatus.DELIVERING


def test_a_worker_that_dies_with_a_call_leaves_it_to_the_next(control):
    parcel = send_off()
    CarrierCall.objects.update(lease_until=clock.now() + timedelta(seconds=60))
    assert make_due_carrier_calls() == 0

    clock.travel(timedelta(seconds=61))
    make_due_carrier_calls()

    parcel.refresh_from_db()
    assert parcel.waybill.startswith("SF1")


def test_a_kuaidi100_that_does_not_know_us_is_no_endless_story(control, settings):
    settings.KD100_KEY = "a key of nobody"
    send_off("yto", a_waybill())

    make_due_carrier_calls()

    call = CarrierCall.objects.get(kind=CallKind.SUBSCRIBE)
    assert (call.status, call.last_error[:3]) == (CallStatus.REFUSED, "600")
    assert Parcel.objects.get().status == ParcelStatus.CREATED
