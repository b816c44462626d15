"""Six digits to a phone or an e-mail address: hashed, for one purpose, for five minutes, five tries."""

import hmac
import math
import secrets
from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.accounts.contacts import contact_hash, is_email
from apps.accounts.models import OneTimeCode
from apps.core import clock
from apps.core.errors import Refusal
from apps.core.limits import TooManyRequests
from apps.core.secrets import keyed_hash
from apps.messaging.services import queue_email, queue_sms

DIGITS = 6
DAY = timedelta(days=1)


class WrongCode(Refusal):
    """The same for a wrong code, an old one, one that was tried too often, and none at all."""

    code = "WRONG_CODE"
    http_status = 400
    text = _("The code is not right, or not good any more. Ask for a new one.")


class TooManyCodes(Refusal):
    code = "TOO_MANY_CODES"
    http_status = 429
    text = _("No more codes can be sent there today. Try again tomorrow.")


@transaction.atomic
def send_code(*, contact: str, purpose: str, is_wanted: bool = True) -> None:
    """
    Send a new code; older ones for the purpose are void. With ``is_wanted`` off everything is the same but nothing
    is sent, so that nobody learns which contacts we know.

    :raises TooManyRequests: within a minute of the last one
    :raises TooManyCodes: after ten on one day
    """
    target = contact_hash(contact)
    _take_turn(target)
    _must_be_allowed(target)
    at = clock.now()
    OneTimeCode.objects.sent_to(target, purpose).usable().update(used_at=at)
    digits = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    row = OneTimeCode.objects.create(
        target_hash=target,
        purpose=purpose,
        code_hash=_hash(target, purpose, digits),
        created_at=at,
        expires_at=at + settings.CODE_LIFETIME,
    )
    if is_wanted:
        _send(contact, digits, row)


def spend_code(*, contact: str, purpose: str, code: str) -> None:
    """
    Use a code up. Each call costs a try, which is kept whatever the caller does next; so call it outside of any
    transaction of your own.

    :raises WrongCode: for every reason alike
    """
    target = contact_hash(contact)
    row = _take_try(target, purpose)
    is_right = row is not None and hmac.compare_digest(
        row.code_hash, _hash(target, purpose, code.strip())
    )
    if row is None or not is_right:
        raise WrongCode
    used = OneTimeCode.objects.filter(pk=row.pk).usable().update(used_at=clock.now())
    if used != 1:
        raise WrongCode


def _take_turn(target: str) -> None:
    """Let one request at a time decide about a target."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 13))", [target])


def _must_be_allowed(target: str) -> None:
    at = clock.now()
    recent = list(
        OneTimeCode.objects.filter(target_hash=target, created_at__gt=at - DAY)
        .order_by("-created_at")
        .values_list("created_at", flat=True)[: settings.CODES_PER_DAY]
    )
    if recent and at - recent[0] < settings.CODE_RESEND_AFTER:
        wait = settings.CODE_RESEND_AFTER - (at - recent[0])
        raise TooManyRequests(retry_after=math.ceil(wait.total_seconds()))
    if len(recent) >= settings.CODES_PER_DAY:
        wait = DAY - (at - recent[-1])
        raise TooManyCodes(retry_after=math.ceil(wait.total_seconds()))


def _take_try(target: str, purpose: str) -> OneTimeCode | None:
    """Count a try on the newest code in one conditional UPDATE, so that parallel guesses cannot exceed five."""
    row: OneTimeCode | None = (
        OneTimeCode.objects.sent_to(target, purpose).usable().order_by("-pk").first()
    )
    if row is None:
        return None
    taken = (
        OneTimeCode.objects.filter(pk=row.pk, tries__lt=settings.CODE_TRIES)
        .usable()
        .update(tries=F("tries") + 1)
    )
    return row if taken == 1 else None


def _hash(target: str, purpose: str, digits: str) -> str:
    return keyed_hash(f"{target}|{digits}", f"code:{purpose}")


def _send(contact: str, digits: str, row: OneTimeCode) -> None:
    minutes = int(settings.CODE_LIFETIME.total_seconds() // 60)
    if is_email(contact):
        queue_email(
            to=contact,
            subject=gettext("Your code is %(code)s") % {"code": digits},
            body=gettext(
                "%(code)s is your code at EMShop, good for %(minutes)d minutes.\n\n"
                "If you have not asked for it, somebody may have mistyped; you need not do anything."
            )
            % {"code": digits, "minutes": minutes},
            dedupe_key=f"code:{row.pk}",
            useless_at=row.expires_at,
        )
        return
    queue_sms(
        to=contact,
        template_code=settings.SMS_CODE_TEMPLATE,
        params={"code": digits},
        dedupe_key=f"code:{row.pk}",
        useless_at=row.expires_at,
    )
