from datetime import timedelta

import pytest

from apps.core.errors import InvalidInput, NotFound
from apps.core.states import IllegalMove
from apps.inventory.models import StockItem
from apps.logistics.handlers import put_order_on_shipping_list, take_order_off_shipping_list
from apps.logistics.models import (
    CallKind,
    CarrierCall,
    Parcel,
    ParcelStatus,
    Shipment,
    ShipmentLine,
    ShipmentStatus,
)
from apps.logistics.selectors import has_printed_waybill, shippable_lines
from apps.logistics.services import (
    NothingToPack,
    ParcelDraft,
    WaybillNotValid,
    WaybillTaken,
    add_parcel,
    draft_shipment,
    prepare_parcel,
    ship_order,
)
from apps.logistics.tests.factories import a_carrier, a_paid_order, everything
from apps.orders.events import OrderPaid, OrderRefunded
from apps.orders.models import HoldCode, OrderStatus
from apps.orders.services import OrderHeld, TooMuchToShip, place_hold

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


def nothing_changed(order, stock):
    order.refresh_from_db()
    assert stock_of(order) == stock
    assert order.status == OrderStatus.PAID
    assert not Parcel.objects.exists()
    assert not ShipmentLine.objects.exists()
    assert all(line.shipped_quantity == 0 for line in lines_of(order))


def test_a_whole_order_leaves_with_its_stock():
    order = a_paid_order(quantities=(2, 3))
    draft_shipment(order_id=order.pk)

    shipment = ship(order)

    order.refresh_from_db()
    assert order.status == OrderStatus.SHIPPED
    assert order.auto_receive_at - order.shipped_at == timedelta(days=15)
    assert stock_of(order) == [(98, 0), (97, 0)]
    assert [line.quantity for line in shipment.lines.order_by("pk")] == [2, 3]
    assert shipment.status == ShipmentStatus.SHIPPED
    parcel = shipment.parcels.get()
    assert (parcel.waybill, parcel.carrier.code, parcel.status) == (YTO, "yto", "CREATED")
    assert CarrierCall.objects.get().kind == CallKind.SUBSCRIBE
    assert not Shipment.objects.drafts().exists()
    assert [move.to_status for move in shipment.moves.order_by("pk")] == ["DRAFT", "SHIPPED"]


def test_a_part_may_leave_first_and_the_rest_stays_on_the_list():
    order = a_paid_order(quantities=(2, 3))
    first, second = lines_of(order)

    ship(order, {first.pk: 1, second.pk: 3})

    order.refresh_from_db()
    assert order.status == OrderStatus.PARTIALLY_SHIPPED
    assert stock_of(order) == [(99, 1), (97, 0)]
    assert [(line.number, line.quantity) for line in shippable_lines(order.pk)] == [
        (first.number, 1)
    ]
    assert Shipment.objects.drafts().filter(order=order).count() == 1

    ship(order, waybill="YT8812345678902")

    order.refresh_from_db()
    assert order.status == OrderStatus.SHIPPED
    assert stock_of(order) == [(98, 0), (97, 0)]
    assert Parcel.objects.filter(shipment__order=order).count() == 2


def test_one_shipment_may_fill_several_parcels():
    shipment = ship(a_paid_order())

    add_parcel(shipment_id=shipment.pk, draft=ParcelDraft("zto", "73123456789012"), actor=None)

    assert shipment.parcels.count() == 2
    assert ShipmentLine.objects.filter(shipment=shipment).count() == 2


@pytest.mark.parametrize("asked", [0, -1, 3, 10**7])
def test_no_more_is_shipped_than_was_paid(asked):
    order = a_paid_order(quantities=(2,))
    stock = stock_of(order)

    with pytest.raises(TooMuchToShip):
        ship(order, {lines_of(order)[0].pk: asked})

    nothing_changed(order, stock)


def test_no_more_is_shipped_than_is_left_after_a_refund():
    order = a_paid_order(quantities=(3,))
    order.lines.update(refunded_unshipped_quantity=1, refunded_quantity=1)

    assert everything(order) == {lines_of(order)[0].pk: 2}
    with pytest.raises(TooMuchToShip):
        ship(order, {lines_of(order)[0].pk: 3})


def test_a_line_of_another_order_is_refused():
    order, other = a_paid_order(), a_paid_order()
    stock = stock_of(order)

    with pytest.raises(TooMuchToShip):
        ship(order, {lines_of(other)[0].pk: 1})

    nothing_changed(order, stock)


def test_nothing_is_no_shipment():
    order = a_paid_order()

    with pytest.raises(InvalidInput):
        ship_order(order_id=order.pk, quantities={}, carrier_code="yto", waybill=YTO, actor=None)

    nothing_changed(order, [(100, 2), (100, 3)])


def test_a_held_order_stays():
    order = a_paid_order()
    place_hold(order_id=order.pk, code=HoldCode.RISK)

    with pytest.raises(OrderHeld):
        ship(order)

    nothing_changed(order, [(100, 2), (100, 3)])


