"""Signatures judged by others: the channels' public SDKs and a second RSA; in both directions."""

import hashlib
import json
from base64 import b64decode
from types import SimpleNamespace
from urllib.parse import parse_qsl, urlsplit

import pytest
import wechatpayv3.utils as wechat_sdk
from alipay import AliPay
from alipay.utils import AliPayConfig
from Cryptodome.Hash import SHA256
from Cryptodome.PublicKey import RSA
from Cryptodome.Signature import pkcs1_15
from django.conf import settings
from django.test import RequestFactory
from OpenSSL import crypto

from apps.core import clock
from apps.core.outgoing import OutgoingFailed
from apps.payments.gateways import get_gateway
from apps.payments.gateways.alipay import signing as alipay_signing
from apps.payments.gateways.amounts import read_fen, read_fen_text, read_yuan
from apps.payments.gateways.base import BadNotice
from apps.payments.gateways.charges import ChargeKind
from apps.payments.gateways.credentials import pem_of, private_key, public_key
from apps.payments.gateways.unionpay import signing as unionpay_signing
from apps.payments.gateways.wechat import signing as wechat_signing
from apps.payments.tests.channel_voices import VOICES, certificate, key
from apps.payments.tests.factories import PaymentFactory

pytestmark = pytest.mark.django_db


def private_pem(name):
    from cryptography.hazmat.primitives import serialization as form  # noqa: PLC0415

    return (
        key(name)
        .private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption())
        .decode()
    )


def public_pem(name):
    from cryptography.hazmat.primitives import serialization as form  # noqa: PLC0415

    return (
        key(name)
        .public_key()
        .public_bytes(form.Encoding.PEM, form.PublicFormat.SubjectPublicKeyInfo)
        .decode()
    )


def alipay_sdk(*, signs_with, verifies_with):
    return AliPay(
        appid=settings.PAYMENT_CREDENTIALS["ALIPAY"]["app_id"],
        app_notify_url=None,
        app_private_key_string=private_pem(signs_with),
        alipay_public_key_string=public_pem(verifies_with),
        sign_type="RSA2",
        config=AliPayConfig(timeout=1),
    )


def test_alipays_sdk_verifies_our_pay_url(channels):
    payment = PaymentFactory(scene="PAGE", subject="蓝牙耳机 & 音箱 100%")

    charge = get_gateway("ALIPAY").create_charge(payment, payer_ip="", open_id="")

    assert charge.kind is ChargeKind.REDIRECT
    fields = dict(parse_qsl(urlsplit(charge.url).query))
    content = json.loads(fields["biz_content"])
    assert (content["total_amount"], content["subject"]) == ("26.00", payment.subject)
    sign = fields.pop("sign")
    sdk = alipay_sdk(signs_with="alipay-app", verifies_with="alipay-app")

    text = "&".join(f"{name}={value}" for name, value in sorted(fields.items()))
    assert sdk._verify(text, sign)
    assert not sdk._verify(text + "1", sign)


def test_we_sign_what_alipays_sdk_signs(channels):
    sdk = alipay_sdk(signs_with="alipay-app", verifies_with="alipay")
    fields = {"app_id": "2021", "method": "alipay.trade.query", "biz_content": '{"a":"蓝牙"}'}

    ours = alipay_signing.signed_request(fields | {"return_url": ""})

    assert ours["sign"] == sdk._sign("&".join(f"{k}={v}" for k, v in sorted(fields.items())))
    assert "return_url" not in ours


def test_we_believe_what_alipays_sdk_signs_and_it_believes_what_we_do(channels):
    voice = VOICES["ALIPAY"]
    fields = voice.fields(PaymentFactory())
    sdk = alipay_sdk(signs_with="alipay", verifies_with="alipay")
    signature = sdk._sign("&".join(f"{k}={v}" for k, v in sorted(fields.items())))
    signed = fields | {"sign": signature, "sign_type": "RSA2"}

    assert alipay_signing.is_notice_signed(signed)
    assert sdk.verify(fields | {"sign_type": "RSA2"}, signature)
    assert not alipay_signing.is_notice_signed(signed | {"total_amount": "26.01"})


