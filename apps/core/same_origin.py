"""
Forms without a token.

A page that all anonymous visitors share cannot carry one. The doors behind its forms look at where the browser
says that the request comes from instead.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
View = Callable[..., HttpResponse]


def from_here_only(view: View) -> View:
    """Refuse unsafe requests that another site, or nobody, is named as the origin of."""

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method in SAFE_METHODS or is_from_here(request):
            return view(request, *args, **kwargs)
        return render(request, "403_csrf.html", status=403)

    return csrf_exempt(wrapper)


def is_from_here(request: HttpRequest) -> bool:
    """Believe Sec-Fetch-Site, which scripts cannot forge; else Origin; else Referer."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    told = request.headers.get("Origin") or request.headers.get("Referer") or ""
    return _origin(told) == (request.scheme, request.get_host())


def _origin(address: str) -> tuple[str, str] | None:
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    return parts.scheme, parts.netloc
