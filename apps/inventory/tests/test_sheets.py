import pytest

from apps.catalog.tests.factories import SkuFactory
from apps.core.sheets import read_sheet, write_sheet
from apps.inventory.allocation import Allocation
from apps.inventory.models import StockItem, StockMovement
from apps.inventory.services import StockChange, receive_stock, reserve_stock
from apps.inventory.sheets import COLUMNS, StockPlan, import_stock, stock_rows
from apps.inventory.tests.factories import WarehouseFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def warehouse():
    return WarehouseFactory(code="east")


@pytest.fixture
def sku(warehouse):
    return SkuFactory(spu__merchant=warehouse.merchant, code="MUG-R")


def run(warehouse, *rows, **options):
    plan = StockPlan(merchant_id=warehouse.merchant_id, reason="盘点", **options)
    return list(import_stock(list(enumerate(rows, start=2)), plan))[-1]


def test_counts_become_what_the_sheet_says(warehouse, sku):
    row = {"sku_code": "MUG-R", "warehouse": "east", "on_hand": "7", "low_threshold": "2"}

    outcome = run(warehouse, row)

    item = StockItem.objects.get()
    assert (outcome.changed, outcome.unchanged, outcome.errors) == (1, 0, [])
    assert (item.on_hand, item.low_threshold) == (7, 2)
    assert StockMovement.objects.get().note == "盘点"
    again = run(warehouse, row)
    assert (again.changed, again.unchanged) == (0, 1)
    assert StockMovement.objects.count() == 1


def test_a_dry_run_books_nothing(warehouse, sku):
    row = {"sku_code": "MUG-R", "warehouse": "east", "on_hand": "7"}

    assert run(warehouse, row, is_dry_run=True).changed == 1

    assert not StockMovement.objects.exists()


def test_what_is_promised_cannot_be_counted_away(warehouse, sku):
    other = SkuFactory(spu=sku.spu, code="MUG-B")
    for each in (sku, other):
        change = StockChange(sku_id=each.pk, warehouse_id=warehouse.pk, quantity=5)
        receive_stock(changes=[change], reference=f"R-{each.pk}")
    item = StockItem.objects.get(sku=sku)
    held = Allocation(reference="L1", stock_item_id=item.pk, warehouse_id=warehouse.pk, quantity=4)
    reserve_stock(allocations=[held], expires_at=None)

    outcome = run(
        warehouse,
        {"sku_code": "MUG-R", "warehouse": "east", "on_hand": "3"},
        {"sku_code": "MUG-B", "warehouse": "east", "on_hand": "9"},
    )

    assert [error.row for error in outcome.errors] == [2]
    assert outcome.changed == 1
    assert StockItem.objects.get(sku=sku).on_hand == 5
    assert StockItem.objects.get(sku=other).on_hand == 9


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"on_hand": "-1"}, "on_hand"),
        ({"on_hand": ""}, "on_hand"),
        ({"warehouse": "moon"}, "warehouse"),
        ({"sku_code": "?"}, "sku_code"),
        ({"safety": "1.5"}, "safety"),
    ],
)
def test_a_bad_cell_is_named(warehouse, sku, change, column):
    row = {"sku_code": "MUG-R", "warehouse": "east", "on_hand": "7"} | change

    outcome = run(warehouse, row)

    assert [(error.row, error.column) for error in outcome.errors] == [(2, column)]
    assert not StockMovement.objects.exists()


def test_what_goes_out_comes_back(warehouse, sku, tmp_path):
    run(warehouse, {"sku_code": "MUG-R", "warehouse": "east", "on_hand": "7"})

    write_sheet(tmp_path / "stock.csv", COLUMNS, stock_rows(StockItem.objects.all()))

    (_number, cells), *more = read_sheet(tmp_path / "stock.csv")
    assert not more
    assert (cells["sku_code"], cells["on_hand"], cells["available"]) == ("MUG-R", "7", "7")
    assert run(warehouse, cells).unchanged == 1


def test_operators_download_what_they_have_ticked(as_staff, merchant_staff, warehouse, sku):
    run(warehouse, {"sku_code": "MUG-R", "warehouse": "east", "on_hand": "7"})
    browser = as_staff(merchant_staff(warehouse.merchant, "inventory.view_stockitem"))

    answer = browser.post(
        "/admin/inventory/stockitem/",
        {"action": "export_sheet", "_selected_action": [StockItem.objects.get().pk]},
    )

    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert lines[1].split(",")[:3] == ["MUG-R", "east", "7"]
