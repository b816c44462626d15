"""One shape for every error of the API, with codes from the one registry."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import DataError, OperationalError
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from apps.core.errors import REGISTRY, Refusal
from apps.core.request_context import current_request_id

_CODES: dict[type[Exception], str] = {
    exceptions.ValidationError: "VALIDATION_FAILED",
    exceptions.ParseError: "MALFORMED_REQUEST",
    exceptions.AuthenticationFailed: "TOKEN_INVALID",
    exceptions.NotAuthenticated: "NOT_AUTHENTICATED",
    exceptions.PermissionDenied: "FORBIDDEN",
    exceptions.NotFound: "NOT_FOUND",
    exceptions.MethodNotAllowed: "METHOD_NOT_ALLOWED",
    exceptions.NotAcceptable: "NOT_ACCEPTABLE",
    exceptions.UnsupportedMediaType: "UNSUPPORTED_MEDIA_TYPE",
    exceptions.Throttled: "THROTTLED",
    Http404: "NOT_FOUND",
    PermissionDenied: "FORBIDDEN",
    DataError: "MALFORMED_REQUEST",
    OperationalError: "BUSY",
}


def error_body(code: str, message: str, details: Any = None) -> dict[str, Any]:
    """Return ``{"code", "message", "details", "request_id"}``."""
    return {
        "code": code,
        "message": message,
        "details": details if details is not None else {},
        "request_id": current_request_id(),
    }


def handle_api_exception(problem: Exception, _context: Mapping[str, Any]) -> Response | None:
    """Turn what a view raised into the one shape; ``None`` for bugs, which become a 500 and a log line."""
    answer = _answer_for(problem)
    if answer is None:
        return None
    set_rollback()
    return answer


def _answer_for(problem: Exception) -> Response | None:
    if isinstance(problem, Refusal):
        return Response(
            error_body(problem.code, problem.message, dict(problem.details)),
            status=problem.http_status,
            headers=_wait(problem.details.get("retry_after")),
        )
    for kind, code in _CODES.items():
        if isinstance(problem, kind):
            known = REGISTRY[code]
            return Response(
                error_body(
                    code,
                    str(known.text),
                    getattr(problem, "detail", None) if code == "VALIDATION_FAILED" else None,
                ),
                status=known.http_status,
                headers=_headers_of(problem),
            )
    return None


def _headers_of(problem: Exception) -> dict[str, str]:
    headers = _wait(getattr(problem, "wait", None))
    if isinstance(problem, OperationalError):
        headers = _wait(1)
    challenge = getattr(problem, "auth_header", None)
    if challenge:
        headers["WWW-Authenticate"] = challenge
    return headers


def _wait(seconds: Any) -> dict[str, str]:
    return {"Retry-After": str(int(seconds) or 1)} if seconds else {}
