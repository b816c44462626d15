"""How WeChat Pay v3 signs and encrypts."""

import base64
import json
import re
import secrets
import time
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from simulator.config import Config
from simulator.keyring import Keyring
from simulator.signing import is_signed, sign

SCHEME = "WECHATPAY2-SHA256-RSA2048"
TOLERANCE = 300
_PAIR = re.compile(r'(\w+)="([^"]*)"')


class Unsigned(Exception):
    """The Authorization header does not prove who calls."""


@dataclass(frozen=True)
class Stationery:
    """What WeChat signs and encrypts with."""

    config: Config
    keyring: Keyring

    def headers(
        self, body: bytes, *, serial: str = "", key: str = "", shift: int = 0
    ) -> dict[str, str]:
        """Return the signature headers of an answer or a notice."""
        serial = serial or self.config.wechat_public_key_id
        timestamp = str(int(time.time()) + shift)
        nonce = secrets.token_hex(16).upper()
        message = f"{timestamp}\n{nonce}\n".encode() + body + b"\n"
        key = key or self.key_of(serial)
        return {
            "Wechatpay-Nonce": nonce,
            "Wechatpay-Timestamp": timestamp,
            "Wechatpay-Serial": serial,
            "Wechatpay-Signature": sign(message, self.keyring.private[key]),
            "Wechatpay-Signature-Type": SCHEME,
        }

    def key_of(self, serial: str) -> str:
        is_certificate = serial == self.keyring.serial("wechat-platform")
        return "wechat-platform" if is_certificate else "wechat-public-key"

    def encrypt(self, text: str, associated_data: str) -> dict[str, str]:
        """Return an AEAD_AES_256_GCM resource."""
        nonce = secrets.token_hex(6)
        box = AESGCM(self.config.wechat_api_v3_key.encode())
        ciphertext = box.encrypt(nonce.encode(), text.encode(), associated_data.encode())
        return {
            "algorithm": "AEAD_AES_256_GCM",
            "ciphertext": base64.b64encode(ciphertext).decode(),
            "nonce": nonce,
            "associated_data": associated_data,
        }

    def check_authorization(self, header: str, method: str, target: str, body: bytes) -> None:
        """
        Verify that the merchant signed this request.

        :raises Unsigned: if not
        """
        scheme, _, rest = header.partition(" ")
        if scheme != SCHEME:
            raise Unsigned("Http头Authorization值格式错误，请参考《微信支付商户REST API签名规则》")
        pairs = dict(_PAIR.findall(rest))
        if pairs.get("mchid") != self.config.wechat_mch_id:
            raise Unsigned("商户号mchid无效")
        if pairs.get("serial_no", "").upper() != self.keyring.serial("wechat-merchant"):
            raise Unsigned("商户证书序列号有误")
        timestamp = pairs.get("timestamp", "")
        if not timestamp.isdecimal() or abs(time.time() - int(timestamp)) > TOLERANCE:
            raise Unsigned("Http头Authorization中的timestamp与发起请求的时间不得超过5分钟")
        head = f"{method}\n{target}\n{timestamp}\n{pairs.get('nonce_str', '')}\n"
        message = head.encode() + body + b"\n"
        key = self.keyring.public("wechat-merchant")
        if not is_signed(message, pairs.get("signature", ""), key):
            raise Unsigned("签名错误，请检查后再试")


def compact_json(content: dict[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))
