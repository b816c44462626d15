"""Labels and packing lists as an answer: a PDF, or pages for the browser where no font writes Chinese."""

from collections.abc import Callable, Collection, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import translation

from apps.logistics.papers.content import ParcelPaper
from apps.logistics.papers.fonts import PaperFont, find_paper_font
from apps.logistics.papers.label import draw_labels
from apps.logistics.papers.packing_list import draw_packing_lists
from apps.logistics.services import collect_papers, make_due_carrier_calls, note_printed

PAPER_LANGUAGE = "zh-hans"  # carriers and packers read Chinese, whatever the operator's language
Draw = Callable[[Sequence[ParcelPaper], PaperFont], bytes]


def answer_labels(request: HttpRequest, parcel_ids: Collection[int]) -> HttpResponse:
    """
    Print labels, asking carriers first for waybills that are still missing.

    :raises TooManyLabels, NoLabelYet: as ``collect_papers``
    """
    return _answer(request, parcel_ids, draw_labels, "labels")


def answer_packing_lists(request: HttpRequest, parcel_ids: Collection[int]) -> HttpResponse:
    """
    Print packing lists.

    :raises TooManyLabels, NoLabelYet: as ``collect_papers``
    """
    return _answer(request, parcel_ids, draw_packing_lists, "packing-lists")


def _answer(
    request: HttpRequest, parcel_ids: Collection[int], draw: Draw, name: str
) -> HttpResponse:
    make_due_carrier_calls(parcel_ids=parcel_ids)
    papers = collect_papers(parcel_ids)
    user: Any = request.user
    with translation.override(PAPER_LANGUAGE):
        response = _paper(request, papers, draw, name)
    note_printed(parcel_ids=parcel_ids, actor=user)
    return response


def _paper(
    request: HttpRequest, papers: Sequence[ParcelPaper], draw: Draw, name: str
) -> HttpResponse:
    font = find_paper_font()
    if font is None:
        page = TemplateResponse(request, f"logistics/{name}.html", {"papers": papers})
        return page.render()
    return HttpResponse(
        draw(papers, font),
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'inline; filename="{name}.pdf"',
            "Cache-Control": "no-store",
        },
    )
