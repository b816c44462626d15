from datetime import timedelta

import pytest

from apps.core import clock
from apps.core.errors import InvalidInput
from apps.core.states import IllegalMove
from apps.inventory.models import Reservation, StockItem
from apps.logistics.models import (
    CallKind,
    CarrierCall,
    Parcel,
    ParcelStatus,
    Shipment,
    ShipmentStatus,
)
from apps.logistics.services import (
    ParcelDraft,
    TooLateToCorrect,
    TooLateToVoid,
    WaybillNotValid,
    WaybillTaken,
    add_parcel,
    correct_waybill,
    ship_order,
    void_parcel,
)
from apps.logistics.tests.factories import a_paid_order, audit_of, everything
from apps.orders.models import OrderStatus

pytestmark = pytest.mark.django_db
YTO = "YT8812345678901"


def stock_of(order):
    numbers = order.lines.values_list("number", flat=True)
    items = StockItem.objects.filter(reservations__reference__in=numbers).order_by("pk")
    return [(item.on_hand, item.reserved) for item in items]


def lines_of(order):
    return list(order.lines.order_by("pk"))


def ship(order, quantities=None, **more):
    values = {"carrier_code": "yto", "waybill": YTO, "actor": None, **more}
    return ship_order(order_id=order.pk, quantities=quantities or everything(order), **values)


def test_a_voided_parcel_puts_stock_and_order_back_where_they_were():
    order = a_paid_order()
    before = stock_of(order)
    parcel = ship(order).parcels.get()

    void_parcel(parcel_id=parcel.pk, reason="wrong goods", actor=None)

    order.refresh_from_db()
    parcel.refresh_from_db()
    assert parcel.status == ParcelStatus.VOIDED
    assert parcel.shipment.status == ShipmentStatus.VOIDED
    assert order.status == OrderStatus.PAID
    assert order.auto_receive_at is None
    assert stock_of(order) == before == [(100, 2), (100, 3)]
    assert all(line.shipped_quantity == 0 for line in lines_of(order))
    assert Reservation.objects.filter(status="CONFIRMED").count() == 2
    assert Shipment.objects.drafts().filter(order=order).count() == 1

    ship(order)  # the very same waybill is free again

    assert stock_of(order) == [(98, 0), (97, 0)]


def test_one_of_two_parcels_may_be_voided_without_unshipping():
    order = a_paid_order()
    shipment = ship(order)
    extra = add_parcel(
        shipment_id=shipment.pk, draft=ParcelDraft("zto", "73123456789012"), actor=None
    )

    void_parcel(parcel_id=extra.pk, reason="not needed", actor=None)

    order.refresh_from_db()
    shipment.refresh_from_db()
    assert order.status == OrderStatus.SHIPPED
    assert shipment.status == ShipmentStatus.SHIPPED
    assert stock_of(order) == [(98, 0), (97, 0)]


def test_a_parcel_that_was_picked_up_is_not_voided():
    order = a_paid_order()
    parcel = ship(order).parcels.get()
    Parcel.objects.filter(pk=parcel.pk).update(status="PICKED_UP", picked_up_at=clock.now())

    with pytest.raises(TooLateToVoid):
        void_parcel(parcel_id=parcel.pk, reason="", actor=None)

    assert stock_of(order) == [(98, 0), (97, 0)]


@pytest.mark.parametrize(("hours", "is_late"), [(23, False), (25, True)])
def test_a_parcel_is_voided_within_24_hours(hours, is_late):
    parcel = ship(a_paid_order()).parcels.get()
    clock.travel(timedelta(hours=hours))

    if is_late:
        with pytest.raises(TooLateToVoid):
            void_parcel(parcel_id=parcel.pk, reason="", actor=None)
    else:
        void_parcel(parcel_id=parcel.pk, reason="", actor=None)

    parcel.refresh_from_db()
    assert (parcel.status == ParcelStatus.VOIDED) is not is_late


def test_a_received_order_keeps_its_parcel():
    order = a_paid_order()
    parcel = ship(order).parcels.get()
    type(order).objects.filter(pk=order.pk).update(status="RECEIVED")

    with pytest.raises(IllegalMove):
        void_parcel(parcel_id=parcel.pk, reason="", actor=None)

    assert stock_of(order) == [(98, 0), (97, 0)]


@pytest.mark.parametrize(("hours", "is_late"), [(23, False), (25, True)])
def test_a_wrong_waybill_is_corrected_within_24_hours(hours, is_late):
    parcel = ship(a_paid_order()).parcels.get()
    clock.travel(timedelta(hours=hours))

    def correct():
        correct_waybill(
            parcel_id=parcel.pk,
            waybill="73123456789012",
            carrier_code="zto",
            reason="typo",
            actor=None,
        )

    if is_late:
        with pytest.raises(TooLateToCorrect):
            correct()
    else:
        correct()

    parcel.refresh_from_db()
    if is_late:
        assert (parcel.carrier.code, parcel.waybill) == ("yto", YTO)
        assert audit_of(parcel) == []
    else:
        assert (parcel.carrier.code, parcel.waybill) == ("zto", "73123456789012")
        entry = audit_of(parcel)[0]
        assert entry.before == {"carrier": "yto", "waybill": YTO}
        assert entry.after == {"carrier": "zto", "waybill": "73123456789012"}
        assert entry.reason == "typo"
        followed = CarrierCall.objects.filter(kind=CallKind.SUBSCRIBE)
        assert {call.waybill for call in followed} == {YTO, "73123456789012"}


def test_a_correction_is_checked_like_a_first_waybill():
    ship(a_paid_order())
    parcel = ship(a_paid_order(), waybill="YT8812345678902").parcels.get()

    with pytest.raises(WaybillNotValid):
        correct_waybill(parcel_id=parcel.pk, waybill="nonsense", actor=None)
    with pytest.raises(WaybillTaken):
        correct_waybill(parcel_id=parcel.pk, waybill=YTO, actor=None)

    parcel.refresh_from_db()
    assert parcel.waybill == "YT8812345678902"


def test_a_number_of_our_own_is_not_corrected():
    parcel = ship(a_paid_order(), carrier_code="own", waybill=None).parcels.get()

    with pytest.raises(InvalidInput):
        correct_waybill(parcel_id=parcel.pk, waybill=YTO, actor=None)
