"""Sheets on their way to a browser, streamed row by row."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.http import StreamingHttpResponse

from apps.core.clock import now
from apps.core.sheets import csv_lines


def csv_response(
    name: str, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]
) -> StreamingHttpResponse:
    """Return a download called after its contents and the day."""
    response = StreamingHttpResponse(
        csv_lines(columns, rows), content_type="text/csv; charset=utf-8"
    )
    response.headers["Content-Disposition"] = f'attachment; filename="{name}-{now():%Y%m%d}.csv"'
    response.headers["Cache-Control"] = "no-store"
    return response
