import gzip
from decimal import Decimal

import pytest
from django.utils import translation
from openpyxl import Workbook, load_workbook

from apps.core.sheets import UnreadableSheet, csv_lines, read_sheet, safe_cell, write_sheet

ROWS = [
    {"code": "A-1", "name": "搪瓷杯, 大", "price": Decimal("12.50"), "count": 3},
    {"code": "=1+1", "name": "@cmd|' /C calc'!A0", "price": Decimal("0.01"), "count": -2},
]
COLUMNS = ["code", "name", "price", "count"]


@pytest.mark.parametrize("name", ["goods.csv", "goods.csv.gz", "goods.xlsx"])
def test_what_is_written_is_read_again(tmp_path, name):
    path = tmp_path / name

    assert write_sheet(path, COLUMNS, ROWS) == 2

    first, second = read_sheet(path)
    assert first == (
        2,
        {"code": "A-1", "name": "搪瓷杯, 大", "price": first[1]["price"], "count": "3"},
    )
    assert Decimal(first[1]["price"]) == Decimal("12.50")
    assert second[1]["code"] == "=1+1"
    assert second[1]["name"] == "@cmd|' /C calc'!A0"


@pytest.mark.parametrize("text", ["=1+1", "+7", "-7", "@x", "\tx", "\r=1"])
def test_a_spreadsheet_calculates_nothing_that_came_from_people(tmp_path, text):
    assert safe_cell(text) == f"'{text}"
    assert "\r\n'" in "".join(csv_lines(["a"], [{"a": text}])).replace('"', "")

    write_sheet(tmp_path / "a.xlsx", ["a"], [{"a": text}])
    cell = load_workbook(tmp_path / "a.xlsx").active["A2"]
    assert cell.data_type == "s"
    assert cell.value.startswith("'")


def test_numbers_stay_numbers():
    assert safe_cell(-3) == -3
    assert safe_cell(Decimal("-1.50")) == Decimal("-1.50")
    assert safe_cell(True) == 1
    assert safe_cell(None) == ""


def test_cells_of_a_workbook_are_what_they_look_like(tmp_path):
    book = Workbook()
    book.active.append(["Code", "Price", "Sum"])
    book.active.append([1001, 12.5, 0.1 + 0.2])
    book.active.append([None, None, None])
    book.save(tmp_path / "numbers.xlsx")

    assert list(read_sheet(tmp_path / "numbers.xlsx")) == [
        (2, {"code": "1001", "price": "12.5", "sum": "0.3"})
    ]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "name each column"),
        (b"a,a\n1,2\n", "name each column"),
        (b"a,,b\n1,2,3\n", "name each column"),
        (b"a,b\n1,2,3\n", "row 2"),
        ("名\n".encode("gb18030"), "UTF-8"),
        (b"a\n\x00\n", "not text"),
    ],
)
def test_what_is_no_table_is_said_so(tmp_path, settings, content, why):
    path = tmp_path / "bad.csv"
    path.write_bytes(content)

    with translation.override("en"), pytest.raises(UnreadableSheet, match=why):
        list(read_sheet(path))


@pytest.mark.parametrize("name", ["bad.xlsx", "bad.csv.gz", "missing.csv"])
def test_broken_files_are_said_to_be(tmp_path, name):
    if not name.startswith("missing"):
        (tmp_path / name).write_bytes(b"PK\x03\x04 this is nothing")

    with pytest.raises(UnreadableSheet):
        list(read_sheet(tmp_path / name))


def test_a_file_that_unpacks_without_end_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("apps.core.sheets.MAX_UNPACKED_BYTES", 1000)
    with gzip.open(tmp_path / "bomb.csv.gz", "wt") as file:
        file.write("a\n" + "x\n" * 1000)

    with pytest.raises(UnreadableSheet):
        list(read_sheet(tmp_path / "bomb.csv.gz"))
