"""Phone numbers and e-mail addresses: what they look like, what they are found by."""

import re

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from apps.core.errors import Refusal
from apps.core.secrets import keyed_hash, mask_email, mask_phone

PHONE = re.compile(r"1[3-9][0-9]{9}", re.ASCII)
MAX_CONTACT_LENGTH = 254


class InvalidContact(Refusal):
    """Neither a mobile number of mainland China nor an e-mail address."""

    code = "INVALID_CONTACT"
    http_status = 400
    text = _("Enter a mobile number (11 digits) or an e-mail address.")


def normal_phone(phone: str) -> str:
    return phone.strip().replace(" ", "").replace("-", "").removeprefix("+86")


def normal_email(email: str) -> str:
    return email.strip().lower()


def normal_contact(contact: str) -> str:
    return normal_email(contact) if is_email(contact) else normal_phone(contact)


def is_email(contact: str) -> bool:
    return "@" in contact


def contact_hash(contact: str) -> str:
    """Return what a phone number or an e-mail address is found by."""
    if is_email(contact):
        return keyed_hash(normal_email(contact), "email")
    return keyed_hash(normal_phone(contact), "phone")


def mask_contact(contact: str) -> str:
    return mask_email(contact) if is_email(contact) else mask_phone(contact)


def read_contact(text: str) -> str:
    """
    Return a contact in its normal form.

    :raises InvalidContact: if nobody could be reached by it
    """
    contact = normal_contact(text)
    if is_email(contact):
        try:
            validate_email(contact)
        except ValidationError as problem:
            raise InvalidContact from problem
        if len(contact) > MAX_CONTACT_LENGTH:
            raise InvalidContact
    elif not PHONE.fullmatch(contact):
        raise InvalidContact
    return contact
