"""How UnionPay 5.1.0 signs: RSA over the hexadecimal SHA-256 of the sorted pairs."""

import hashlib

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from simulator.keyring import Keyring
from simulator.signing import sign, sorted_pairs


def signed_text(fields: dict[str, str]) -> bytes:
    """Return what is signed: the digest, as 64 lower-case hexadecimal digits."""
    pairs = sorted_pairs(fields, without=("signature",))
    return hashlib.sha256(pairs.encode()).hexdigest().encode()


def chain_link(keyring: Keyring) -> str:
    """Return the certificate that signs, as signPubKeyCert carries it: PEM with CRLF."""
    return keyring.pem("unionpay").replace("\n", "\r\n")


def seal(fields: dict[str, str], key: RSAPrivateKey, certificate: str) -> dict[str, str]:
    """Return the fields with the certificate and the signature over all of them."""
    sealed = {name: value for name, value in fields.items() if value != ""}
    sealed["signPubKeyCert"] = certificate
    sealed["signature"] = sign(signed_text(sealed), key)
    return sealed


def as_body(fields: dict[str, str]) -> bytes:
    """Return `a=1&b=2` as the gateway answers: values as they are, not percent-encoded."""
    return "&".join(f"{name}={value}" for name, value in sorted(fields.items())).encode()
