from datetime import timedelta

import pytest
from django.db import transaction

from apps.core import clock
from apps.core.models import Delivery
from apps.inventory.allocation import Allocation
from apps.inventory.models import Reservation, ReservationStatus, StockItem, StockMovement
from apps.inventory.services import (
    AlreadyReserved,
    NotReserved,
    OutOfStock,
    ReservationGone,
    StockShifted,
    confirm_reservations,
    consume_reservation,
    consume_reservations,
    release_part,
    release_reservations,
    reserve_stock,
    return_to_reservation,
)
from apps.inventory.tests.factories import StockItemFactory, WarehouseFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("laws_hold")]


def of(item, quantity, reference="order-1"):
    return Allocation(reference, item.pk, item.warehouse_id, quantity)


def counts(item):
    row = StockItem.objects.get(pk=item.pk)
    return row.on_hand, row.reserved, row.available


@pytest.fixture
def item():
    return StockItemFactory(on_hand=10)


def test_reserving_keeps_units_from_others_and_writes_the_journal(item, expires_at):
    reserve_stock(allocations=[of(item, 3)], expires_at=expires_at)

    assert counts(item) == (10, 3, 7)
    held = Reservation.objects.get()
    assert (held.reference, held.quantity, held.status, held.expires_at) == (
        "order-1",
        3,
        ReservationStatus.HELD,
        expires_at,
    )
    row = StockMovement.objects.get(reason="RESERVED")
    assert (row.bucket, row.delta, row.balance_after, row.reference) == (
        "reserved",
        3,
        3,
        "order-1",
    )
    assert list(Delivery.objects.values_list("event", flat=True)) == ["StockReserved"]


def test_reserving_many_lines_takes_three_statements(django_assert_num_queries, expires_at):
    items = [StockItemFactory(on_hand=10) for _ in range(5)]

    with django_assert_num_queries(3):
        reserve_stock(
            allocations=[of(item, 2, f"order-{n}") for n, item in enumerate(items)],
            expires_at=expires_at,
        )

    assert [counts(item) for item in items] == [(10, 2, 8)] * 5


def test_two_lines_on_one_sku_are_summed_before_the_check(item, expires_at):
    StockItem.objects.filter(pk=item.pk).update(on_hand=10)
    reserve_stock(allocations=[of(item, 9, "earlier")], expires_at=expires_at)

    with pytest.raises(OutOfStock) as refusal, transaction.atomic():
        reserve_stock(
            allocations=[of(item, 1, "order-1"), of(item, 1, "order-2")], expires_at=expires_at
        )

    assert refusal.value.available == {item.sku_id: 1}
    assert counts(item) == (10, 9, 1)
    assert list(Reservation.objects.values_list("reference", flat=True)) == ["earlier"]


def test_one_short_line_refuses_the_whole_basket(item, expires_at):
    other = StockItemFactory(on_hand=1)

    with pytest.raises(OutOfStock), transaction.atomic():
        reserve_stock(allocations=[of(item, 1), of(other, 2)], expires_at=expires_at)

    assert counts(item) == (10, 0, 10)
    assert counts(other) == (1, 0, 1)
    assert not Reservation.objects.exists()
    assert not StockMovement.objects.filter(reason="RESERVED").exists()


def test_stock_that_moved_to_another_warehouse_is_told_apart(item, expires_at):
    StockItemFactory(
        sku=item.sku, warehouse=WarehouseFactory(merchant=item.sku.merchant), on_hand=50
    )

    with pytest.raises(StockShifted), transaction.atomic():
        reserve_stock(allocations=[of(item, 11)], expires_at=expires_at)

    assert counts(item) == (10, 0, 10)


def test_a_reference_cannot_hold_twice(item, expires_at):
    reserve_stock(allocations=[of(item, 3)], expires_at=expires_at)

    with pytest.raises(AlreadyReserved), transaction.atomic():
        reserve_stock(allocations=[of(item, 3)], expires_at=expires_at)

    assert counts(item) == (10, 3, 7)


def test_confirming_lifts_the_time_limit_and_twice_is_once(item, expires_at):
    reserve_stock(allocations=[of(item, 3)], expires_at=expires_at)

    for _ in range(2):
        confirm_reservations(references=["order-1"])

    held = Reservation.objects.get()
    assert (held.status, held.expires_at) == (ReservationStatus.CONFIRMED, None)
    assert counts(item) == (10, 3, 7)


