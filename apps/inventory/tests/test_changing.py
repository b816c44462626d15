from functools import partial

import pytest

from apps.catalog.tests.factories import SkuFactory
from apps.core.errors import InvalidInput
from apps.core.models import Delivery
from apps.core.tests.racing import race
from apps.inventory.allocation import Allocation
from apps.inventory.models import Bucket, StockItem, StockMovement
from apps.inventory.services import (
    AlreadyBooked,
    Condition,
    NotEnoughOnHand,
    NotReserved,
    StockChange,
    adjust_stock,
    consume_reservation,
    receive_stock,
    reserve_stock,
    restock,
)
from apps.inventory.tests.factories import StockItemFactory, WarehouseFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("laws_hold")]


@pytest.fixture
def item():
    return StockItemFactory(on_hand=10)


def on(item, quantity, bucket=Bucket.ON_HAND):
    return StockChange(item.sku_id, item.warehouse_id, quantity, bucket)


def test_goods_arrive_in_a_warehouse_that_never_had_them(shopper):
    sku = SkuFactory()
    warehouse = WarehouseFactory(merchant=sku.merchant)

    receive_stock(
        changes=[StockChange(sku.pk, warehouse.pk, 7), StockChange(sku.pk, warehouse.pk, 5)],
        reference="delivery-1",
        actor=shopper,
    )

    item = StockItem.objects.get()
    assert (item.on_hand, item.available) == (12, 12)
    row = StockMovement.objects.get()
    assert (row.delta, row.balance_after, row.reason, row.actor) == (12, 12, "RECEIVED", shopper)
    assert Delivery.objects.get().event == "StockChanged"


def test_a_delivery_is_booked_once(item):
    receive_stock(changes=[on(item, 5)], reference="delivery-1")

    with pytest.raises(AlreadyBooked):
        receive_stock(changes=[on(item, 5)], reference="delivery-1")

    assert StockItem.objects.get().on_hand == 15


def test_many_goods_arrive_in_a_few_statements(django_assert_max_num_queries):
    warehouse = WarehouseFactory()
    skus = [SkuFactory(spu__merchant=warehouse.merchant) for _ in range(30)]

    with django_assert_max_num_queries(8):
        receive_stock(
            changes=[StockChange(sku.pk, warehouse.pk, 3) for sku in skus], reference="delivery-1"
        )

    assert StockItem.objects.filter(on_hand=3).count() == 30


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ([("on_hand", -11)], NotEnoughOnHand),
        ([("damaged", 11)], NotEnoughOnHand),
        ([("safety", -1)], NotEnoughOnHand),
        ([("reserved", 1)], InvalidInput),
        ([("available", 1)], InvalidInput),
        ([("on_hand", 5), ("damaged", 16)], NotEnoughOnHand),
    ],
)
def test_no_count_falls_below_zero_or_below_what_is_promised(item, changes, refusal):
    with pytest.raises(refusal):
        adjust_stock(
            changes=[on(item, quantity, bucket) for bucket, quantity in changes],
            reference="x",
            reason="盘亏",
            actor=None,
        )

    row = StockItem.objects.get()
    assert (row.on_hand, row.damaged, row.safety, row.reserved) == (10, 0, 0, 0)
    assert StockMovement.objects.count() == 1


def test_a_correction_says_why(item):
    with pytest.raises(InvalidInput):
        adjust_stock(changes=[on(item, 1)], reference="x", reason=" ", actor=None)
    with pytest.raises(InvalidInput):
        receive_stock(changes=[on(item, 0)], reference="x")

    assert StockItem.objects.get().on_hand == 10


@pytest.fixture
def shipped(item):
    reserve_stock(
        allocations=[Allocation("order-1", item.pk, item.warehouse_id, 4)], expires_at=None
    )
    consume_reservation(reference="order-1", quantity=3, reason_reference="shipment-1")
    return item


@pytest.mark.parametrize(
    ("condition", "counts"),
    [
        (Condition.SELLABLE, (9, 0, 0, 8)),
        (Condition.DAMAGED, (9, 2, 0, 6)),
        (Condition.UNCHECKED, (9, 0, 2, 6)),
    ],
)
def test_what_comes_back_goes_where_the_inspector_says_once(shipped, condition, counts):
    for _ in range(2):
        restock(reference="order-1", quantity=2, condition=condition, reason_reference="return-1")

    row = StockItem.objects.get()
    assert (row.on_hand, row.damaged, row.quality_check, row.available) == counts


def test_no_more_comes_back_than_was_shipped(shipped):
    restock(
        reference="order-1", quantity=2, condition=Condition.SELLABLE, reason_reference="return-1"
    )

    with pytest.raises(NotReserved):
        restock(
            reference="order-1",
            quantity=2,
            condition=Condition.SELLABLE,
            reason_reference="return-2",
        )

    assert StockItem.objects.get().on_hand == 9


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_returns_at_once_bring_no_more_than_was_shipped():
    item = StockItemFactory(on_hand=10)
    allocation = Allocation("order-1", item.pk, item.warehouse_id, 4)
    reserve_stock(allocations=[allocation], expires_at=None)
    consume_reservation(reference="order-1", quantity=4, reason_reference="shipment-1")

    results = race(
        [
            partial(
                restock,
                reference="order-1",
                quantity=3,
                condition=Condition.SELLABLE,
                reason_reference=f"return-{n}",
            )
            for n in range(4)
        ]
    )

    assert results.count(None) == 1
    assert StockItem.objects.get().on_hand == 9
