import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.core.errors import InvalidInput
from apps.inventory.allocation import Allocation, Demand, NotEnough, Shelf, allocate, distance
from apps.inventory.services import OutOfStock, allocate_stock
from apps.inventory.tests.factories import RegionFactory, StockItemFactory, WarehouseFactory

HANGZHOU, NINGBO, BEIJING = "330106", "330203", "110101"
FAR, NEAR, CITY = 1, 2, 3


def shelf(pk, warehouse, sku, available, region=HANGZHOU, priority=0, merchant=1):
    return Shelf(pk, sku, warehouse, merchant, region, priority, available)


def demand(sku, quantity, reference="line-1", merchant=1):
    return Demand(reference, sku, merchant, quantity)


@pytest.mark.parametrize(
    ("one", "other", "steps"),
    [
        (HANGZHOU, HANGZHOU, 0),
        (HANGZHOU, "330102", 1),
        (HANGZHOU, NINGBO, 2),
        (HANGZHOU, BEIJING, 3),
        ("", "", 3),
    ],
)
def test_distance(one, other, steps):
    assert distance(one, other) == steps


def test_one_warehouse_that_covers_all_beats_a_nearer_one_that_does_not():
    shelves = [
        shelf(1, NEAR, 7, 5),
        shelf(2, FAR, 7, 5, region=BEIJING),
        shelf(3, FAR, 8, 5, region=BEIJING),
    ]

    found = allocate([demand(7, 1, "a"), demand(8, 1, "b")], shelves, HANGZHOU)

    assert found == [Allocation("a", 2, FAR, 1), Allocation("b", 3, FAR, 1)]


def test_the_nearest_of_those_that_cover_all_and_then_the_priority():
    shelves = [
        shelf(1, FAR, 7, 5, region=BEIJING, priority=0),
        shelf(2, NEAR, 7, 5, region=NINGBO, priority=9),
        shelf(3, CITY, 7, 5, region=NINGBO, priority=1),
    ]

    assert allocate([demand(7, 5)], shelves, HANGZHOU) == [Allocation("line-1", 3, CITY, 5)]


def test_lines_are_split_over_warehouses_only_if_they_must_be():
    shelves = [
        shelf(1, NEAR, 7, 3),
        shelf(2, FAR, 7, 4, region=BEIJING),
        shelf(3, FAR, 8, 9, region=BEIJING),
    ]

    found = allocate([demand(7, 6, "a"), demand(8, 2, "b")], shelves, HANGZHOU)

    assert found == [
        Allocation("a", 1, NEAR, 3),
        Allocation("a", 2, FAR, 3),
        Allocation("b", 3, FAR, 2),
    ]


def test_two_lines_of_one_sku_share_what_is_there():
    shelves = [shelf(1, NEAR, 7, 3)]

    with pytest.raises(NotEnough) as short:
        allocate([demand(7, 2, "a"), demand(7, 2, "b")], shelves, HANGZHOU)

    assert short.value.available == {7: 3}


def test_nobody_ships_another_merchants_goods():
    shelves = [shelf(1, NEAR, 7, 9, merchant=2)]

    with pytest.raises(NotEnough):
        allocate([demand(7, 1)], shelves, HANGZHOU)


SHELVES = st.lists(
    st.tuples(st.integers(1, 4), st.integers(1, 3), st.integers(0, 5), st.integers(0, 2)),
    unique_by=lambda row: row[:2],
    max_size=12,
)
DEMANDS = st.lists(st.tuples(st.integers(1, 3), st.integers(1, 4)), min_size=1, max_size=5)


@given(SHELVES, DEMANDS)
def test_everything_wanted_is_allocated_and_no_shelf_gives_more_than_it_has(rows, wanted):
    regions = (HANGZHOU, NINGBO, BEIJING)
    shelves = [
        shelf(pk, warehouse, sku, available, regions[region])
        for pk, (warehouse, sku, available, region) in enumerate(rows)
    ]
    demands = [demand(sku, quantity, f"line-{n}") for n, (sku, quantity) in enumerate(wanted)]
    total = {sku: sum(s.available for s in shelves if s.sku_id == sku) for sku in (1, 2, 3)}
    asked = {sku: sum(d.quantity for d in demands if d.sku_id == sku) for sku in (1, 2, 3)}

    missing = {sku: total[sku] for sku in total if total[sku] < asked[sku]}
    if missing:
        with pytest.raises(NotEnough) as short:
            allocate(demands, shelves, HANGZHOU)
        assert short.value.available == missing
        return

    found = allocate(demands, shelves, HANGZHOU)

    for each in demands:
        given_ = [a for a in found if a.reference == each.reference]
        assert sum(a.quantity for a in given_) == each.quantity
    for each in shelves:
        taken = sum(a.quantity for a in found if a.stock_item_id == each.stock_item_id)
        assert taken <= each.available


@pytest.mark.django_db
def test_allocating_reads_once_and_skips_warehouses_that_do_not_ship(django_assert_num_queries):
    closed = StockItemFactory(warehouse__is_active=False)
    item = StockItemFactory(
        sku=closed.sku,
        warehouse=WarehouseFactory(
            merchant=closed.sku.merchant, region=RegionFactory(code="110000", name="北京市")
        ),
    )

    with django_assert_num_queries(1):
        found = allocate_stock(
            demands=[demand(item.sku_id, 10, merchant=item.sku.merchant_id)], region_code=HANGZHOU
        )

    assert found == [Allocation("line-1", item.pk, item.warehouse_id, 10)]


@pytest.mark.django_db
def test_too_few_units_are_refused_with_what_there_is():
    item = StockItemFactory(on_hand=4, safety=1)

    with pytest.raises(OutOfStock) as refusal:
        allocate_stock(
            demands=[demand(item.sku_id, 4, merchant=item.sku.merchant_id)], region_code=HANGZHOU
        )

    assert refusal.value.available == {item.sku_id: 3}


@pytest.mark.django_db
def test_nothing_is_no_quantity():
    with pytest.raises(InvalidInput):
        allocate_stock(demands=[demand(1, 0)], region_code=HANGZHOU)
