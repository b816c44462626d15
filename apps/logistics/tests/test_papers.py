from datetime import UTC, datetime

import pytest

from apps.logistics.carriers.adapter import Contact
from apps.logistics.papers.codes import code128, qr_code
from apps.logistics.papers.content import PaperLine, ParcelPaper, place_of
from apps.logistics.papers.fonts import PaperFont, find_paper_font
from apps.logistics.papers.label import draw_labels
from apps.logistics.papers.packing_list import draw_packing_lists


def a_paper(**more):
    values = {
        "carrier_name": "顺丰速运",
        "carrier_phone": "95338",
        "waybill": "SF1234567890123",
        "sorting_code": "755WE-AB-12",
        "origin_code": "571",
        "parcel_number": "26112012345678901234",
        "order_number": "26112000000000000001",
        "merchant_name": "云集优选",
        "sender": Contact("云集仓", "13800000001", "浙江省", "杭州市", "余杭区", "文一西路 969 号"),
        "recipient": Contact(
            "张三", "13900000002", "广东省", "深圳市", "南山区", "科技园南区一号楼二单元 301 室"
        ),
        "lines": (PaperLine("CUP-1", "青瓷茶杯", "天青 / 大", 2),),
        "remark": "请放门口 <b>谢谢</b>",
        "printed_at": datetime(2026, 11, 20, 4, 30, tzinfo=UTC),
    }
    return ParcelPaper(**{**values, **more})


@pytest.fixture(scope="module")
def font():
    found = find_paper_font()
    if found is None:
        pytest.skip("this machine has no font with Chinese characters")
    return found


def pages_of(pdf):
    return pdf.count(b"/Type /Page\n")


def test_code128_begins_and_ends_as_the_standard_says():
    cells = code128("SF1234567890123")
    dark = {column + step for column, _row, length in cells.runs for step in range(length)}
    modules = "".join("1" if each in dark else "0" for each in range(cells.width))

    assert modules.startswith("110100")  # a start character
    assert modules.endswith("1100011101011")  # the stop character


def test_a_qr_code_has_its_three_eyes():
    cells = qr_code("SF1234567890123")
    dark = {(column + step, row) for column, row, length in cells.runs for step in range(length)}

    assert cells.width == cells.height == 21
    for left, top in ((0, 0), (14, 0), (0, 14)):
        assert all((left + step, top) in dark for step in range(7))
        assert (left + 1, top + 1) not in dark


def test_a_label_is_one_page_of_100_by_150_mm_for_each_parcel(font):
    pdf = draw_labels([a_paper(), a_paper(sorting_code="", lines=())], font)

    assert pdf.startswith(b"%PDF-")
    assert pages_of(pdf) == 2
    assert b"/MediaBox [0 0 283.46 425.20]" in pdf


def test_hostile_and_very_long_texts_do_not_break_the_label(font):
    line = PaperLine("X" * 64, "很长的名字" * 60, "规格" * 40, 999)
    recipient = Contact("王" * 40, "1" * 20, "省" * 20, "市" * 20, "区" * 20, "街" * 200)

    pdf = draw_labels(
        [a_paper(lines=(line,) * 30, recipient=recipient, remark="😀\u202e" * 50)], font
    )

    assert pages_of(pdf) == 1


def test_a_packing_list_lists_every_line(font):
    lines = tuple(PaperLine(f"SKU-{n}", "青瓷茶杯", "天青", n) for n in range(1, 81))

    pdf = draw_packing_lists([a_paper(lines=lines)], font)

    assert pages_of(pdf) > 1


def test_a_place_is_not_named_twice():
    assert place_of(Contact("a", "1", "北京市", "北京市", "朝阳区", "x")) == "北京市 朝阳区"


def test_the_settings_name_the_font(settings, tmp_path):
    settings.LOGISTICS_LABEL_FONT = str(tmp_path / "missing.ttc")
    assert find_paper_font() is None

    (tmp_path / "mine.ttf").write_bytes(b"")
    settings.LOGISTICS_LABEL_FONT = str(tmp_path / "mine.ttf")
    assert find_paper_font() == PaperFont(str(tmp_path / "mine.ttf"), 0)
