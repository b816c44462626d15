"""Which pages may be shown to every anonymous visitor, and when they change."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse

SHARED_HEADER = "X-EMShop-Shared-Cache"  # read, and removed, by the front of the web process
VERSION_KEY = "shared-pages:version"
LONGEST_SECONDS = 5  # what an anonymous visitor sees is never older

View = Callable[..., HttpResponse]


def shared_page(view: View) -> View:
    """
    Let the front keep this view's page for anonymous visitors, a few seconds long.

    The page must carry no token, no nonce and nothing of the person; the front shares it only among
    requests that bring no session, and keeps no answer that sets a cookie.
    """

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response.headers[SHARED_HEADER] = str(LONGEST_SECONDS)
        return response

    return wrapper


def renew_shared_pages() -> None:
    """Have every web process forget its shared pages within a second."""
    cache.add(VERSION_KEY, 0, timeout=None)
    cache.incr(VERSION_KEY)


def shared_pages_version() -> int:
    """Return the number that changes whenever shared pages are to be forgotten."""
    return int(cache.get(VERSION_KEY, 0) or 0)
