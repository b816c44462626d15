"""What the shop knows a channel by: from the environment, or sealed in the channel's row, which wins."""

import time
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import (
    load_pem_private_key,
    load_pem_public_key,
)
from cryptography.x509 import Certificate, load_pem_x509_certificate
from django.apps import apps
from django.conf import settings
from django.db import DatabaseError
from django.utils.translation import gettext_lazy as _

from apps.core.errors import Refusal

KEEP_SECONDS = 5.0

_kept: dict[str, tuple[float, Mapping[str, str]]] = {}


class ChannelNotConfigured(Refusal):
    """A key or a name is missing or unreadable: nothing is asked of the channel, nothing is believed."""

    code = "CHANNEL_NOT_CONFIGURED"
    http_status = 503
    text = _("This way to pay is not set up at the moment.")


def credentials_of(provider: str) -> Mapping[str, str]:
    """Return names and keys of one channel. Rows are looked at every few seconds."""
    tick = time.monotonic()
    kept = _kept.get(provider)
    if kept is None or tick - kept[0] > KEEP_SECONDS:
        kept = (tick, dict(settings.PAYMENT_CREDENTIALS[provider]) | _sealed(provider))
        _kept[provider] = kept
    return kept[1]


def forget_credentials() -> None:
    """Look at the rows again: somebody has just changed them."""
    _kept.clear()


def named(provider: str, name: str) -> str:
    """
    Return one value.

    :raises ChannelNotConfigured: if it is empty
    """
    value = credentials_of(provider).get(name, "")
    if not value:
        raise ChannelNotConfigured(provider=provider, missing=name)
    return value


def pem_of(provider: str, name: str) -> str:
    """
    Return a key or certificate: the text itself, or that of the file ``<name>_file``.

    :raises ChannelNotConfigured: if there is neither, or the file cannot be read
    """
    values = credentials_of(provider)
    if values.get(name):
        return values[name]
    path = named(provider, f"{name}_file")
    try:
        return _content(path)
    except (OSError, UnicodeDecodeError) as problem:
        raise ChannelNotConfigured(provider=provider, missing=f"{name}_file") from problem


def private_key(provider: str, name: str = "private_key") -> RSAPrivateKey:
    """
    Return one of our own keys.

    :raises ChannelNotConfigured: if it is missing or no RSA key
    """
    try:
        return _private_key(pem_of(provider, name))
    except (ValueError, TypeError) as problem:
        raise ChannelNotConfigured(provider=provider, missing=name) from problem


def public_key(provider: str, name: str = "public_key") -> RSAPublicKey:
    """
    Return a key of the channel, from a public key or a certificate.

    :raises ChannelNotConfigured: if it is missing or no RSA key
    """
    try:
        return read_public_key(pem_of(provider, name))
    except (ValueError, TypeError) as problem:
        raise ChannelNotConfigured(provider=provider, missing=name) from problem


def certificate(provider: str, name: str) -> Certificate:
    """
    Return a certificate.

    :raises ChannelNotConfigured: if it is missing or none
    """
    try:
        return _certificate(pem_of(provider, name))
    except ValueError as problem:
        raise ChannelNotConfigured(provider=provider, missing=name) from problem


@lru_cache(maxsize=64)
def read_public_key(pem: str) -> RSAPublicKey:
    """
    Return the RSA key of a public key or certificate in PEM.

    :raises ValueError, TypeError: if it is neither
    """
    key: object
    if "BEGIN CERTIFICATE" in pem:
        key = load_pem_x509_certificate(pem.encode()).public_key()
    else:
        key = load_pem_public_key(pem.encode())
    if not isinstance(key, RSAPublicKey):
        raise TypeError("not an RSA key")
    return key


@lru_cache(maxsize=16)
def _private_key(pem: str) -> RSAPrivateKey:
    key = load_pem_private_key(pem.encode(), password=None)
    if not isinstance(key, RSAPrivateKey):
        raise TypeError("not an RSA key")
    return key


@lru_cache(maxsize=16)
def _certificate(pem: str) -> Certificate:
    return load_pem_x509_certificate(pem.encode())


@lru_cache(maxsize=32)
def _content(path: str) -> str:
    return Path(path).read_text(encoding="utf-8")


def _sealed(provider: str) -> dict[str, str]:
    rows = apps.get_model("payments", "PaymentChannel").objects
    try:
        row = rows.filter(provider=provider).first()
    except (
        DatabaseError
    ):  # before the first migration, or with the database away: what the environment says
        return {}
    return {name: value for name, value in row.credentials.items() if value} if row else {}
