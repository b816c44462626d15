"""Coming in and going out."""

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.contacts import mask_contact
from apps.accounts.services import (
    ask_for_reset,
    check_credentials,
    open_session,
    register_user,
    reset_password,
)
from apps.accounts.services.passwords import RESETS
from apps.accounts.services.signing_in import REGISTRATIONS
from apps.accounts.storefront.answers import go_on, next_url, posted, show_form
from apps.accounts.storefront.forms import ResetConfirmForm, ResetForm, SignInForm, SignUpForm
from apps.core.errors import Refusal
from apps.core.limits import must_have_token
from apps.core.middleware import client_ip

RESET_CONTACT_KEY = "reset_contact"


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated and request.method != "POST":
        return go_on(request, "/")
    form, context = SignInForm(posted(request)), {"next": next_url(request)}
    if not form.is_valid():
        return show_form(request, "accounts/sign_in.html", form, context)
    told = form.cleaned_data
    try:
        user = check_credentials(request, contact=told["contact"], password=told["password"])
    except Refusal as refusal:
        return show_form(request, "accounts/sign_in.html", form, context, refusal)
    open_session(request, user)
    return go_on(request, "/")


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated and request.method != "POST":
        return go_on(request, "/")
    form, context = SignUpForm(posted(request)), {"next": next_url(request)}
    if not form.is_valid():
        return show_form(request, "accounts/sign_up.html", form, context)
    try:
        must_have_token(REGISTRATIONS, client_ip(request))
        user = register_user(**form.cleaned_data, language=get_language() or "")
    except Refusal as refusal:
        return show_form(request, "accounts/sign_up.html", form, context, refusal)
    open_session(request, user)
    messages.success(request, _("Welcome to EMShop."))
    return go_on(request, "/")


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect("/")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def password_reset(request: HttpRequest) -> HttpResponse:
    form = ResetForm(posted(request))
    if not form.is_valid():
        return show_form(request, "accounts/password_reset.html", form)
    contact = form.cleaned_data["contact"]
    try:
        must_have_token(RESETS, client_ip(request))
        ask_for_reset(contact=contact)
    except Refusal as refusal:
        return show_form(request, "accounts/password_reset.html", form, None, refusal)
    request.session[RESET_CONTACT_KEY] = contact
    return redirect("password-reset-confirm")


@never_cache
@sensitive_post_parameters("password", "code")
@require_http_methods(["GET", "HEAD", "POST"])
def password_reset_confirm(request: HttpRequest) -> HttpResponse:
    contact = request.session.get(RESET_CONTACT_KEY, "")
    form = ResetConfirmForm(posted(request), initial={"contact": contact})
    context = {"masked_contact": mask_contact(contact) if contact else ""}
    template = "accounts/password_reset_confirm.html"
    if not form.is_valid():
        return show_form(request, template, form, context)
    told = form.cleaned_data
    try:
        user = reset_password(contact=told["contact"], code=told["code"], new=told["password"])
    except Refusal as refusal:
        return show_form(request, template, form, context, refusal)
    request.session.flush()
    open_session(request, user)
    messages.success(request, _("Your new password is set. All other devices are signed out."))
    return redirect("/")
