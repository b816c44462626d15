"""The list that lies in the box: A5, so that whoever opens it can count."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from fpdf import FPDF
from fpdf.fonts import FontFace

from apps.core.clock import BUSINESS_ZONE
from apps.core.secrets import mask_name
from apps.logistics.papers.content import ParcelPaper
from apps.logistics.papers.fonts import PaperFont
from apps.logistics.papers.label import draw_cells

COLUMNS = (30, 74, 20)


def draw_packing_lists(papers: Sequence[ParcelPaper], font: PaperFont) -> bytes:
    """Return a PDF with the packing list of each parcel, each on pages of its own."""
    pdf = FPDF(orientation="P", unit="mm", format=(148, 210))
    pdf.set_margin(12)
    pdf.add_font("cjk", fname=font.path, collection_font_number=font.number)
    for paper in papers:
        _draw_list(pdf, paper)
    return bytes(pdf.output())


def _draw_list(pdf: FPDF, paper: ParcelPaper) -> None:
    pdf.add_page()
    pdf.set_font("cjk", size=16)
    pdf.cell(0, 10, _("Packing list"), new_x="LMARGIN", new_y="NEXT")
    pdf.set_font("cjk", size=9)
    at = paper.printed_at.astimezone(BUSINESS_ZONE)
    for text in (
        f"{paper.merchant_name}  {at:%Y-%m-%d %H:%M}",
        _("Order %(number)s") % {"number": paper.order_number},
        _("For %(name)s") % {"name": mask_name(paper.recipient.name)},
        f"{paper.carrier_name} {paper.waybill}",
    ):
        pdf.cell(0, 5, text, new_x="LMARGIN", new_y="NEXT")
    draw_cells(pdf, paper.bars, x=86, y=14, width=50, height=10)
    pdf.ln(4)
    _draw_table(pdf, paper)
    if paper.remark:
        pdf.ln(3)
        pdf.multi_cell(0, 5, _("Remark: %(remark)s") % {"remark": paper.remark})


def _draw_table(pdf: FPDF, paper: ParcelPaper) -> None:
    heading = FontFace(emphasis="", fill_color=235)
    with pdf.table(
        col_widths=COLUMNS,
        text_align=("LEFT", "LEFT", "RIGHT"),
        line_height=5,
        headings_style=heading,
    ) as table:
        head = table.row()
        for text in (_("SKU code"), _("Goods"), _("Quantity")):
            head.cell(text)
        for line in paper.lines:
            row = table.row()
            row.cell(line.sku_code)
            row.cell(f"{line.name} {line.spec_text}".strip())
            row.cell(str(line.quantity))
        foot = table.row()
        foot.cell("")
        foot.cell(_("Together"))
        foot.cell(str(paper.pieces))