def test_alipays_answer_is_read_only_as_it_was_signed(channels):
    sdk = alipay_sdk(signs_with="alipay", verifies_with="alipay")
    node = "alipay_trade_query_response"
    raw = '{"code":"10000", "msg":"Success","trade_status":"WAIT_BUYER_PAY","note":"}\\"{"}'
    sign = sdk._sign(raw)

    answer = alipay_signing.read_answer(f'{{ "{node}": {raw} ,"sign":"{sign}"}}'.encode(), node)

    assert answer["trade_status"] == "WAIT_BUYER_PAY"
    for bad in (
        f'{{"{node}":{raw.replace("WAIT", "PAID")},"sign":"{sign}"}}',
        f'{{"{node}":{raw},"sign":""}}',
        f'{{"{node}":{raw}}}',
        f'{{"{node}":{raw},"{node}":{raw},"sign":"{sign}"}}',
        f'{{"{node}":{raw},"sign":"{sign}"',
        "[]",
        "",
    ):
        with pytest.raises(OutgoingFailed):
            alipay_signing.read_answer(bad.encode(), node)


def test_we_sign_what_wechats_sdk_signs(channels, monkeypatch):
    """The shape is that of the documentation: method, address, time, nonce, body, each with a line end."""
    known = settings.PAYMENT_CREDENTIALS["WECHAT"]
    nonce = "593BEC0C930BF1AFEB40B4A08C8FB242"
    monkeypatch.setattr(wechat_signing.secrets, "token_hex", lambda size: nonce)
    moment = clock.real_now()
    monkeypatch.setattr(wechat_signing.clock, "real_now", lambda: moment)
    monkeypatch.setattr(wechat_sdk, "time", SimpleNamespace(time=moment.timestamp))
    body = '{"description":"蓝牙耳机","amount":{"total":2600}}'

    ours = wechat_signing.authorization("POST", "/v3/pay/transactions/native", body.encode())

    theirs = wechat_sdk.build_authorization(
        path="/v3/pay/transactions/native",
        method="POST",
        mchid=known["mch_id"],
        serial_no=known["mch_serial"],
        private_key=private_key("WECHAT"),
        data=body,
        nonce_str=nonce,
    )
    assert ours == theirs


def test_wechats_sdk_verifies_what_opens_the_cashier(channels):
    fields = wechat_signing.jsapi_fields("wx201410272009395522657a690389285100")

    text = [fields[name] for name in ("appId", "timeStamp", "nonceStr", "package")]
    message = "".join(f"{part}\n" for part in text).encode()
    pkcs1_15.new(RSA.import_key(public_pem("wechat-merchant"))).verify(
        SHA256.new(message), b64decode(fields["paySign"])
    )
    assert fields["package"] == "prepay_id=wx201410272009395522657a690389285100"
    assert fields["signType"] == "RSA"


def test_we_believe_and_open_what_wechats_sdk_believes_and_opens(channels):
    voice = VOICES["WECHAT"]
    payment = PaymentFactory(provider="WECHAT")
    body, headers = voice.seal(voice.fields(payment))
    resource = json.loads(body)["resource"]

    wechat_signing.must_be_from_wechat(headers, body)
    opened = wechat_signing.unseal(resource)

    assert wechat_sdk.rsa_verify(
        headers["Wechatpay-Timestamp"],
        headers["Wechatpay-Nonce"],
        body.decode(),
        headers["Wechatpay-Signature"],
        key("wechat-public-key").public_key(),
    )
    assert opened.decode() == wechat_sdk.aes_decrypt(
        resource["nonce"],
        resource["ciphertext"],
        resource["associated_data"],
        settings.PAYMENT_CREDENTIALS["WECHAT"]["api_v3_key"],
    )


@pytest.mark.parametrize("days", [-30, -1, 1])
def test_we_refuse_an_old_notice_that_wechats_sdk_would_take(channels, days):
    voice = VOICES["WECHAT"]
    body, headers = voice.seal(voice.fields(PaymentFactory()), shift=days * 86400)

    with pytest.raises(BadNotice):
        wechat_signing.must_be_from_wechat(headers, body)


