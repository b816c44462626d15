"""New passwords. Each one ends every session and every token (A3)."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts.contacts import is_email, read_contact
from apps.accounts.models import CodePurpose, User
from apps.accounts.services.codes import WrongCode, send_code, spend_code
from apps.accounts.services.sessions import log_out_everywhere
from apps.accounts.services.signing_in import must_be_good_password
from apps.core import clock
from apps.core.audit import record_audit
from apps.core.errors import Refusal
from apps.core.limits import Bucket

PASSWORD_TRIES = Bucket("password", size=10, seconds=3600)  # for each person
RESETS = Bucket("password-reset", size=20, seconds=3600)  # from each address


class WrongPassword(Refusal):
    code = "WRONG_PASSWORD"
    http_status = 400
    text = _("The current password is not right.")


def change_password(*, user_id: int, current: str, new: str) -> None:
    """
    Set a new password for somebody who knows the old one.

    :raises WrongPassword, WeakPassword: and nothing was changed
    """
    user = User.objects.get(pk=user_id)
    if not user.check_password(current):
        raise WrongPassword
    must_be_good_password(new, user)
    _set_password(user_id, new, "accounts.change_password")


def ask_for_reset(*, contact: str) -> None:
    """
    Send a code to set a new password with, if there is an account; the answer is the same if not.

    :raises InvalidContact, TooManyRequests, TooManyCodes:
    """
    contact = read_contact(contact)
    is_wanted = User.objects.reached_by(contact).filter(is_active=True).exists()
    send_code(contact=contact, purpose=CodePurpose.RESET_PASSWORD, is_wanted=is_wanted)


def reset_password(*, contact: str, code: str, new: str) -> User:
    """
    Set a new password for somebody who holds the code. Not inside a transaction: a wrong code costs a try.

    :raises InvalidContact, WeakPassword, WrongCode: and the password is as before
    """
    contact = read_contact(contact)
    user: User | None = User.objects.reached_by(contact).filter(is_active=True).first()
    must_be_good_password(new, user or User())
    spend_code(contact=contact, purpose=CodePurpose.RESET_PASSWORD, code=code)
    if user is None:
        raise WrongCode
    return _set_password(user.pk, new, "accounts.reset_password", proved=contact)


@transaction.atomic
def _set_password(user_id: int, new: str, action: str, *, proved: str = "") -> User:
    user: User = User.objects.locked().get(pk=user_id)
    user.set_password(new)
    fields = ["password"]
    if proved:
        name = "email_proved_at" if is_email(proved) else "phone_proved_at"
        setattr(user, name, clock.now())
        fields.append(name)
    user.save(update_fields=fields)
    log_out_everywhere(user_id=user_id)
    record_audit(action, user, actor=user)
    return user
