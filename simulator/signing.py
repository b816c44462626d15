"""RSA the way all three channels use it: SHA-256, PKCS#1 v1.5, base64."""

import base64
import binascii

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256


def sign(message: bytes, key: RSAPrivateKey) -> str:
    """Return the base64 signature of the message."""
    return base64.b64encode(key.sign(message, PKCS1v15(), SHA256())).decode()


def is_signed(message: bytes, signature: str, key: RSAPublicKey) -> bool:
    """Tell whether the base64 signature fits the message."""
    try:
        raw = base64.b64decode(signature, validate=True)
    except (binascii.Error, ValueError):
        return False
    try:
        key.verify(raw, message, PKCS1v15(), SHA256())
    except InvalidSignature:
        return False
    return True


def sorted_pairs(fields: dict[str, str], *, without: tuple[str, ...] = ()) -> str:
    """Return `a=1&b=2`, sorted by name, without empty values and the named fields."""
    return "&".join(
        f"{name}={value}"
        for name, value in sorted(fields.items())
        if value != "" and name not in without
    )
