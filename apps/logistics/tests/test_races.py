"""Threads on the real database. Each race has a twin with its guard off, which must go wrong."""

import threading
import time

import pytest
from django.db import connection

from apps.core import clock
from apps.core.errors import Refusal
from apps.core.laws import list_violations
from apps.core.querysets import ShopQuerySet
from apps.inventory.laws import LAWS as STOCK_LAWS
from apps.inventory.models import StockItem
from apps.logistics.carriers.adapter import CarrierEvent, Step
from apps.logistics.carriers.kd100.pushes import push_signature
from apps.logistics.laws import LAWS
from apps.logistics.models import (
    CarrierCall,
    CarrierPush,
    Parcel,
    Shipment,
    ShipmentLine,
    TrackingEvent,
)
from apps.logistics.services import (
    calling,
    draft_shipment,
    make_due_carrier_calls,
    record_events,
    record_push,
    ship_order,
    shipping,
    void_parcel,
)
from apps.logistics.tests.factories import a_paid_order, everything
from apps.orders.models import OrderLine, OrderStatus
from apps.orders.services import shipping as orders_shipping

pytestmark = [
    pytest.mark.race,
    pytest.mark.django_db(transaction=True),
    pytest.mark.breaks_laws,  # of money: these orders were paid without any; ours are checked here
]
THREADS = 4


def broken():
    laws = [*LAWS, *STOCK_LAWS]
    return {law.name for law in laws if list_violations(law, at=clock.now())}


def together(*works):
    """Run each in a thread of its own, all let go at once; return what each returned or was refused with."""
    barrier, outcomes = threading.Barrier(len(works)), [None] * len(works)

    def run(place, work):
        barrier.wait()
        try:
            outcomes[place] = work()
        except Refusal as refusal:
            outcomes[place] = refusal.code
        except Exception as problem:  # noqa: BLE001  it is what the test looks at
            outcomes[place] = problem
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


@pytest.fixture
def without_locks(monkeypatch):
    """Turn the guard off: nobody waits for anybody, and nobody looks how much is left as it is written."""
    meeting = threading.Barrier(2)

    def blind_ship(line, quantity):
        if quantity > line.unshipped_quantity:
            raise orders_shipping.TooMuchToShip(
                name=line.name, left=line.unshipped_quantity, asked=quantity
            )
        meeting.wait(timeout=5)
        OrderLine.objects.filter(pk=line.pk).update(
            shipped_quantity=line.shipped_quantity + quantity
        )

    def turn_off():
        monkeypatch.setattr(ShopQuerySet, "locked", lambda self: self.order_by("pk"))
        monkeypatch.setattr(orders_shipping, "_ship_line", blind_ship)
        monkeypatch.setattr(shipping, "consume_reservations", lambda **_values: None)

    return turn_off


def an_order_on_its_way():
    """Return an order whose second line has left, so that its state does not change with the next part."""
    order = a_paid_order(quantities=(3, 1, 1))
    draft_shipment(order_id=order.pk)
    second = order.lines.order_by("pk")[1]
    ship_order(order_id=order.pk, quantities={second.pk: 1}, carrier_code="own", actor=None)
    return order


def two_operators_ship(order, quantity):
    """Two operators send the same units of the first line, each in a parcel of their own."""
    line = order.lines.order_by("pk").first()

    def ship(place):
        return lambda: (
            ship_order(
                order_id=order.pk,
                quantities={line.pk: quantity},
                carrier_code="yto",
                waybill=f"YT88123456789{place:02d}",
                actor=None,
            ).number
        )

    return line, together(*(ship(place) for place in range(2)))


def test_two_operators_cannot_ship_the_same_units():
    order = an_order_on_its_way()

    line, outcomes = two_operators_ship(order, 2)

    line.refresh_from_db()
    assert "TOO_MUCH_TO_SHIP" in outcomes
    assert line.shipped_quantity == 2
    assert [sent.quantity for sent in ShipmentLine.objects.filter(order_line=line)] == [2]
    assert Parcel.objects.count() == 2
    item = StockItem.objects.get(sku_id=line.sku_id)
    assert (item.on_hand, item.reserved) == (98, 1)
    assert broken() == set()


def test_control_twin_without_the_lock_both_ship(without_locks):
    order = an_order_on_its_way()
    without_locks()

    line, outcomes = two_operators_ship(order, 2)

    assert "TOO_MUCH_TO_SHIP" not in outcomes
    assert [sent.quantity for sent in ShipmentLine.objects.filter(order_line=line)] == [2, 2]
    assert broken() == {"what an order line says is shipped is what its shipments hold"}


