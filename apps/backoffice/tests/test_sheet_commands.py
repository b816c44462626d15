import csv
import gzip
from datetime import datetime
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command

from apps.backoffice.retail.ledger import is_ledger, read_ledger, why_not_sold
from apps.catalog.models import Sku, Spu
from apps.catalog.selectors import skus_for_sale
from apps.catalog.tests.factories import CategoryFactory, MerchantFactory, ShippingClassFactory
from apps.core.laws import list_violations
from apps.core.sheets import UnreadableSheet
from apps.inventory.laws import LAWS
from apps.inventory.models import StockItem
from apps.inventory.selectors import quantities_by_sku
from apps.merchants.models import Merchant
from apps.merchants.selectors import limits_of

LEDGER = """InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
536365,85123A,WHITE HANGING HEART,6,2010-12-01 08:26:00,2.55,17850,United Kingdom
536366,85123a,WHITE HANGING HEART,10,2010-12-01 09:00:00,2.95,,United Kingdom
536367,85123A,?,4,2010-12-01 09:10:00,2.55,17850,France
536368,22139,amazon,1,2010-12-01 09:20:00,0.00,,United Kingdom
C536369,85123A,WHITE HANGING HEART,-6,2010-12-02 08:26:00,2.55,17850,United Kingdom
536370,22139,,-3,2010-12-02 08:26:00,0.00,,United Kingdom
536371,POST,POSTAGE,1,2010-12-02 08:26:00,18.00,12583,France
"""


@pytest.fixture
def ledger(tmp_path):
    path = tmp_path / "ledger.csv.gz"
    with gzip.open(path, "wt") as file:
        file.write(LEDGER)
    return path


@pytest.fixture
def shop(db):
    CategoryFactory(slug="cups")
    ShippingClassFactory(code="standard")
    return MerchantFactory(code="us", is_platform=True)


def write(path, *rows):
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def test_every_line_of_a_ledger_is_read(ledger):
    lines = list(read_ledger(ledger))

    assert len(lines) == 7
    first = lines[0]
    assert (first.invoice, first.sku_code, first.quantity) == ("536365", "85123A@2.55", 6)
    assert first.at == datetime(2010, 12, 1, 8, 26)  # noqa: DTZ001
    assert lines[1].spu_code == first.spu_code
    reasons = [why_not_sold(line) for line in lines]
    assert [reason and reason.value for reason in reasons] == [
        None,
        None,
        None,
        "no price",
        "a return",
        "no price",
        None,
    ]


@pytest.mark.parametrize("change", [("6,2010", "six,2010"), ("2.55", "NaN"), ("536365", "")])
def test_a_line_that_cannot_be_read_is_named(tmp_path, change):
    path = tmp_path / "bad.csv"
    path.write_text(LEDGER.replace(*change, 1))

    with pytest.raises(UnreadableSheet, match="row 2"):
        list(read_ledger(path))


def test_a_ledger_becomes_goods_with_stock_for_all(db, ledger, capsys):
    call_command("import_products", ledger)

    merchant = Merchant.objects.get(code="retail-ledger")
    skus = {sku.code: sku for sku in Sku.objects.filter(merchant=merchant)}
    assert set(skus) == {"85123A@2.55", "85123A@2.95", "POST@18.00"}
    assert skus["85123A@2.55"].price == Decimal("2.55")
    assert skus["85123A@2.55"].spu_id == skus["85123A@2.95"].spu_id
    text = skus["85123A@2.55"].spu.translations.get(language="zh-hans")
    assert text.name == "WHITE HANGING HEART"
    stock = quantities_by_sku([sku.pk for sku in skus.values()])
    assert stock[skus["85123A@2.55"].pk] >= 10
    assert all(row.is_saleable for row in skus_for_sale([s.pk for s in skus.values()]).values())
    limits = limits_of([merchant.pk])[merchant.pk]
    assert (limits.lines, limits.quantity) == (1000, 100_000)
    assert "4 sell" in capsys.readouterr().out
    assert [list_violations(law, at=None) for law in LAWS[:3]] == [[]] * 3
    call_command("import_products", ledger)
    assert Sku.objects.count() == 3
    assert quantities_by_sku([sku.pk for sku in skus.values()]) == stock
    assert is_ledger({"invoiceno", *map(str.lower, LEDGER.splitlines()[0].split(","))})


