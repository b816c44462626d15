"""UnionPay's own rules, written from its documents on other libraries than the simulator's."""

import base64
import datetime
import hashlib
import re
from pathlib import Path
from urllib.parse import urlencode

from Cryptodome.Hash import SHA256
from Cryptodome.PublicKey import RSA
from Cryptodome.Signature import pkcs1_15
from OpenSSL import crypto

TIME = "%Y%m%d%H%M%S"


class Merchant:
    """Signs as the merchant's SDK does and believes only a chain up to UnionPay's root."""

    def __init__(self, env):
        self.base = env["EMSHOP_UNIONPAY_BASE_URL"] + "/gateway/api/"
        self.mer_id = env["EMSHOP_UNIONPAY_MER_ID"]
        self.key = RSA.import_key(Path(env["EMSHOP_UNIONPAY_PRIVATE_KEY_FILE"]).read_bytes())
        self.cert_id = str(_certificate(env["EMSHOP_UNIONPAY_CERT_FILE"]).get_serial_number())
        self.store = crypto.X509Store()
        for name in ("ROOT", "MIDDLE"):
            self.store.add_cert(_certificate(env[f"EMSHOP_UNIONPAY_{name}_CERT_FILE"]))

    def common(self, number, **fields):
        return {
            "version": "5.1.0",
            "encoding": "UTF-8",
            "certId": self.cert_id,
            "signMethod": "01",
            "bizType": "000201",
            "accessType": "0",
            "channelType": "07",
            "merId": self.mer_id,
            "orderId": number,
            "txnTime": datetime.datetime.now(datetime.UTC).strftime(TIME),
        } | fields

    def sign(self, fields):
        raw = pkcs1_15.new(self.key).sign(SHA256.new(_digest(fields)))
        return fields | {"signature": base64.b64encode(raw).decode()}

    def believes(self, fields):
        certificate = crypto.load_certificate(
            crypto.FILETYPE_PEM, fields["signPubKeyCert"].encode()
        )
        try:
            crypto.X509StoreContext(self.store, certificate).verify_certificate()
            public = RSA.import_key(
                crypto.dump_publickey(crypto.FILETYPE_PEM, certificate.get_pubkey())
            )
            signature = base64.b64decode(fields["signature"])
            pkcs1_15.new(public).verify(SHA256.new(_digest(fields)), signature)
        except (crypto.X509StoreContextError, ValueError):
            return False
        return certificate.get_subject().CN == "中国银联股份有限公司"

    def call(self, http, path, fields):
        """Post signed fields; return the verified answer."""
        answer = http.request("POST", self.base + path, body=urlencode(self.sign(fields)))
        assert answer.status == 200, answer.data
        parsed = dict(pair.split("=", 1) for pair in re.split(r"&(?=\w+=)", answer.data.decode()))
        assert self.believes(parsed)
        return parsed


def front_form(merchant, shop, number, fen="2600", **more):
    fields = merchant.common(
        number,
        txnType="01",
        txnSubType="01",
        txnAmt=fen,
        currencyCode="156",
        frontUrl=f"{shop.url}/front",
        backUrl=f"{shop.url}/unionpay",
        **more,
    )
    return merchant.sign(fields)


def pay(sim, merchant, shop, number):
    fields = front_form(merchant, shop, number)
    form = {"action": merchant.base + "frontTransReq.do", "fields": fields}
    result = sim.control("POST", "payments/pay", [{"form": form}])["results"][0]
    assert result["status"] == "PAID", result
    return fields["txnTime"], result["trade_no"]


def query(sim, merchant, number, txn_time):
    fields = merchant.common(number, txnType="00", txnSubType="00", txnTime=txn_time)
    return merchant.call(sim.http, "queryTrans.do", fields)


def give_back(sim, merchant, shop, number, query_id, fen, kind="04", **more):
    fields = merchant.common(
        number,
        txnType=kind,
        txnSubType="00",
        txnAmt=str(fen),
        origQryId=query_id,
        backUrl=f"{shop.url}/unionpay",
        **more,
    )
    return fields["txnTime"], merchant.call(sim.http, "backTransReq.do", fields)


def _digest(fields):
    pairs = sorted((k, v) for k, v in fields.items() if k != "signature" and v != "")
    text = "&".join(f"{name}={value}" for name, value in pairs)
    return hashlib.sha256(text.encode()).hexdigest().encode()


def _certificate(path):
    return crypto.load_certificate(crypto.FILETYPE_PEM, Path(path).read_bytes())
