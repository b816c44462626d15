"""UnionPay 5.1.0: RSA over the hexadecimal SHA-256 of sorted pairs, with the certificate in the message."""

import hashlib
from collections.abc import Mapping
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509 import (
    BasicConstraints,
    Certificate,
    ExtensionNotFound,
    load_pem_x509_certificate,
)
from cryptography.x509.oid import NameOID

from apps.core import clock
from apps.payments.gateways.base import BadNotice
from apps.payments.gateways.credentials import certificate, private_key
from apps.payments.gateways.rsa import is_signed, sign

NAME = "UNIONPAY"
SIGNER = "中国银联股份有限公司"
MOST_PEM = 8000


def signed_fields(fields: Mapping[str, str]) -> dict[str, str]:
    """Return the fields that are not empty, with our certificate's number and our signature."""
    filled = {name: value for name, value in fields.items() if value}
    filled["certId"] = str(certificate(NAME, "cert").serial_number)
    return filled | {"signature": sign(_digest(filled), private_key(NAME))}


def must_be_from_unionpay(fields: Mapping[str, str]) -> None:
    """
    Verify chain, owner and validity of the certificate that came along, then the signature over everything.

    :raises BadNotice: if anything is wrong
    :raises ChannelNotConfigured: without the roots nothing is believed
    """
    if fields.get("signMethod") != "01" or fields.get("version") != "5.1.0":
        raise BadNotice("its kind of signature is not read here")
    signed = {name: value for name, value in fields.items() if name != "signature"}
    key = _signing_key(fields.get("signPubKeyCert", ""))
    if not is_signed(_digest(signed), fields.get("signature", ""), key):
        raise BadNotice("the signature does not fit")


def _digest(fields: Mapping[str, str]) -> bytes:
    pairs = "&".join(f"{name}={value}" for name, value in sorted(fields.items()))
    return hashlib.sha256(pairs.encode()).hexdigest().encode()


def _signing_key(pem: str) -> RSAPublicKey:
    leaf = _read(pem[:MOST_PEM])
    middle, root = certificate(NAME, "middle_cert"), certificate(NAME, "root_cert")
    now = clock.real_now()
    for each in (leaf, middle, root):
        if not each.not_valid_before_utc <= now <= each.not_valid_after_utc:
            raise BadNotice("a certificate is out of its time")
    if not (_is_authority(middle) and _is_authority(root)):
        raise BadNotice("the chain goes through no authority")
    for each, issuer in ((leaf, middle), (middle, root), (root, root)):
        try:
            each.verify_directly_issued_by(issuer)
        except (InvalidSignature, ValueError, TypeError) as problem:
            raise BadNotice("the certificate does not chain to UnionPay's roots") from problem
    key = leaf.public_key()
    if _owner(leaf) != SIGNER or not isinstance(key, RSAPublicKey):
        raise BadNotice("the certificate is somebody else's")
    return key


@lru_cache(maxsize=16)
def _read(pem: str) -> Certificate:
    try:
        return load_pem_x509_certificate(pem.encode())
    except ValueError as problem:
        raise BadNotice("it carries no certificate") from problem


def _is_authority(each: Certificate) -> bool:
    try:
        return each.extensions.get_extension_for_class(BasicConstraints).value.ca
    except (ExtensionNotFound, ValueError):
        return False


def _owner(leaf: Certificate) -> str:
    """Return the name in a common name like ``041@Z2020@中国银联股份有限公司@00000001``, or all of it."""
    names = leaf.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    parts = str(names[0].value).split("@") if names else [""]
    return parts[2] if len(parts) > 2 else parts[0]  # noqa: PLR2004