def test_a_sheet_goes_in_and_out(shop, tmp_path, capsys):
    path = write(
        tmp_path / "goods.csv",
        ["spu_code", "name", "category", "sku_code", "price"],
        ["MUG", "搪瓷杯", "cups", "MUG-1", "19.90"],
    )

    call_command("import_products", path)
    call_command("export_products", tmp_path / "out.csv", columns="sku_code,price")

    assert Spu.objects.get().merchant == shop
    assert (tmp_path / "out.csv").read_text(encoding="utf-8-sig").split() == [
        "sku_code,price",
        "MUG-1,19.90",
    ]
    assert "goods.undo.csv" in capsys.readouterr().out
    call_command("import_products", tmp_path / "goods.undo.csv", "--confirm-prices")
    assert not Sku.objects.get().is_active


def test_errors_are_shown_and_written_beside_the_file(shop, tmp_path, capsys):
    path = write(
        tmp_path / "goods.csv",
        ["spu_code", "name", "category", "sku_code", "price"],
        ["MUG", "搪瓷杯", "cups", "MUG-1", "free"],
        ["POT", "锅", "cups", "POT-1", "99"],
    )

    with pytest.raises(CommandError, match="1 products were left out"):
        call_command("import_products", path)

    assert list(Spu.objects.values_list("code", flat=True)) == ["POT"]
    errors = (tmp_path / "goods.errors.csv").read_text(encoding="utf-8-sig").splitlines()
    assert errors[1].startswith("2,price,")
    assert "row 2, price" in capsys.readouterr().err


def test_a_dry_run_touches_neither_shop_nor_disk(shop, tmp_path, capsys):
    path = write(
        tmp_path / "goods.csv",
        ["spu_code", "name", "category", "sku_code", "price"],
        ["MUG", "搪瓷杯", "cups", "MUG-1", "19.90"],
    )

    call_command("import_products", path, "--dry-run")

    assert not Spu.objects.exists()
    assert list(tmp_path.iterdir()) == [path]
    assert "1 products would be created" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("rows", "options", "why"),
    [
        ([["sku_code", "prise"], ["A", "1"]], {}, "Nobody reads these columns: prise"),
        ([["sku_code"], ["A"]], {"merchant": "nobody"}, "There are: us"),
        ([["sku_code"]], {}, "no rows"),
        ([[]], {}, "cannot be read"),
    ],
)
def test_what_cannot_work_is_said_before_anything_is_written(shop, tmp_path, rows, options, why):
    path = write(tmp_path / "goods.csv", *rows)

    with pytest.raises(CommandError, match=why):
        call_command("import_products", path, **options)


def test_stock_goes_in_and_out(shop, ledger, tmp_path, capsys):
    call_command("import_products", ledger)
    call_command("export_stock", tmp_path / "stock.csv", merchant="retail-ledger")
    rows = list(csv.DictReader((tmp_path / "stock.csv").open(encoding="utf-8-sig")))
    assert len(rows) == 3
    path = write(
        tmp_path / "count.csv",
        ["sku_code", "warehouse", "on_hand"],
        ["POST@18.00", "main", "77"],
        ["NOTHING", "main", "1"],
    )

    with pytest.raises(CommandError, match="left out"):
        call_command("import_stock", path, merchant="retail-ledger", reason="年末盘点")

    item = StockItem.objects.get(sku__code="POST@18.00")
    assert item.on_hand == 77
    assert item.movements.order_by("-pk").first().note == "年末盘点"
    assert "1 counts changed" in capsys.readouterr().out
