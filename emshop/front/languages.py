"""The cookies and the language of a request, exactly as Django will see them."""

from functools import lru_cache
from types import SimpleNamespace
from typing import cast

from django.conf import settings
from django.http import HttpRequest, parse_cookie
from django.utils.translation import get_language_from_request

from emshop.front.types import Scope

LONGEST_REMEMBERED = 400  # bytes; longer headers are read anew each time


def language_of(scope: Scope) -> str:
    """Return the code of the language in which this request is answered."""
    accepted = b",".join(value for name, value in scope["headers"] if name == b"accept-language")
    chosen = cookies_of(scope).get(settings.LANGUAGE_COOKIE_NAME, "")
    if len(accepted) + len(chosen) > LONGEST_REMEMBERED:
        return _language(chosen, accepted)
    return _remembered_language(chosen, accepted)


def cookies_of(scope: Scope) -> dict[str, str]:
    """Return the cookies by name."""
    header = b"; ".join(value for name, value in scope["headers"] if name == b"cookie")
    if not header:
        return {}
    text = header.decode("latin-1")
    return _remembered_cookies(text) if len(text) <= LONGEST_REMEMBERED else parse_cookie(text)


def _language(cookie: str, accepted: bytes) -> str:
    told = {"HTTP_ACCEPT_LANGUAGE": accepted.decode("latin-1")}
    cookies = {settings.LANGUAGE_COOKIE_NAME: cookie} if cookie else {}
    request = SimpleNamespace(COOKIES=cookies, META=told)
    return get_language_from_request(cast("HttpRequest", request))


_remembered_language = lru_cache(maxsize=2048)(_language)
_remembered_cookies = lru_cache(maxsize=2048)(parse_cookie)
