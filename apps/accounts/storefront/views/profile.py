"""Profile, password, and where somebody is signed in."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_otp import DEVICE_ID_SESSION_KEY

from apps.accounts.models import User
from apps.accounts.person import person_of
from apps.accounts.selectors import list_sign_ins
from apps.accounts.services import (
    change_avatar,
    change_password,
    change_profile,
    close_session,
    log_out_everywhere,
    open_session,
    remove_avatar,
)
from apps.accounts.services.passwords import PASSWORD_TRIES
from apps.accounts.storefront.answers import posted, show_form
from apps.accounts.storefront.forms import PasswordForm, ProfileForm
from apps.core.errors import NotFound, Refusal
from apps.core.limits import must_have_token


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    user = person_of(request)
    if request.method != "POST":
        return show_form(request, "accounts/profile.html", _filled_profile(user))
    form = ProfileForm(user, request.POST, request.FILES)
    if not form.is_valid():
        return show_form(request, "accounts/profile.html", form)
    try:
        _save_profile(user, form)
    except Refusal as refusal:
        return show_form(request, "accounts/profile.html", form, None, refusal)
    messages.success(request, _("Saved."))
    answer = redirect("profile")
    answer.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        form.cleaned_data["language"],
        max_age=365 * 24 * 3600,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return answer


@never_cache
@login_required
@sensitive_post_parameters("current", "password")
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    user = person_of(request)
    form = PasswordForm(posted(request))
    if not form.is_valid():
        return show_form(request, "accounts/password.html", form)
    told = form.cleaned_data
    try:
        must_have_token(PASSWORD_TRIES, str(user.pk))
        change_password(user_id=user.pk, current=told["current"], new=told["password"])
    except Refusal as refusal:
        return show_form(request, "accounts/password.html", form, None, refusal)
    _open_anew(request, user)
    messages.success(request, _("Your new password is set. All other devices are signed out."))
    return redirect("profile")


@never_cache
@login_required
@require_safe
def sessions(request: HttpRequest) -> HttpResponse:
    user = person_of(request)
    rows = list_sign_ins(user, session_key=request.session.session_key)
    return render(request, "accounts/sessions.html", {"sessions": rows})


@login_required
@require_POST
def session_close(request: HttpRequest, pk: UUID) -> HttpResponse:
    try:
        close_session(user_id=person_of(request).pk, public_id=pk)
    except NotFound as refusal:
        raise Http404(refusal.message) from refusal
    messages.success(request, _("That device is signed out."))
    return redirect("sessions")


@login_required
@require_POST
def sessions_close(request: HttpRequest) -> HttpResponse:
    log_out_everywhere(user_id=person_of(request).pk)
    request.session.flush()
    messages.success(request, _("You are signed out everywhere."))
    return redirect("sign-in")


def _filled_profile(user: User) -> ProfileForm:
    return ProfileForm(
        user,
        initial={
            "nickname": user.nickname,
            "birthday": user.birthday,
            "gender": user.gender,
            "language": user.language,
            "wants_marketing": user.marketing_consent_at is not None,
        },
    )


def _save_profile(user: User, form: ProfileForm) -> None:
    """Save what was typed, and the picture; a picture that is none leaves all as it was."""
    form.draft().must_be_valid()
    if form.cleaned_data["avatar"]:
        change_avatar(user_id=user.pk, upload=form.cleaned_data["avatar"])
    elif form.cleaned_data.get("remove_avatar"):
        remove_avatar(user_id=user.pk)
    change_profile(user_id=user.pk, draft=form.draft())


def _open_anew(request: HttpRequest, user: User) -> None:
    """All sessions are gone, this one too: begin a new one, with the factor that was shown before."""
    device_id = request.session.get(DEVICE_ID_SESSION_KEY)
    request.session.flush()
    user.refresh_from_db()
    open_session(request, user)
    if device_id:
        request.session[DEVICE_ID_SESSION_KEY] = device_id
