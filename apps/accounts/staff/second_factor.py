"""The second factor of the staff: enrol once, then a code at each sign-in."""

from typing import Any

import segno
from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from django_otp import login as note_second_factor
from unfold.widgets import UnfoldAdminTextInputWidget

from apps.accounts.models import User
from apps.accounts.second_factor import (
    begin_enrolment,
    check_second_factor,
    finish_enrolment,
    has_second_factor,
    key_for_people,
)
from apps.core.errors import Refusal
from apps.core.limits import Bucket, must_have_token

CODES = Bucket("second-factor", size=10, seconds=300)
TEMPLATE = "accounts/admin/second_factor.html"


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        widget=UnfoldAdminTextInputWidget(
            {"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}
        ),
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def second_factor(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """Ask somebody who has shown a password for the code; show the picture to scan if they have no device yet."""
    user = request.user
    if not isinstance(user, User) or not (user.is_active and user.is_staff):
        return redirect("admin:login")
    is_enrolled = has_second_factor(user)
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            must_have_token(CODES, str(user.pk))
            return _let_in(request, site, user, form.cleaned_data["code"], is_enrolled)
        except Refusal as refusal:
            form.add_error("code", refusal.message)
    context = {"form": form, "title": _("Second factor"), **site.each_context(request)}
    if not is_enrolled:
        context |= _picture(user)
    return render(request, TEMPLATE, context, status=400 if form.errors else 200)


def _let_in(
    request: HttpRequest, site: AdminSite, user: User, code: str, is_enrolled: bool
) -> HttpResponse:
    if is_enrolled:
        note_second_factor(request, check_second_factor(user, code))
        return HttpResponseRedirect(_next_url(request))
    device, paper_codes = finish_enrolment(user, code)
    note_second_factor(request, device)
    messages.success(request, gettext("The second factor is set up."))
    context = {
        "title": _("Codes for the day the phone is lost"),
        "paper_codes": paper_codes,
        "next": _next_url(request),
        **site.each_context(request),
    }
    return render(request, TEMPLATE, context)


def _picture(user: User) -> dict[str, Any]:
    device = begin_enrolment(user)
    code = segno.make(device.config_url, error="m", micro=False)
    return {"qr": code.svg_data_uri(scale=5, border=2), "key": key_for_people(device)}


def _next_url(request: HttpRequest) -> str:
    wanted = request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()})
    return wanted if is_ours else reverse("admin:index")
