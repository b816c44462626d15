"""How the pages of an account answer: a form with what is wrong with it, or the way on."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme

from apps.core.errors import Refusal

BAD_REQUEST = 400


def show_form(
    request: HttpRequest,
    template: str,
    form: forms.Form,
    context: Mapping[str, Any] | None = None,
    refusal: Refusal | None = None,
) -> HttpResponse:
    """Render a form; one with mistakes answers 400, one whose command refused answers as the refusal says."""
    status = 200
    if refusal is not None:
        field = refusal.details.get("field")
        form.add_error(field if field in form.fields else None, refusal.message)
        status = refusal.http_status
    elif form.is_bound and form.errors:
        status = BAD_REQUEST
    page = render(request, template, {"form": form, **(context or {})}, status=status)
    if refusal is not None and refusal.details.get("retry_after"):
        page.headers["Retry-After"] = str(refusal.details["retry_after"])
    return page


def posted(request: HttpRequest) -> QueryDict | None:
    """Return what was typed; None when nothing was sent, which is not the same as nothing typed."""
    return request.POST if request.method == "POST" else None


def next_url(request: HttpRequest) -> str:
    """Return where the visitor wanted to go, if that is a place of ours."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if is_ours else ""


def go_on(request: HttpRequest, otherwise: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(next_url(request) or resolve_url(otherwise))
