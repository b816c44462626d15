"""Coming in: a new account, the right password, a session."""

from django.conf import settings
from django.contrib.auth import authenticate, login
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.accounts.contacts import is_email, read_contact
from apps.accounts.login_guard import LoginGuard
from apps.accounts.models import User
from apps.accounts.session_store import AGENT_KEY
from apps.core.errors import Refusal
from apps.core.limits import Bucket, must_have_token
from apps.core.middleware import client_ip

MAX_PASSWORD_LENGTH = 128
SIGN_INS = Bucket("sign-in", size=30, seconds=60)
REGISTRATIONS = Bucket("registration", size=20, seconds=3600)


class ContactTaken(Refusal):
    code = "CONTACT_TAKEN"
    http_status = 409
    text = _(
        "There is an account with this phone number or e-mail address already. Sign in instead."
    )


class WeakPassword(Refusal):
    code = "WEAK_PASSWORD"
    http_status = 400
    text = _("This password is not good enough: {reasons}")


class WrongCredentials(Refusal):
    """The same for an unknown account, a wrong password and a closed account."""

    code = "WRONG_CREDENTIALS"
    http_status = 401
    text = _("The account or the password is not right.")


def register_user(*, contact: str, password: str, nickname: str = "", language: str = "") -> User:
    """
    Open an account.

    :raises InvalidContact, WeakPassword, ContactTaken: and nothing was written
    """
    contact = read_contact(contact)
    user = User(
        **{"email" if is_email(contact) else "phone": contact},
        nickname=nickname,
        language=language or settings.LANGUAGE_CODE,
    )
    must_be_good_password(password, user)
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as problem:
        raise ContactTaken from problem
    return user


def check_credentials(request: HttpRequest, *, contact: str, password: str) -> User:
    """
    Return whose contact and password these are. Each failure counts against the account at this address.

    :raises AccountLocked, TooManyRequests, WrongCredentials:
    """
    ip = client_ip(request)
    must_have_token(SIGN_INS, ip)
    guard = LoginGuard(contact, ip)
    guard.take_try()
    user = authenticate(request, username=contact, password=password)
    if not isinstance(user, User):
        guard.note_failure()
        raise WrongCredentials
    guard.note_success()
    return user


def open_session(request: HttpRequest, user: User) -> None:
    """Sign somebody in with this browser, under a new session key."""
    login(request, user, backend="apps.accounts.backends.ContactBackend")
    request.session[AGENT_KEY] = request.headers.get("User-Agent", "")[:200]


def must_be_good_password(password: str, user: User) -> None:
    """
    Check a new password.

    :raises WeakPassword: with the reasons
    """
    try:
        if len(password) > MAX_PASSWORD_LENGTH:
            raise ValidationError(_("It has more than 128 characters."))
        validate_password(password, user)
    except ValidationError as problem:
        raise WeakPassword(reasons=" ".join(problem.messages)) from problem