def test_the_platform_certificate_signs_as_well_as_the_public_key(channels):
    voice = VOICES["WECHAT"]
    serial = f"{crypto_serial('wechat-platform'):040X}"
    body, headers = voice.seal(voice.fields(PaymentFactory()), "wechat-platform", serial=serial)

    wechat_signing.must_be_from_wechat(headers, body)


def crypto_serial(name):
    loaded = crypto.load_certificate(crypto.FILETYPE_PEM, certificate(name).encode())
    return loaded.get_serial_number()


def test_a_second_rsa_verifies_our_unionpay_form(channels):
    payment = PaymentFactory(provider="UNIONPAY", scene="PAGE")

    charge = get_gateway("UNIONPAY").create_charge(payment, payer_ip="", open_id="")

    fields = dict(charge.fields)
    signature = b64decode(fields.pop("signature"))
    text = "&".join(f"{name}={value}" for name, value in sorted(fields.items()))
    digest = hashlib.sha256(text.encode()).hexdigest().encode()
    merchant = RSA.import_key(pem_of("UNIONPAY", "cert"))
    pkcs1_15.new(merchant).verify(SHA256.new(digest), signature)
    assert (fields["txnAmt"], fields["currencyCode"]) == ("2600", "156")
    assert fields["certId"] == str(crypto_serial("unionpay-merchant"))
    assert "" not in fields.values()


def test_openssl_agrees_about_unionpays_chain(channels):
    voice = VOICES["UNIONPAY"]
    store = crypto.X509Store()
    for name in ("unionpay-root", "unionpay-middle"):
        store.add_cert(crypto.load_certificate(crypto.FILETYPE_PEM, certificate(name).encode()))
    leaf = crypto.load_certificate(crypto.FILETYPE_PEM, certificate("unionpay").encode())
    crypto.X509StoreContext(store, leaf).verify_certificate()
    body, _ = voice.seal(voice.fields(PaymentFactory(provider="UNIONPAY")))
    fields = dict(parse_qsl(body.decode()))

    unionpay_signing.must_be_from_unionpay(fields)

    with pytest.raises(BadNotice):
        unionpay_signing.must_be_from_unionpay(fields | {"txnAmt": "1"})


def test_a_notice_is_read_from_the_raw_body(channels):
    voice = VOICES["ALIPAY"]
    payment = PaymentFactory()
    body, _ = voice.seal(voice.fields(payment, gmt_payment="2026-11-20 14:00:00"))
    request = RequestFactory().post("/", body, content_type="application/x-www-form-urlencoded")

    notice = get_gateway("ALIPAY").read_notice(request)

    assert (notice.provider, notice.fact.out_trade_no) == ("ALIPAY", payment.out_trade_no)
    assert notice.fact.amount == payment.amount
    assert notice.fact.occurred_at.isoformat() == "2026-11-20T14:00:00+08:00"


def test_public_keys_come_from_keys_and_certificates():
    assert public_key("ALIPAY").key_size == 2048


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0",
        "26",
        "26.0",
        "26.000",
        "1e2",
        "-1.00",
        "+1.00",
        " 1.00",
        "1.00\n",
        "２６.００",
        "1_0.00",
    ],
)
def test_yuan_are_written_in_one_way(text):
    assert read_yuan(text) is None


@pytest.mark.parametrize("value", [True, False, 1.0, "1", None, -1, 10**11, [1]])
def test_fen_are_whole_numbers(value):
    assert read_fen(value) is None


@pytest.mark.parametrize("text", ["", "00", "01", "+1", "-1", "1.0", "１", "1 ", "1" * 12, None])
def test_fen_texts_are_plain_digits(text):
    assert read_fen_text(text) is None


def test_amounts_are_read_exactly():
    assert [str(read_yuan("0.01")), str(read_fen(1)), str(read_fen_text("100"))] == [
        "0.01",
        "0.01",
        "1.00",
    ]