def test_nothing_is_prepared_for_a_held_order():
    order = a_paid_order()
    draft_shipment(order_id=order.pk)
    place_hold(order_id=order.pk, code=HoldCode.REFUND)

    with pytest.raises(OrderHeld):
        prepare_parcel(order_id=order.pk, carrier_code="sf", actor=None)

    nothing_changed(order, [(100, 2), (100, 3)])


@pytest.mark.parametrize("status", ["UNPAID", "CANCELLED", "RECEIVED", "CLOSED_REFUNDED"])
def test_only_a_paid_order_is_shipped(status):
    order = a_paid_order(quantities=(1,))
    quantities = everything(order)
    type(order).objects.filter(pk=order.pk).update(status=status)

    assert shippable_lines(order.pk) == []
    with pytest.raises(IllegalMove):
        ship(order, quantities)
    assert not Parcel.objects.exists()


@pytest.mark.parametrize(
    ("carrier", "waybill"),
    [
        ("yto", ""),
        ("yto", "SF1234567890123"),
        ("yto", "ＹＴ8812345678901"),
        ("yto", "YT88123456789012345678901234567890123456789012345"),
        ("zto", "12345"),
        ("jd", "JD"),
        ("sto", "77ABCDEFGHIJKLM"),
        ("ems", "EA123456789US"),
        ("sf", "SF12345"),
        ("sf", "SF1234567890123'--"),
    ],
)
def test_a_waybill_has_to_look_like_one_of_its_carrier(carrier, waybill):
    order = a_paid_order()

    with pytest.raises(WaybillNotValid):
        ship(order, carrier_code=carrier, waybill=waybill)

    nothing_changed(order, [(100, 2), (100, 3)])


@pytest.mark.parametrize(
    ("carrier", "waybill"),
    [
        ("sf", "SF1234567890123"),
        ("yto", "YT8812345678901"),
        ("zto", "73123456789012"),
        ("jd", "JDVA12345678901"),
        ("jd", "JD0012345678901-1-1-"),
        ("sto", "773123456789012"),
        ("ems", "EA123456789CN"),
        ("ems", "1234567890123"),
    ],
)
def test_each_carrier_accepts_its_own(carrier, waybill):
    assert a_carrier(carrier).accepts(waybill)


def test_an_unknown_carrier_is_refused():
    with pytest.raises(NotFound):
        ship(a_paid_order(), carrier_code="dhl")


def test_a_waybill_serves_one_parcel():
    ship(a_paid_order())
    order = a_paid_order()

    with pytest.raises(WaybillTaken):
        ship(order)

    assert stock_of(order) == [(100, 2), (100, 3)]


def test_a_paid_order_comes_on_the_list_once_and_leaves_it_when_refunded():
    order = a_paid_order()
    event = OrderPaid(order_id=order.pk)

    put_order_on_shipping_list(event)
    put_order_on_shipping_list(event)

    shipment = Shipment.objects.get(order=order)
    assert shipment.status == ShipmentStatus.DRAFT

    parcel = prepare_parcel(order_id=order.pk, carrier_code="sf", actor=None)
    type(order).objects.filter(pk=order.pk).update(status="CLOSED_REFUNDED")
    take_order_off_shipping_list(OrderRefunded(order_id=order.pk, order_refund_id=1))

    shipment.refresh_from_db()
    parcel.refresh_from_db()
    assert shipment.status == ShipmentStatus.DISCARDED
    assert parcel.status == ParcelStatus.VOIDED


def test_an_order_that_was_closed_meanwhile_does_not_come_on_the_list():
    order = a_paid_order()
    type(order).objects.filter(pk=order.pk).update(status="CLOSED_REFUNDED")

    put_order_on_shipping_list(OrderPaid(order_id=order.pk))

    assert not Shipment.objects.exists()


def test_a_prepared_parcel_goes_along():
    order = a_paid_order()
    draft_shipment(order_id=order.pk)
    parcel = prepare_parcel(order_id=order.pk, carrier_code="own", actor=None)
    assert has_printed_waybill(order.pk)

    shipment = ship(order, carrier_code="own", waybill=None)

    assert shipment.parcels.get() == parcel
    assert parcel.waybill == parcel.number
    assert len(parcel.sign_code) == 4
    assert parcel.sign_code.isdigit()


def test_another_carrier_voids_what_was_prepared():
    order = a_paid_order()
    draft_shipment(order_id=order.pk)
    prepared = prepare_parcel(order_id=order.pk, carrier_code="own", actor=None)

    shipment = ship(order)

    prepared.refresh_from_db()
    assert prepared.status == ParcelStatus.VOIDED
    assert shipment.parcels.live().get().waybill == YTO


def test_what_has_left_cannot_be_prepared():
    order = a_paid_order()
    ship(order)

    with pytest.raises(NothingToPack):
        prepare_parcel(order_id=order.pk, carrier_code="sf", actor=None)


def test_a_typed_waybill_cannot_be_prepared():
    order = a_paid_order()
    draft_shipment(order_id=order.pk)

    with pytest.raises(InvalidInput):
        prepare_parcel(order_id=order.pk, carrier_code="yto", actor=None)
