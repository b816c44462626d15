"""Personal data at rest: encrypted with keys that can be rotated, found by keyed hashes."""

import hashlib
import hmac
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models

SHOWN_DIGITS = 8  # a shorter number is hidden whole


class Undecipherable(RuntimeError):
    """None of the keys opens this value: a key was dropped before the rotation had ended."""


def encrypt(text: str) -> str:
    """Return the text sealed with the newest key."""
    return _box().encrypt(text.encode()).decode()


def decrypt(token: str) -> str:
    """
    Return the text of a sealed value.

    :raises Undecipherable: if no key fits
    """
    try:
        return _box().decrypt(token.encode()).decode()
    except InvalidToken as problem:
        raise Undecipherable("no key of EMSHOP_DATA_KEYS opens this value") from problem


def rotate(token: str) -> str:
    """Return the same text sealed with the newest key."""
    return _box().rotate(token.encode()).decode()


def is_newest(token: str) -> bool:
    """Say whether a value is sealed with the newest key already."""
    try:
        Fernet(settings.DATA_KEYS[0].encode()).decrypt(token.encode())
    except InvalidToken:
        return False
    return True


def keyed_hash(text: str, purpose: str) -> str:
    """Return what a value is found by; without the key nothing can be guessed from it. Empty stays empty."""
    if not text:
        return ""
    message = f"{purpose}\0{text}".encode()
    return hmac.new(settings.INDEX_KEY.encode(), message, hashlib.sha256).hexdigest()


def mask_phone(phone: str) -> str:
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= SHOWN_DIGITS else "*" * len(phone)


def mask_email(email: str) -> str:
    name, _, host = email.partition("@")
    return f"{name[:1]}***@{host}" if host else ""


def mask_name(name: str) -> str:
    return f"{name[:1]}{'*' * max(1, len(name) - 1)}" if name else ""


@lru_cache(maxsize=1)
def _box_for(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key.encode()) for key in keys])


def _box() -> MultiFernet:
    return _box_for(tuple(settings.DATA_KEYS))


class SealedTextField(models.TextField[str, str]):
    """Text that the database only ever sees sealed. Not searchable: keep a ``keyed_hash`` beside it."""

    def from_db_value(self, value: str | None, *_args: Any) -> str | None:
        return decrypt(value) if value else value

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        return encrypt(value) if value else value
