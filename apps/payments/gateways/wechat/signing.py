"""How WeChat Pay v3 signs and seals: SHA256-RSA over time, nonce and body; AES-256-GCM inside notices."""

import base64
import binascii
import re
import secrets
from collections.abc import Mapping
from datetime import timedelta

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from apps.core import clock
from apps.payments.gateways.base import BadNotice
from apps.payments.gateways.credentials import ChannelNotConfigured, named, private_key
from apps.payments.gateways.rsa import is_signed, sign
from apps.payments.gateways.wechat.platform_keys import platform_key

NAME = "WECHAT"
SCHEME = "WECHATPAY2-SHA256-RSA2048"
KEY_BYTES = 32
_TIMESTAMP = re.compile(r"[0-9]{9,11}")


def authorization(method: str, target: str, body: bytes) -> str:
    """Return the Authorization header of a request: who asks, when, and our signature."""
    timestamp, nonce = _now(), secrets.token_hex(16)
    head = f"{method}\n{target}\n{timestamp}\n{nonce}\n".encode()
    signature = sign(head + body + b"\n", private_key(NAME))
    return (
        f'{SCHEME} mchid="{named(NAME, "mch_id")}",nonce_str="{nonce}",signature="{signature}",'
        f'timestamp="{timestamp}",serial_no="{named(NAME, "mch_serial")}"'
    )


def jsapi_fields(prepay_id: str) -> dict[str, str]:
    """Return what WeChat's own browser needs to open the cashier."""
    fields = {
        "appId": named(NAME, "app_id"),
        "timeStamp": _now(),
        "nonceStr": secrets.token_hex(16),
        "package": f"prepay_id={prepay_id}",
    }
    message = "".join(f"{value}\n" for value in fields.values())
    return fields | {"signType": "RSA", "paySign": sign(message.encode(), private_key(NAME))}


def must_be_from_wechat(headers: Mapping[str, str], body: bytes) -> None:
    """
    Verify the signature of a notice or an answer on its raw body.

    :raises BadNotice: wrong key, unknown serial, out of time, altered
    :raises ChannelNotConfigured: without platform keys nothing is believed
    """
    timestamp = headers.get("Wechatpay-Timestamp", "")
    nonce = headers.get("Wechatpay-Nonce", "")
    signature = headers.get("Wechatpay-Signature", "")
    if headers.get("Wechatpay-Signature-Type", SCHEME) != SCHEME:
        raise BadNotice("its kind of signature is not read here")
    if not _TIMESTAMP.fullmatch(timestamp) or _age(timestamp) > settings.PAYMENTS_NOTICE_MAX_AGE:
        raise BadNotice("it is out of time")
    if not nonce or signature.startswith("WECHATPAY/SIGNTEST/"):
        raise BadNotice("it carries no signature")
    message = f"{timestamp}\n{nonce}\n".encode("latin-1", "replace") + body + b"\n"
    key = platform_key(headers.get("Wechatpay-Serial", ""))
    if key is None or not is_signed(message, signature, key):
        raise BadNotice("the signature does not fit")


def unseal(resource: Mapping[str, object]) -> bytes:
    """
    Open an encrypted resource with the APIv3 key.

    :raises BadNotice: if it was not sealed with it
    """
    texts = [resource.get(name) for name in ("ciphertext", "nonce", "associated_data")]
    ciphertext, nonce, extra = texts
    if resource.get("algorithm") != "AEAD_AES_256_GCM":
        raise BadNotice("its cipher is not read here")
    if not (isinstance(ciphertext, str) and isinstance(nonce, str) and isinstance(extra, str)):
        raise BadNotice("its resource is incomplete")
    try:
        raw = base64.b64decode(ciphertext, validate=True)
        return AESGCM(_api_v3_key()).decrypt(nonce.encode(), raw, extra.encode())
    except (binascii.Error, ValueError, InvalidTag) as problem:
        raise BadNotice("its resource does not open") from problem


def _api_v3_key() -> bytes:
    key = named(NAME, "api_v3_key").encode()
    if len(key) != KEY_BYTES:
        raise ChannelNotConfigured(provider=NAME, missing="api_v3_key")
    return key


def _now() -> str:
    return str(int(clock.real_now().timestamp()))


def _age(timestamp: str) -> timedelta:
    return abs(clock.real_now().timestamp() - int(timestamp)) * clock.SECOND
