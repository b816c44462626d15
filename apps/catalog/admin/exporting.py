from typing import Any

from django.http import HttpRequest, StreamingHttpResponse

from apps.catalog.models import Spu
from apps.catalog.sheets.exporting import product_columns, product_rows
from apps.core.sheet_responses import csv_response


def export_products(request: HttpRequest, ticked: Any) -> StreamingHttpResponse:
    """Return the ticked products as a sheet, without what this person may not see."""
    columns = product_columns(with_costs=request.user.has_perm("catalog.view_cost_price"))
    rows = Spu.objects.filter(pk__in=list(ticked.values_list("pk", flat=True)))
    return csv_response("products", columns, product_rows(rows))
