"""What happens to every request before a door sees it."""

import uuid
from collections.abc import Callable
from urllib.parse import unquote_to_bytes

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from apps.core.request_context import request_context

GetResponse = Callable[[HttpRequest], HttpResponse]
REQUEST_ID_LENGTHS = (8, 64)


class RequestContextMiddleware:
    """Give each request an id (the caller's, if it is a sane one), for logs, histories and answers."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request_id = _sane_request_id(request.headers.get("X-Request-ID", ""))
        ip = client_ip(request)
        structlog.contextvars.bind_contextvars(request_id=request_id)
        with request_context(request_id, ip):
            response = self.get_response(request)
        structlog.contextvars.clear_contextvars()
        response.headers["X-Request-ID"] = request_id
        return response


class CleanInputMiddleware:
    """Refuse NUL and bytes that are not UTF-8 in path, query and form before they reach a query (faults F1, F2)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not _is_clean_encoded(request.META.get("QUERY_STRING", "")) or not _is_clean_path(
            request.path
        ):
            return self._refuse(request)
        return self.get_response(request)

    def _refuse(self, request: HttpRequest) -> HttpResponse:
        message = _("The request cannot be read.")
        return render(request, "400.html", {"message": message}, status=400)


def client_ip(request: HttpRequest) -> str:
    """Return the caller's address, believing only as many proxies as the settings name."""
    forwarded = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    hops = settings.TRUSTED_PROXY_HOPS
    if hops and len(forwarded) >= hops and forwarded[-hops]:
        return forwarded[-hops]
    return str(request.META.get("REMOTE_ADDR", ""))


def _sane_request_id(given: str) -> str:
    if REQUEST_ID_LENGTHS[0] <= len(given) <= REQUEST_ID_LENGTHS[1] and all(
        c.isalnum() or c in "-_." for c in given
    ):
        return given if given.isascii() else uuid.uuid4().hex
    return uuid.uuid4().hex


def _is_clean_path(path: str) -> bool:
    return (
        "\0" not in path
        and "\ufffd" not in path
        and not any("\ud800" <= c <= "\udfff" for c in path)
    )


def _is_clean_encoded(query: str) -> bool:
    raw = unquote_to_bytes(query.replace("+", " ").encode("latin-1", "replace"))
    if b"\0" in raw:
        return False
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
