"""Threads on the real database. Each guard has a twin without it that fails, so the race is a real one."""

import threading
from functools import partial

import pytest
from django.db import OperationalError, transaction
from django.db.models import F

from apps.core.errors import Refusal
from apps.core.tests.racing import race
from apps.inventory.allocation import Allocation, Demand
from apps.inventory.models import Reservation, StockItem, StockMovement
from apps.inventory.services import (
    OutOfStock,
    allocate_stock,
    confirm_reservations,
    release_reservations,
    reserve_stock,
)
from apps.inventory.tests.factories import StockItemFactory

pytestmark = [
    pytest.mark.race,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("laws_hold"),
]

BUYERS, STOCK, ROUNDS = 60, 20, 200


def buy(item, reference, expires_at):
    demand = Demand(reference, item.sku_id, item.sku.merchant_id, 1)
    with transaction.atomic():
        allocations = allocate_stock(demands=[demand], region_code="330106")
        reserve_stock(allocations=allocations, expires_at=expires_at)
    return "bought"


def give_everything_back():
    release_reservations(references=list(Reservation.objects.values_list("reference", flat=True)))


def test_sixty_buyers_of_twenty_units(expires_at):
    item = StockItemFactory(on_hand=STOCK)

    results = race([partial(buy, item, f"order-{n}", expires_at) for n in range(BUYERS)])

    assert results.count("bought") == STOCK
    assert sum(isinstance(result, OutOfStock) for result in results) == BUYERS - STOCK
    row = StockItem.objects.get()
    assert (row.on_hand, row.reserved, row.available) == (STOCK, STOCK, 0)
    assert Reservation.objects.count() == STOCK
    give_everything_back()
    assert StockItem.objects.get().available == STOCK


def test_twin_asking_before_taking_sells_too_many():
    item = StockItemFactory(on_hand=STOCK)
    gate = threading.Barrier(BUYERS)

    def buy_naively():
        row = StockItem.objects.get(pk=item.pk)
        gate.wait(timeout=60)
        if row.available < 1:
            return "refused"
        StockItem.objects.filter(pk=item.pk).update(reserved=row.reserved + 1)
        return "bought"

    results = race([buy_naively] * BUYERS)

    assert results.count("bought") > STOCK
    StockItem.objects.update(reserved=0)


def test_two_baskets_in_opposite_order_never_deadlock(expires_at):
    one, two = (StockItemFactory(on_hand=2 * ROUNDS) for _ in range(2))

    def buy_often(name, items):
        for turn in range(ROUNDS):
            allocations = [
                Allocation(f"{name}-{turn}-{item.pk}", item.pk, item.warehouse_id, 1)
                for item in items
            ]
            with transaction.atomic():
                reserve_stock(allocations=allocations, expires_at=expires_at)
        return "done"

    results = race([partial(buy_often, "a", (one, two)), partial(buy_often, "b", (two, one))])

    assert results == ["done", "done"]
    assert [row.available for row in StockItem.objects.order_by("pk")] == [0, 0]
    give_everything_back()
    assert [row.available for row in StockItem.objects.order_by("pk")] == [2 * ROUNDS] * 2


def test_twin_locking_in_the_basket_s_order_deadlocks():
    one, two = (StockItemFactory(on_hand=10) for _ in range(2))
    gate = threading.Barrier(2)

    def buy_naively(items):
        with transaction.atomic():
            for item in items:
                StockItem.objects.filter(pk=item.pk).update(low_threshold=F("low_threshold") + 1)
                if item is items[0]:
                    gate.wait(timeout=60)
        return "done"

    results = race([partial(buy_naively, (one, two)), partial(buy_naively, (two, one))])

    assert sum(isinstance(result, OperationalError) for result in results) == 1


def test_one_basket_with_two_lines_on_the_last_unit_is_refused_whole(expires_at):
    item = StockItemFactory(on_hand=1)
    demands = [Demand(f"line-{n}", item.sku_id, item.sku.merchant_id, 1) for n in (1, 2)]

    with pytest.raises(OutOfStock) as refusal, transaction.atomic():
        allocate_stock(demands=demands, region_code="330106")
    assert refusal.value.available == {item.sku_id: 1}
    with pytest.raises(OutOfStock), transaction.atomic():
        reserve_stock(
            allocations=[Allocation(d.reference, item.pk, item.warehouse_id, 1) for d in demands],
            expires_at=expires_at,
        )

    assert StockItem.objects.get().available == 1
    assert not Reservation.objects.exists()


def test_twin_checking_line_by_line_lets_both_lines_through():
    item = StockItemFactory(on_hand=1)
    lines = [1, 1]

    passed = [StockItem.objects.filter(pk=item.pk, available__gte=line).exists() for line in lines]

    assert passed == [True, True]  # though there is one unit for the two of them


@pytest.mark.parametrize("round_", range(10))
def test_releasing_and_confirming_at_once_ends_in_one_of_them(round_, expires_at):
    item = StockItemFactory(on_hand=5)
    with transaction.atomic():
        reserve_stock(
            allocations=[Allocation("order-1", item.pk, item.warehouse_id, 2)],
            expires_at=expires_at,
        )

    results = race(
        [partial(release_reservations, references=["order-1"])] * 4
        + [partial(confirm_reservations, references=["order-1"])] * 4
    )

    assert all(result is None or isinstance(result, Refusal) for result in results), results
    assert results[:4] == [None] * 4
    row = StockItem.objects.get()
    assert (row.reserved, row.available) == (0, 5)
    assert StockMovement.objects.filter(reason="RELEASED").count() == 1
