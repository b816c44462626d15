"""Notices as the channels send them, signed with the channels' own keys; written apart from both sides."""

import base64
import hashlib
import json
import os
import secrets
import time
from datetime import datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from urllib.parse import urlencode

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.conf import settings

FORM = "application/x-www-form-urlencoded"


@cache
def key(name):
    path = Path(os.environ["EMSHOP_SIMULATOR_HOME"]) / "keys" / f"{name}.key.pem"
    return load_pem_private_key(path.read_bytes(), password=None)


@cache
def certificate(name):
    path = Path(os.environ["EMSHOP_SIMULATOR_HOME"]) / "keys" / f"{name}.crt.pem"
    return path.read_text()


def china_now():
    return datetime.now(timezone(timedelta(hours=8)))


def rsa(message, name):
    return base64.b64encode(key(name).sign(message, PKCS1v15(), SHA256())).decode()


class Alipay:
    name, key_name, accepted = "alipay", "alipay", (200, b"success")

    def fields(self, payment, **changes):
        known = settings.PAYMENT_CREDENTIALS["ALIPAY"]
        return {
            "notify_type": "trade_status_sync",
            "notify_id": secrets.token_hex(16),
            "charset": "utf-8",
            "version": "1.0",
            "app_id": known["app_id"],
            "seller_id": known["seller_id"],
            "out_trade_no": payment.out_trade_no,
            "trade_no": f"2026112022{payment.out_trade_no[-18:]}",
            "total_amount": str(payment.amount),
            "subject": "订单",
            "trade_status": "TRADE_SUCCESS",
            "gmt_payment": china_now().strftime("%Y-%m-%d %H:%M:%S"),
            "buyer_logon_id": "139****0000",
        } | changes

    def seal(self, fields, key_name=None):
        text = "&".join(f"{name}={value}" for name, value in sorted(fields.items()))
        sign = rsa(text.encode(fields.get("charset", "utf-8")), key_name or self.key_name)
        sealed = fields | {"sign": sign, "sign_type": "RSA2"}
        return urlencode(sealed, encoding=fields.get("charset", "utf-8")).encode(), {}

    def post(self, client, body, headers):
        return client.post("/payments/alipay/notices/", body, content_type=f"{FORM}; charset=utf-8")


class Wechat:
    name, key_name, accepted = "wechat", "wechat-public-key", (204, b"")

    def fields(self, payment, **changes):
        known = settings.PAYMENT_CREDENTIALS["WECHAT"]
        amount = {"total": int(payment.amount * 100), "currency": "CNY"}
        return {
            "mchid": known["mch_id"],
            "appid": known["app_id"],
            "out_trade_no": payment.out_trade_no,
            "transaction_id": f"4200{payment.out_trade_no}",
            "trade_state": "SUCCESS",
            "success_time": china_now().isoformat(timespec="seconds"),
            "payer": {"openid": "oShopper"},
            "amount": amount | changes.pop("amount", {}),
        } | changes

    def seal(self, fields, key_name=None, *, event="TRANSACTION.SUCCESS", shift=0, serial=None):
        known = settings.PAYMENT_CREDENTIALS["WECHAT"]
        nonce, kind = secrets.token_hex(6), "transaction"
        box = AESGCM(known["api_v3_key"].encode())
        text = json.dumps(fields, ensure_ascii=False)
        sealed = base64.b64encode(box.encrypt(nonce.encode(), text.encode(), kind.encode()))
        body = json.dumps(
            {
                "id": secrets.token_hex(16),
                "event_type": event,
                "resource_type": "encrypt-resource",
                "resource": {
                    "algorithm": "AEAD_AES_256_GCM",
                    "ciphertext": sealed.decode(),
                    "nonce": nonce,
                    "associated_data": kind,
                },
            }
        ).encode()
        return body, self.headers(body, key_name, shift=shift, serial=serial)

    def headers(self, body, key_name=None, *, shift=0, serial=None):
        stamp, nonce = str(int(time.time()) + shift), secrets.token_hex(16)
        message = f"{stamp}\n{nonce}\n".encode() + body + b"\n"
        return {
            "Wechatpay-Timestamp": stamp,
            "Wechatpay-Nonce": nonce,
            "Wechatpay-Serial": serial or self.serial(),
            "Wechatpay-Signature": rsa(message, key_name or self.key_name),
            "Wechatpay-Signature-Type": "WECHATPAY2-SHA256-RSA2048",
        }

    def serial(self):
        folder = Path(settings.PAYMENT_CREDENTIALS["WECHAT"]["platform_keys_dir"])
        return next(path.stem for path in folder.glob("PUB_KEY_ID_*.pem"))

    def post(self, client, body, headers, door="notices"):
        return client.post(
            f"/payments/wechat/{door}/", body, content_type="application/json", headers=headers
        )


class UnionPay:
    name, key_name, accepted = "unionpay", "unionpay", (200, b"ok")

    def fields(self, payment, **changes):
        return {
            "version": "5.1.0",
            "encoding": "UTF-8",
            "signMethod": "01",
            "accessType": "0",
            "txnType": "01",
            "txnSubType": "01",
            "bizType": "000201",
            "merId": settings.PAYMENT_CREDENTIALS["UNIONPAY"]["mer_id"],
            "orderId": payment.out_trade_no,
            "txnTime": china_now().strftime("%Y%m%d%H%M%S"),
            "txnAmt": str(int(payment.amount * 100)),
            "currencyCode": "156",
            "queryId": f"7{payment.out_trade_no}",
            "respCode": "00",
            "respMsg": "成功[0000000]",
            "signPubKeyCert": certificate("unionpay"),
        } | changes

    def seal(self, fields, key_name=None):
        text = "&".join(f"{name}={value}" for name, value in sorted(fields.items()))
        digest = hashlib.sha256(text.encode()).hexdigest().encode()
        sealed = fields | {"signature": rsa(digest, key_name or self.key_name)}
        return urlencode(sealed).encode(), {}

    def post(self, client, body, headers):
        return client.post("/payments/unionpay/notices/", body, content_type=FORM)


VOICES = {"ALIPAY": Alipay(), "WECHAT": Wechat(), "UNIONPAY": UnionPay()}