def test_voiding_twice_at_once_gives_the_stock_back_once():
    order = a_paid_order(quantities=(2,))
    parcel = ship_order(
        order_id=order.pk, quantities=everything(order), carrier_code="own", actor=None
    ).parcels.get()

    outcomes = together(
        *[lambda: void_parcel(parcel_id=parcel.pk, reason="", actor=None)] * THREADS
    )

    item = StockItem.objects.get()
    assert outcomes.count(None) == 1
    assert outcomes.count("INVALID_TRANSITION") == THREADS - 1
    assert (item.on_hand, item.reserved) == (100, 2)
    order.refresh_from_db()
    assert order.status == OrderStatus.PAID
    assert Shipment.objects.drafts().count() == 1
    assert broken() == set()


def test_voiding_and_signing_at_once_agree_on_one_end():
    order = a_paid_order(quantities=(2,))
    parcel = ship_order(
        order_id=order.pk,
        quantities=everything(order),
        carrier_code="yto",
        waybill="YT8812345678901",
        actor=None,
    ).parcels.get()
    event = CarrierEvent(parcel.created_at.replace(microsecond=0), "3", Step.SIGNED, "签收")

    together(
        lambda: void_parcel(parcel_id=parcel.pk, reason="", actor=None),
        lambda: record_events(parcel_id=parcel.pk, waybill="YT8812345678901", events=[event]),
    )

    parcel.refresh_from_db()
    order.refresh_from_db()
    ends = {("VOIDED", "PAID"), ("SIGNED", "SHIPPED")}
    assert (parcel.status, order.status) in ends
    line = order.lines.get()
    assert line.shipped_quantity == (2 if order.status == "SHIPPED" else 0)
    assert broken() == set()


def test_the_same_event_by_many_at_once_is_one():
    order = a_paid_order(quantities=(1,))
    parcel = ship_order(
        order_id=order.pk,
        quantities=everything(order),
        carrier_code="yto",
        waybill="YT8812345678901",
        actor=None,
    ).parcels.get()
    event = CarrierEvent(parcel.created_at.replace(microsecond=0), "1", Step.PICKED_UP, "揽收")

    outcomes = together(
        *[lambda: record_events(parcel_id=parcel.pk, waybill="YT8812345678901", events=[event])]
        * THREADS
    )

    assert outcomes == [None] * THREADS
    assert TrackingEvent.objects.count() == 1
    assert parcel.moves.count() == 2


def test_the_same_push_by_many_at_once_is_one_row(settings):
    settings.KD100_SALT = "salt"
    param = '{"status":"polling","lastResult":{"com":"x","nu":"YT1","state":"0","data":[]}}'
    signature = push_signature(param, "salt")

    outcomes = together(*[lambda: record_push(param=param, signature=signature).pk] * THREADS)

    assert len(set(outcomes)) == 1
    assert CarrierPush.objects.count() == 1


def a_slow_carrier(monkeypatch, said):
    def speak(call, parcel):
        said.append((call.kind, parcel.pk))
        time.sleep(0.2)

    monkeypatch.setattr(calling, "_speak", speak)


def test_many_workers_make_each_call_once(monkeypatch):
    said = []
    a_slow_carrier(monkeypatch, said)
    for place in range(3):
        order = a_paid_order(quantities=(1,))
        ship_order(
            order_id=order.pk,
            quantities=everything(order),
            carrier_code="yto",
            waybill=f"YT881234567890{place}",
            actor=None,
        )

    outcomes = together(*[make_due_carrier_calls] * THREADS)

    assert sum(outcomes) == 3
    assert len(said) == len(set(said)) == 3
    assert set(CarrierCall.objects.values_list("status", flat=True)) == {"DONE"}


def test_control_twin_without_the_lease_calls_are_made_twice(monkeypatch):
    said = []
    a_slow_carrier(monkeypatch, said)
    monkeypatch.setattr(calling, "_claim", lambda _ids: CarrierCall.objects.due().first())
    order = a_paid_order(quantities=(1,))
    ship_order(
        order_id=order.pk,
        quantities=everything(order),
        carrier_code="yto",
        waybill="YT8812345678901",
        actor=None,
    )

    together(*[make_due_carrier_calls] * 2)

    assert len(said) == 2
