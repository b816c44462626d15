import pytest

from apps.core.errors import InvalidInput
from apps.core.states import IllegalMove
from apps.logistics.models import CourierRun, ParcelStatus, RunStatus, TrackingEvent
from apps.logistics.services import (
    SignCodeLocked,
    WrongSignCode,
    accept_run,
    assign_courier,
    draft_shipment,
    pick_up_parcel,
    prepare_parcel,
    renew_sign_code,
    ship_order,
    sign_parcel,
    void_parcel,
    withdraw_run,
)
from apps.logistics.tests.factories import CourierFactory, a_paid_order, everything

pytestmark = pytest.mark.django_db


@pytest.fixture
def parcel():
    order = a_paid_order()
    shipment = ship_order(
        order_id=order.pk, quantities=everything(order), carrier_code="own", actor=None
    )
    return shipment.parcels.get()


@pytest.fixture
def courier(parcel):
    return CourierFactory(merchant=parcel.merchant)


@pytest.fixture
def run(parcel, courier):
    return assign_courier(parcel_id=parcel.pk, courier_id=courier.pk, actor=None)


def wrong(code):
    return f"{(int(code) + 1) % 10_000:04d}"


def test_a_courier_takes_a_parcel_to_the_one_who_knows_the_code(parcel, run):
    accept_run(run_id=run.pk, actor=None)
    pick_up_parcel(run_id=run.pk, actor=None)
    parcel.refresh_from_db()
    assert parcel.status == ParcelStatus.PICKED_UP

    sign_parcel(run_id=run.pk, code=parcel.sign_code, actor=None)

    parcel.refresh_from_db()
    run.refresh_from_db()
    assert (parcel.status, run.status) == (ParcelStatus.SIGNED, RunStatus.SIGNED)
    assert [move.to_status for move in run.moves.order_by("pk")] == [
        "ASSIGNED",
        "ACCEPTED",
        "PICKED_UP",
        "SIGNED",
    ]
    assert TrackingEvent.objects.filter(parcel=parcel, is_applied=True).count() == 2
    order = parcel.shipment.order
    order.refresh_from_db()
    assert (order.auto_receive_at - parcel.signed_at).days == 7


def test_five_wrong_codes_lock_the_parcel_until_the_shop_renews_it(parcel, run):
    accept_run(run_id=run.pk, actor=None)
    pick_up_parcel(run_id=run.pk, actor=None)
    old = parcel.sign_code

    for left in (4, 3, 2, 1, 0):
        with pytest.raises(WrongSignCode) as refusal:
            sign_parcel(run_id=run.pk, code=wrong(old), actor=None)
        assert refusal.value.details == {"left": left}
    with pytest.raises(SignCodeLocked):
        sign_parcel(run_id=run.pk, code=old, actor=None)
    parcel.refresh_from_db()
    assert parcel.status == ParcelStatus.PICKED_UP

    renew_sign_code(parcel_id=parcel.pk, actor=None)
    parcel.refresh_from_db()
    sign_parcel(run_id=run.pk, code=parcel.sign_code, actor=None)

    parcel.refresh_from_db()
    assert parcel.status == ParcelStatus.SIGNED


@pytest.mark.parametrize("code", ["", "１２３４", "12345", "abcd", "0" * 1000])
def test_what_is_no_code_is_a_wrong_code(parcel, run, code):
    accept_run(run_id=run.pk, actor=None)
    pick_up_parcel(run_id=run.pk, actor=None)

    with pytest.raises(WrongSignCode):
        sign_parcel(run_id=run.pk, code=code, actor=None)

    run.refresh_from_db()
    assert run.wrong_codes == 1


def test_steps_cannot_be_skipped(parcel, run):
    with pytest.raises(IllegalMove):
        pick_up_parcel(run_id=run.pk, actor=None)
    with pytest.raises(IllegalMove):
        sign_parcel(run_id=run.pk, code=parcel.sign_code, actor=None)
    accept_run(run_id=run.pk, actor=None)
    with pytest.raises(IllegalMove):
        accept_run(run_id=run.pk, actor=None)

    parcel.refresh_from_db()
    assert parcel.status == ParcelStatus.CREATED


def test_a_parcel_is_handed_on_until_it_is_picked_up(parcel, run):
    other = CourierFactory(merchant=parcel.merchant, name="王师傅")

    second = assign_courier(parcel_id=parcel.pk, courier_id=other.pk, actor=None)

    run.refresh_from_db()
    assert run.status == RunStatus.WITHDRAWN
    assert CourierRun.objects.live().get() == second
    accept_run(run_id=second.pk, actor=None)
    pick_up_parcel(run_id=second.pk, actor=None)
    with pytest.raises(IllegalMove):
        assign_courier(parcel_id=parcel.pk, courier_id=other.pk, actor=None)
    with pytest.raises(IllegalMove):
        withdraw_run(run_id=second.pk, reason="", actor=None)


def test_a_courier_of_another_merchant_is_refused(parcel):
    with pytest.raises(InvalidInput):
        assign_courier(parcel_id=parcel.pk, courier_id=CourierFactory().pk, actor=None)


def test_a_parcel_of_a_carrier_needs_no_courier(courier):
    order = a_paid_order(merchant=courier.merchant)
    shipment = ship_order(
        order_id=order.pk,
        quantities=everything(order),
        carrier_code="yto",
        waybill="YT8812345678901",
        actor=None,
    )

    with pytest.raises(InvalidInput):
        assign_courier(parcel_id=shipment.parcels.get().pk, courier_id=courier.pk, actor=None)


def test_what_has_not_been_shipped_is_not_picked_up():
    order = a_paid_order()
    draft_shipment(order_id=order.pk)
    parcel = prepare_parcel(order_id=order.pk, carrier_code="own", actor=None)
    courier = CourierFactory(merchant=parcel.merchant)
    run = assign_courier(parcel_id=parcel.pk, courier_id=courier.pk, actor=None)
    accept_run(run_id=run.pk, actor=None)

    with pytest.raises(IllegalMove):
        pick_up_parcel(run_id=run.pk, actor=None)


def test_voiding_a_parcel_takes_it_from_its_courier(parcel, run):
    void_parcel(parcel_id=parcel.pk, reason="wrong goods", actor=None)

    run.refresh_from_db()
    assert run.status == RunStatus.WITHDRAWN
