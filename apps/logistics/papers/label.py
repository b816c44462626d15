"""The label on a box: 100 × 150 mm, bars and squares for the carrier, Chinese for people."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from fpdf import FPDF

from apps.core.clock import BUSINESS_ZONE
from apps.logistics.carriers.adapter import Contact
from apps.logistics.papers.codes import Cells
from apps.logistics.papers.content import ParcelPaper, place_of
from apps.logistics.papers.fonts import PaperFont

WIDTH, HEIGHT, MARGIN = 100.0, 150.0, 4.0
INNER = WIDTH - 2 * MARGIN
GOODS_SHOWN = 5


def draw_labels(papers: Sequence[ParcelPaper], font: PaperFont) -> bytes:
    """Return a PDF with one page for each parcel."""
    pdf = FPDF(orientation="P", unit="mm", format=(WIDTH, HEIGHT))
    pdf.set_auto_page_break(auto=False)
    pdf.set_margin(MARGIN)
    pdf.add_font("cjk", fname=font.path, collection_font_number=font.number)
    for paper in papers:
        _draw_label(pdf, paper)
    return bytes(pdf.output())


def draw_cells(pdf: FPDF, cells: Cells, *, x: float, y: float, width: float, height: float) -> None:
    """Fill the dark runs of a code into a box."""
    column, row = width / cells.width, height / cells.height
    pdf.set_fill_color(0)
    for left, top, length in cells.runs:
        pdf.rect(x + left * column, y + top * row, length * column, row, style="F")


def _draw_label(pdf: FPDF, paper: ParcelPaper) -> None:
    pdf.add_page()
    pdf.set_line_width(0.3)
    pdf.rect(MARGIN, MARGIN, INNER, HEIGHT - 2 * MARGIN)
    _draw_head(pdf, paper)
    draw_cells(pdf, paper.bars, x=MARGIN + 8, y=32, width=INNER - 16, height=16)
    _text(pdf, paper.waybill, y=48.5, size=11, align="C")
    _rule(pdf, 55)
    _draw_contact(
        pdf, pgettext("label", "To"), paper.recipient, phone=paper.recipient.phone, y=57, size=12
    )
    _rule(pdf, 85)
    _draw_contact(
        pdf, pgettext("label", "From"), paper.sender, phone=paper.sender_phone, y=87, size=8
    )
    _rule(pdf, 104)
    _draw_goods(pdf, paper)


def _draw_head(pdf: FPDF, paper: ParcelPaper) -> None:
    _text(pdf, paper.carrier_name, y=6, size=15, width=INNER * 0.6)
    _text(pdf, paper.carrier_phone, y=7.5, size=9, align="R")
    _rule(pdf, 15)
    _text(pdf, paper.sorting_code or paper.recipient_place, y=18, size=20, align="C")
    _rule(pdf, 30)


def _draw_contact(
    pdf: FPDF, title: str, contact: Contact, *, phone: str, y: float, size: float
) -> None:
    _text(pdf, title, y=y, size=size)
    step = size * 0.5
    _text(pdf, f"{contact.name}  {phone}", y=y, size=size, x=14)
    pdf.set_font("cjk", size=size * 0.85)
    pdf.set_xy(MARGIN + 14, y + step + 1)
    pdf.multi_cell(
        INNER - 16, step, f"{place_of(contact)} {contact.street}", align="L", max_line_height=step
    )


def _draw_goods(pdf: FPDF, paper: ParcelPaper) -> None:
    draw_cells(pdf, paper.squares, x=WIDTH - MARGIN - 28, y=108, width=25, height=25)
    y = 106.0
    for line in paper.lines[:GOODS_SHOWN]:
        text = f"{line.name} {line.spec_text}".strip()
        _text(pdf, _shortened(pdf, text, 50, 8), y=y, size=8, width=52)
        _text(pdf, f"×{line.quantity}", y=y, size=8, x=52)
        y += 5
    rest = len(paper.lines) - GOODS_SHOWN
    if rest > 0:
        _text(pdf, _("and %(rest)s more") % {"rest": rest}, y=y, size=8)
    _rule(pdf, 135)
    _text(pdf, _("Order %(number)s") % {"number": paper.order_number}, y=137, size=8)
    at = paper.printed_at.astimezone(BUSINESS_ZONE)
    _text(pdf, f"{paper.merchant_name}  {at:%Y-%m-%d %H:%M}", y=141, size=7)


def _shortened(pdf: FPDF, text: str, width: float, size: float) -> str:
    """Cut a text that would run into what stands beside it."""
    pdf.set_font("cjk", size=size)
    if pdf.get_string_width(text) <= width:
        return text
    while text and pdf.get_string_width(f"{text}…") > width:
        text = text[:-1]
    return f"{text}…"


def _text(
    pdf: FPDF,
    text: str,
    *,
    y: float,
    size: float,
    x: float = 2,
    width: float = INNER - 4,
    align: str = "L",
) -> None:
    pdf.set_font("cjk", size=size)
    pdf.set_xy(MARGIN + x, y)
    pdf.cell(min(width, INNER - x - 2), size * 0.5, text, align=align)


def _rule(pdf: FPDF, y: float) -> None:
    pdf.line(MARGIN, y, WIDTH - MARGIN, y)
