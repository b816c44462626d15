"""Forms without a token are believed only from our own pages."""

import pytest
from django.http import HttpResponse
from django.test import RequestFactory, override_settings

from apps.core.same_origin import from_here_only


@from_here_only
def door(request):
    return HttpResponse("open")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"}, 200),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "http://testserver"}, 200),
        ({"Origin": "https://testserver"}, 403),
        ({"Origin": "null"}, 403),
        ({"Referer": "http://testserver/p/tea/"}, 200),
        ({"Referer": "http://testserver.evil.example/"}, 403),
        ({"Referer": "http://[broken"}, 403),
        ({}, 403),
    ],
)
@override_settings(ALLOWED_HOSTS=["testserver"])
def test_a_post_is_believed_only_from_our_own_pages(headers, status):
    response = door(RequestFactory(headers=headers).post("/cart/lines/"))

    assert response.status_code == status


def test_reading_needs_no_origin():
    assert door(RequestFactory().get("/")).content == b"open"
