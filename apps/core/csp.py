"""Looser content policies for pages that are not ours: the theme of the admin, the readers of the API's schema."""

from collections.abc import Callable
from typing import Any

from csp.constants import SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.conf import settings
from django.http import HttpRequest, HttpResponse

LOOSER: dict[str, list[Any]] = {
    "script-src": [SELF, UNSAFE_INLINE, UNSAFE_EVAL],
    "style-src": [SELF, UNSAFE_INLINE],
    "img-src": [SELF, "data:", "blob:"],
    "worker-src": [SELF, "blob:"],
}


class LooserPolicyMiddleware:
    """Replace parts of the policy below the paths of ``settings.LOOSER_POLICY_PATHS``; the storefront stays strict."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path.startswith(settings.LOOSER_POLICY_PATHS):
            response._csp_replace = LOOSER  # type: ignore[attr-defined]  # noqa: SLF001  how django-csp is told
        return response
