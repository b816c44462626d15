"""Reads that are the same for everybody: an ETag, a short life, and 304 for whoever has the answer already."""

import hashlib
from typing import Any

import orjson
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from django.utils.http import quote_etag
from rest_framework.request import Request
from rest_framework.response import Response

SHORTEST_SECONDS = 5


def answer_with_etag(
    request: Request, data: Any, *, max_age: int = SHORTEST_SECONDS
) -> HttpResponseBase:
    """Return the answer with its ETag, to be kept for a few seconds by anybody."""
    etag = quote_etag(hashlib.sha256(orjson.dumps(data, default=str)).hexdigest()[:32])
    response: Any = Response(data)
    response.headers["ETag"] = etag
    patch_cache_control(response, public=True, max_age=max_age)
    patch_vary_headers(response, ["Accept-Language"])
    return get_conditional_response(request._request, etag=etag, response=response) or response  # noqa: SLF001  # conditional answers are Django's
