"""RSA as all three channels use it: SHA-256, PKCS#1 v1.5, base64 in its one canonical form."""

import base64
import binascii

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256


def sign(message: bytes, key: RSAPrivateKey) -> str:
    """Return the base64 signature of a message."""
    return base64.b64encode(key.sign(message, PKCS1v15(), SHA256())).decode()


def is_signed(message: bytes, signature: str, key: RSAPublicKey) -> bool:
    """Say whether the base64 signature fits the message; anything else than clean base64 does not."""
    try:
        raw = base64.b64decode(signature, validate=True)
    except (binascii.Error, ValueError):
        return False
    if base64.b64encode(raw).decode() != signature:
        return False
    try:
        key.verify(raw, message, PKCS1v15(), SHA256())
    except InvalidSignature:
        return False
    return True