def test_what_was_given_back_cannot_be_confirmed(item, expires_at):
    reserve_stock(allocations=[of(item, 3)], expires_at=expires_at)
    release_reservations(references=["order-1"])

    with pytest.raises(ReservationGone), transaction.atomic():
        confirm_reservations(references=["order-1"])

    assert Reservation.objects.get().status == ReservationStatus.RELEASED


def test_releasing_twice_is_releasing_once(item, expires_at):
    reserve_stock(allocations=[of(item, 3)], expires_at=expires_at)

    for _ in range(2):
        release_reservations(references=["order-1"], reason="cancelled")

    assert counts(item) == (10, 0, 10)
    held = Reservation.objects.get()
    assert (held.status, held.released_quantity) == (ReservationStatus.RELEASED, 3)
    released = StockMovement.objects.get(reason="RELEASED")
    assert (released.delta, released.balance_after) == (-3, 0)


def test_a_part_is_released_once_per_reason(item, expires_at):
    reserve_stock(allocations=[of(item, 5)], expires_at=expires_at)
    confirm_reservations(references=["order-1"])

    for _ in range(2):
        release_part(reference="order-1", quantity=2, reason_reference="refund-1")

    assert counts(item) == (10, 3, 7)
    with pytest.raises(NotReserved), transaction.atomic():
        release_part(reference="order-1", quantity=4, reason_reference="refund-2")
    assert counts(item) == (10, 3, 7)


def test_shipping_in_parts_then_cancelling_the_rest(item, expires_at):
    reserve_stock(allocations=[of(item, 5)], expires_at=expires_at)
    confirm_reservations(references=["order-1"])

    for _ in range(2):
        consume_reservation(reference="order-1", quantity=2, reason_reference="shipment-1")
    assert counts(item) == (8, 3, 5)

    release_reservations(references=["order-1"])

    assert counts(item) == (8, 0, 8)
    held = Reservation.objects.get()
    assert (held.status, held.consumed_quantity, held.released_quantity) == (
        ReservationStatus.CONSUMED,
        2,
        3,
    )


def test_unpaid_units_do_not_leave_the_house(item, expires_at):
    reserve_stock(allocations=[of(item, 5)], expires_at=expires_at)

    with pytest.raises(NotReserved), transaction.atomic():
        consume_reservation(reference="order-1", quantity=1, reason_reference="shipment-1")

    assert counts(item) == (10, 5, 5)


def test_no_more_is_shipped_than_is_held(item, expires_at):
    other = StockItemFactory(on_hand=10)
    reserve_stock(allocations=[of(item, 5), of(other, 1, "order-2")], expires_at=None)

    with pytest.raises(NotReserved), transaction.atomic():
        consume_reservations(quantities={"order-1": 5, "order-2": 2}, reason_reference="shipment-1")

    assert counts(item) == (10, 5, 5)
    assert counts(other) == (10, 1, 9)


def test_a_voided_parcel_lies_on_the_shelf_again_still_held(item, expires_at):
    reserve_stock(allocations=[of(item, 5)], expires_at=None)
    consume_reservation(reference="order-1", quantity=5, reason_reference="shipment-1")
    assert counts(item) == (5, 0, 5)

    for _ in range(2):
        return_to_reservation(reference="order-1", quantity=5, reason_reference="shipment-1")

    assert counts(item) == (10, 5, 5)
    assert Reservation.objects.get().status == ReservationStatus.CONFIRMED


def test_running_out_and_coming_back_are_facts_but_an_ordinary_sale_is_not(expires_at):
    item = StockItemFactory(on_hand=5, low_threshold=2)

    def facts():
        found = Delivery.objects.exclude(event="StockReserved").order_by("pk")
        return [(row.event, row.payload) for row in found]

    reserve_stock(allocations=[of(item, 2, "a")], expires_at=expires_at)
    assert facts() == []
    reserve_stock(allocations=[of(item, 1, "b")], expires_at=expires_at)
    low = ("StockRanLow", {"stock_item_id": item.pk, "available": 2})
    assert facts() == [low]
    reserve_stock(allocations=[of(item, 2, "c")], expires_at=expires_at)
    changed = ("StockChanged", {"sku_id": item.sku_id})
    assert facts() == [low, changed]
    release_reservations(references=["a", "c"])
    assert facts() == [low, changed, changed]
    reserve_stock(allocations=[of(item, 2, "d")], expires_at=expires_at)
    assert facts()[-1] == low


def test_overdue_holds_break_a_law(item, laws_hold):
    reserve_stock(allocations=[of(item, 1)], expires_at=clock.now() - timedelta(minutes=10))

    with pytest.raises(AssertionError, match="order-1"):
        laws_hold()

    release_reservations(references=["order-1"])
