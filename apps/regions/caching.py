"""Answers about regions are the same for everybody and change once a year: let everybody keep them."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import quote_etag

MAX_AGE_SECONDS = 86_400


def answer_cacheably(
    request: HttpRequest, data: Any, respond: Callable[[Any], HttpResponseBase]
) -> HttpResponseBase:
    """Return the answer with its ETag and a day's life, or 304 to somebody who has it already."""
    digest = hashlib.sha256(json.dumps(data, ensure_ascii=False).encode()).hexdigest()
    etag = quote_etag(digest[:32])
    response: Any = respond(data)
    response.headers["ETag"] = etag
    patch_cache_control(response, public=True, max_age=MAX_AGE_SECONDS)
    return get_conditional_response(request, etag=etag, response=response) or response
