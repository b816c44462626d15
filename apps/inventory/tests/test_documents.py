from io import BytesIO

import pytest

from apps.catalog.tests.factories import SkuFactory
from apps.core.errors import InvalidInput
from apps.core.states import IllegalMove
from apps.inventory.allocation import Allocation
from apps.inventory.models import StockDocument, StockItem, StockMovement
from apps.inventory.services import (
    AlreadyReversed,
    BadSheet,
    EmptyDocument,
    LineDraft,
    NotEnoughOnHand,
    confirm_document,
    discard_document,
    read_lines,
    reserve_stock,
    reverse_document,
    write_document,
)
from apps.inventory.tests.factories import StockItemFactory, WarehouseFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("laws_hold")]


@pytest.fixture
def item():
    return StockItemFactory(on_hand=10)


def written(item, kind, quantity, **more):
    return write_document(
        kind=kind,
        warehouse=item.warehouse,
        reason="年度盘点",
        lines=[LineDraft(item.sku_id, quantity, more.pop("bucket", "on_hand"))],
        actor=None,
        **more,
    )


def stock():
    rows = StockItem.objects.order_by("pk").values_list("on_hand", "damaged", "reserved")
    return list(rows)


@pytest.mark.parametrize(
    ("kind", "quantity", "after"), [("RECEIPT", 5, 15), ("ADJUSTMENT", -4, 6), ("COUNT", 7, 7)]
)
def test_a_document_takes_effect_once_and_can_be_reversed_once(
    item, shopper, kind, quantity, after
):
    document = written(item, kind, quantity)
    assert stock() == [(10, 0, 0)]

    confirm_document(document_id=document.pk, actor=shopper)
    assert stock() == [(after, 0, 0)]
    with pytest.raises(IllegalMove):
        confirm_document(document_id=document.pk, actor=shopper)
    with pytest.raises(IllegalMove):
        discard_document(document_id=document.pk, actor=shopper)

    undoing = reverse_document(document_id=document.pk, reason="录入错误", actor=shopper)
    assert stock() == [(10, 0, 0)]
    assert StockDocument.objects.get(pk=undoing.pk).reverses == document
    with pytest.raises(AlreadyReversed):
        reverse_document(document_id=document.pk, reason="再来", actor=shopper)
    assert stock() == [(10, 0, 0)]
    assert set(StockMovement.objects.values_list("reference", flat=True)) >= {
        document.number,
        undoing.number,
    }


def test_goods_are_moved_between_a_merchants_warehouses(item):
    target = WarehouseFactory(merchant=item.warehouse.merchant)
    document = written(item, "TRANSFER", 4, target=target)

    confirm_document(document_id=document.pk, actor=None)
    assert stock() == [(6, 0, 0), (4, 0, 0)]

    reverse_document(document_id=document.pk, reason="退回", actor=None)
    assert stock() == [(10, 0, 0), (0, 0, 0)]


def test_damage_is_an_adjustment_of_its_count(item):
    document = written(item, "ADJUSTMENT", 3, bucket="damaged")

    confirm_document(document_id=document.pk, actor=None)

    assert stock() == [(10, 3, 0)]


def test_a_count_below_what_is_promised_is_refused_whole(item):
    other = StockItemFactory(warehouse=item.warehouse, sku=SkuFactory(spu=item.sku.spu), on_hand=5)
    reserve_stock(allocations=[Allocation("o", item.pk, item.warehouse_id, 6)], expires_at=None)
    document = write_document(
        kind="COUNT",
        warehouse=item.warehouse,
        reason="盘点",
        lines=[LineDraft(other.sku_id, 50), LineDraft(item.sku_id, 5)],
        actor=None,
    )

    with pytest.raises(NotEnoughOnHand) as refusal:
        confirm_document(document_id=document.pk, actor=None)

    assert refusal.value.details["skus"] == [item.sku_id]
    assert stock() == [(10, 0, 6), (5, 0, 0)]
    document.refresh_from_db()
    assert document.status == "DRAFT"


def test_a_discarded_draft_never_takes_effect(item):
    document = written(item, "RECEIPT", 5)
    discard_document(document_id=document.pk, actor=None)

    with pytest.raises(IllegalMove):
        confirm_document(document_id=document.pk, actor=None)

    assert stock() == [(10, 0, 0)]


@pytest.mark.parametrize(
    ("kind", "lines", "reason"),
    [
        ("RECEIPT", [(1, 0)], "x"),
        ("RECEIPT", [(1, -3)], "x"),
        ("COUNT", [(1, -1)], "x"),
        ("ADJUSTMENT", [(1, 0)], "x"),
        ("RECEIPT", [(1, 5), (1, 5)], "x"),
        ("RECEIPT", [(1, 10**10)], "x"),
        ("RECEIPT", [(1, 5)], "  "),
        ("TRANSFER", [(1, 5)], "x"),
    ],
)
def test_what_does_not_fit_its_kind_is_not_written(item, kind, lines, reason):
    with pytest.raises(InvalidInput):
        write_document(
            kind=kind,
            warehouse=item.warehouse,
            reason=reason,
            lines=[LineDraft(*line) for line in lines],
            actor=None,
        )

    assert not StockDocument.objects.exists()


def test_nothing_goes_to_another_merchants_warehouse(item):
    with pytest.raises(InvalidInput):
        written(item, "TRANSFER", 1, target=WarehouseFactory())

    assert not StockDocument.objects.exists()


def test_an_empty_document_is_refused(item):
    document = write_document(
        kind="RECEIPT", warehouse=item.warehouse, reason="x", lines=[], actor=None
    )

    with pytest.raises(EmptyDocument):
        confirm_document(document_id=document.pk, actor=None)


def sheet(text, encoding="utf-8"):
    return BytesIO(text.encode(encoding))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_lines_are_read_from_csv(item, encoding):
    code = item.sku.code

    lines = read_lines(
        sheet(f"sku,quantity,bucket,备注\r\n{code}, 5,,好\r\n{code},-2,damaged,\r\n", encoding),
        merchant_id=item.sku.merchant_id,
    )

    assert lines == [LineDraft(item.sku_id, 5), LineDraft(item.sku_id, -2, "damaged")]


def test_every_bad_row_is_named(item):
    other = SkuFactory(code="OTHERS")
    code = item.sku.code
    rows = ["sku,quantity,bucket", f"{code},1,", f"{code},1,", "NONE,1,", f"{other.code},1,"]
    rows += [f"{code},1.5,damaged", f"{code},１,damaged", f"{code},1,reserved", f"{code},,damaged"]

    with pytest.raises(BadSheet) as refusal:
        read_lines(sheet("\n".join(rows)), merchant_id=item.sku.merchant_id)

    assert [line for line, _reason in refusal.value.details["rows"]] == [3, 4, 5, 6, 7, 8, 9]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"a,b\n1,2",
        b"sku,quantity\nx\0y,1",
        b"\xff\xfe\x00",
        b"sku,quantity\n" + b"x,1\n" * 600_000,
    ],
)
def test_what_is_no_sheet_is_refused(item, data):
    with pytest.raises(BadSheet):
        read_lines(BytesIO(data), merchant_id=item.sku.merchant_id)
