from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from apps.core.errors import NotFound
from apps.regions.caching import answer_cacheably
from apps.regions.selectors import get_region, list_children, list_provinces


@require_safe
def children(request: HttpRequest, code: str = "") -> HttpResponseBase:
    """Feed the cascading picker: ``{"regions": [{"code", "name", "is_leaf"}]}``."""
    try:
        rows = list_children(get_region(code).code) if code else list_provinces()
    except NotFound as refusal:
        return JsonResponse({"code": refusal.code, "message": refusal.message}, status=404)
    data = {
        "regions": [{"code": row.code, "name": row.name, "is_leaf": row.is_leaf} for row in rows]
    }
    return answer_cacheably(request, data, _json)


def _json(data: object) -> JsonResponse:
    return JsonResponse(data, json_dumps_params={"ensure_ascii": False})
