from datetime import timedelta

import pytest

from apps.core import clock
from apps.core.laws import list_violations
from apps.logistics.laws import LAWS
from apps.logistics.models import CarrierCall, Parcel, Shipment, ShipmentLine
from apps.logistics.services import assign_courier, draft_shipment, ship_order, void_parcel
from apps.logistics.tests.factories import CourierFactory, a_paid_order, everything

pytestmark = pytest.mark.django_db


def send_off(order, carrier_code="own", **more):
    return ship_order(
        order_id=order.pk,
        quantities=everything(order),
        carrier_code=carrier_code,
        actor=None,
        **more,
    )


def broken():
    return {law.name for law in LAWS if list_violations(law, at=clock.now())}


@pytest.fixture
def shipment():
    draft_shipment(order_id=a_paid_order().pk)
    void_parcel(parcel_id=send_off(a_paid_order()).parcels.get().pk, reason="", actor=None)
    shipment = send_off(a_paid_order())
    parcel = shipment.parcels.get()
    courier = CourierFactory(merchant=parcel.merchant)
    assign_courier(parcel_id=parcel.pk, courier_id=courier.pk, actor=None)
    assert broken() == set()
    return shipment


@pytest.mark.parametrize(
    ("crime", "law"),
    [
        (
            lambda shipment: ShipmentLine.objects.filter(shipment=shipment).update(quantity=99),
            "what an order line says is shipped is what its shipments hold",
        ),
        (
            lambda shipment: Shipment.objects.filter(pk=shipment.pk).update(status="VOIDED"),
            "what an order line says is shipped is what its shipments hold",
        ),
        (
            lambda shipment: Shipment.objects.filter(pk=shipment.pk).update(
                order=Shipment.objects.drafts().first().order
            ),
            "lines are shipped with their own order",
        ),
        (
            lambda shipment: shipment.parcels.update(status="VOIDED"),
            "what was shipped has a parcel and lines, what was not has no lines",
        ),
        (
            lambda shipment: shipment.parcels.update(status="DELIVERING"),
            "a parcel's history is legal, unbroken and ends where it stands",
        ),
        (
            lambda shipment: shipment.parcels.get().record_move("LABEL_PRINTED", "CREATED"),
            "a parcel's history is legal, unbroken and ends where it stands",
        ),
        (
            lambda shipment: shipment.parcels.get().runs.update(status="SIGNED"),
            "a courierrun's history is legal, unbroken and ends where it stands",
        ),
    ],
)
def test_a_crime_breaks_its_law(shipment, crime, law):
    crime(shipment)

    assert law in broken()


def test_an_order_that_nobody_put_on_the_list_is_found_after_a_while():
    a_paid_order()
    assert broken() == set()

    clock.travel(timedelta(minutes=11))

    assert broken() == {"what waits to be shipped stands on the list"}


def test_a_call_that_nobody_makes_is_found_after_a_while():
    send_off(a_paid_order(), carrier_code="yto", waybill="YT8812345678901")
    assert CarrierCall.objects.count() == Parcel.objects.count() == 1

    clock.travel(timedelta(minutes=11))

    assert broken() == {"what has to be told to carriers is told, what they say is applied"}
