"""How Alipay's open gateway signs: RSA2 over sorted pairs, or over a raw piece of JSON."""

import json
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from simulator.signing import sign, sorted_pairs


def request_text(fields: dict[str, str]) -> bytes:
    """Return what the shop signs: every field but the signature."""
    return sorted_pairs(fields, without=("sign",)).encode()


def notice_text(fields: dict[str, str]) -> bytes:
    """Return what Alipay signs in notices and returns: without sign and sign_type."""
    return sorted_pairs(fields, without=("sign", "sign_type")).encode()


def signed_answer(node: str, content: dict[str, Any], key: RSAPrivateKey) -> bytes:
    """Return the body whose signature covers the raw text of the node."""
    raw = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    signature = sign(raw.encode(), key)
    return f'{{"{node}":{raw},"sign":"{signature}"}}'.encode()
