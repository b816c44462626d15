"""The staff's second factor: a code from an authenticator app, or one of ten on paper."""

import base64
import secrets
from binascii import unhexlify

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django_otp import devices_for_user
from django_otp.models import Device
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from apps.accounts.models import User
from apps.core.audit import record_audit
from apps.core.errors import Refusal

PAPER_CODES = 10
PHONE_NAME, PAPER_NAME = "phone", "paper"
TOTP_DIGITS = 6


class SecondFactorWrong(Refusal):
    """Not the code, used before, or asked too often in a row."""

    code = "SECOND_FACTOR_WRONG"
    http_status = 401
    text = _("This code is not right, or was used before. Wait for the next one.")


def has_second_factor(user: User) -> bool:
    return bool(TOTPDevice.objects.filter(user=user, confirmed=True).exists())


def check_second_factor(user: User, code: str) -> Device:
    """
    Return the device that a code came from. Each device makes whoever guesses wait longer and longer.

    :raises SecondFactorWrong: if it came from none
    """
    code = "".join(code.split()).lower()
    kind = TOTPDevice if len(code) == TOTP_DIGITS and code.isdigit() else StaticDevice
    with transaction.atomic():
        for device in devices_for_user(user, for_verify=True):
            if isinstance(device, kind) and device.verify_token(code):
                return device
    raise SecondFactorWrong


def begin_enrolment(user: User) -> TOTPDevice:
    """Return the device that waits to be confirmed; the same until it is, so that a reload keeps the picture."""
    device, _is_new = TOTPDevice.objects.get_or_create(user=user, name=PHONE_NAME, confirmed=False)
    return device


def finish_enrolment(user: User, code: str) -> tuple[TOTPDevice, list[str]]:
    """
    Confirm the device with its first code; return it, and the codes for the day the phone is lost.

    :raises SecondFactorWrong: and nothing was changed
    """
    with transaction.atomic():
        User.objects.locked().get(pk=user.pk)
        device = begin_enrolment(user)
        is_right = not has_second_factor(user) and device.verify_token("".join(code.split()))
        if is_right:
            device.confirmed = True
            device.save(update_fields=["confirmed"])
            record_audit("accounts.enrol_second_factor", user, actor=user)
            return device, _paper_codes(user)
    raise SecondFactorWrong


def key_for_people(device: TOTPDevice) -> str:
    """Return the key as authenticator apps take it by hand, in groups of four."""
    key = base64.b32encode(unhexlify(device.key)).decode().rstrip("=")
    return " ".join(key[at : at + 4] for at in range(0, len(key), 4))


def _paper_codes(user: User) -> list[str]:
    device, _is_new = StaticDevice.objects.get_or_create(user=user, name=PAPER_NAME)
    device.token_set.all().delete()
    codes = [base64.b32encode(secrets.token_bytes(5)).decode().lower() for _n in range(PAPER_CODES)]
    for code in codes:
        device.token_set.create(token=code)
    return codes
