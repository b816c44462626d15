"""What channels may send, and what becomes of it: faults C1–C12 and C20 at the door itself."""

import json
from decimal import Decimal
from urllib.parse import parse_qsl, urlencode

import pytest
from django.core.cache import cache
from django.test import Client, override_settings

from apps.checkout.tests.factories import a_paid_trade, a_sku, a_trade
from apps.orders.models import OrderStatus, TradeStatus
from apps.orders.services import cancel_unpaid_trade
from apps.payments.gateways import get_gateway
from apps.payments.gateways.credentials import forget_credentials
from apps.payments.models import (
    Disposition,
    GatewayNotice,
    PaymentStatus,
    Refund,
    RefundReason,
    RefundStatus,
)
from apps.payments.services import refund_payment
from apps.payments.tests.channel_voices import VOICES, Wechat, certificate
from apps.payments.tests.factories import a_payment_for

pytestmark = pytest.mark.django_db

PROVIDERS = ["ALIPAY", "WECHAT", "UNIONPAY"]


@pytest.fixture(params=PROVIDERS)
def voice(request):
    return VOICES[request.param]


def a_waiting_payment(shopper, voice):
    trade = a_trade(shopper, (a_sku(price="13.00"), 2))
    provider = voice.name.upper()
    payment = a_payment_for(trade, provider=provider, payee=get_gateway(provider).payee())
    return trade, payment


def say(client, voice, fields, **how):
    body, headers = voice.seal(fields, **how)
    return voice.post(client, body, headers)


def answer_of(response):
    return response.status_code, response.content


def nothing_happened(trade, payment):
    trade.refresh_from_db()
    payment.refresh_from_db()
    return (trade.status, payment.status) == (TradeStatus.UNPAID, PaymentStatus.PENDING)


def test_a_notice_pays_the_trade(client, shopper, voice):
    trade, payment = a_waiting_payment(shopper, voice)

    response = say(client, voice, voice.fields(payment))

    assert answer_of(response) == voice.accepted
    trade.refresh_from_db()
    payment.refresh_from_db()
    assert (trade.status, payment.status) == (TradeStatus.PAID, PaymentStatus.SUCCEEDED)
    assert payment.disposition == Disposition.APPLIED
    row = GatewayNotice.objects.get()
    assert (row.payment, row.kind) == (payment, "PAYMENT")
    assert row.applied_at is not None


def test_the_same_notice_again_is_accepted_and_does_nothing(client, shopper, voice):
    trade, payment = a_waiting_payment(shopper, voice)
    body, headers = voice.seal(voice.fields(payment))

    answers = {answer_of(voice.post(client, body, headers)) for _again in range(5)}

    assert answers == {voice.accepted}
    assert GatewayNotice.objects.count() == 1
    assert trade.orders.get().status == OrderStatus.PAID


def test_a_forged_notice_is_refused_and_not_kept(client, shopper, voice):
    trade, payment = a_waiting_payment(shopper, voice)

    response = say(client, voice, voice.fields(payment), key_name="stranger")

    assert response.status_code == {"wechat": 401}.get(voice.name, 400)
    assert nothing_happened(trade, payment)
    assert not GatewayNotice.objects.exists()


@pytest.mark.parametrize("headers", [{"host": "localhost"}, {"X-Forwarded-Host": "127.0.0.1"}])
def test_no_host_is_believed_without_a_signature(shopper, voice, headers):
    trade, payment = a_waiting_payment(shopper, voice)
    body, signed = voice.seal(voice.fields(payment), key_name="stranger")

    response = voice.post(Client(headers=headers), body, signed)

    assert response.status_code in {400, 401}
    assert nothing_happened(trade, payment)


WRONG_AMOUNTS = {
    "ALIPAY": ["0.01", "26.01", "1e2", "２６.００", "26.0", "26", " 26.00", "+26.00", "26.000"],
    "WECHAT": [1, 2601, "2600", 2600.0, True, None, -2600, 26001],
    "UNIONPAY": ["1", "2601", "26.00", "２６００", "02600", "+2600", "2600 ", ""],
}


@pytest.mark.parametrize(
    ("provider", "wrong"), [(name, wrong) for name in PROVIDERS for wrong in WRONG_AMOUNTS[name]]
)
def test_another_amount_is_never_taken(client, shopper, provider, wrong):
    voice = VOICES[provider]
    trade, payment = a_waiting_payment(shopper, voice)
    changes = {
        "ALIPAY": {"total_amount": wrong},
        "WECHAT": {"amount": {"total": wrong}},
        "UNIONPAY": {"txnAmt": wrong},
    }[provider]

    response = say(client, voice, voice.fields(payment, **changes))

    assert answer_of(response) != voice.accepted
    assert response.status_code in {400, 401, 503}
    trade.refresh_from_db()
    payment.refresh_from_db()
    assert trade.status == TradeStatus.UNPAID
    assert payment.status in {PaymentStatus.PENDING, PaymentStatus.MISMATCH}


@pytest.mark.parametrize(
    ("provider", "changes"),
    [("WECHAT", {"amount": {"currency": "USD"}}), ("UNIONPAY", {"currencyCode": "840"})],
)
def test_another_currency_freezes_the_payment(client, shopper, provider, changes):
    voice = VOICES[provider]
    _trade, payment = a_waiting_payment(shopper, voice)

    response = say(client, voice, voice.fields(payment, **changes))

    assert response.status_code == 503
    payment.refresh_from_db()
    assert payment.status == PaymentStatus.MISMATCH
    assert "currency" in payment.problem


@pytest.mark.parametrize(
    ("provider", "changes"),
    [
        ("ALIPAY", {"app_id": "2021000000000001"}),
        ("WECHAT", {"mchid": "1900000002"}),
        ("WECHAT", {"appid": "wx0000000000000001"}),
        ("UNIONPAY", {"merId": "777290058110099"}),
    ],
)
def test_somebody_elses_notice_is_refused(client, shopper, provider, changes):
    voice = VOICES[provider]
    trade, payment = a_waiting_payment(shopper, voice)

    response = say(client, voice, voice.fields(payment, **changes))

    assert response.status_code in {400, 401}
    assert nothing_happened(trade, payment)


def test_another_seller_of_our_application_is_not_believed(client, shopper):
    voice = VOICES["ALIPAY"]
    trade, payment = a_waiting_payment(shopper, voice)

    response = say(client, voice, voice.fields(payment, seller_id="2088000000000009"))

    assert (response.status_code, response.content) == (503, b"fail")
    trade.refresh_from_db()
    assert trade.status == TradeStatus.UNPAID


def test_without_keys_nothing_is_believed(client, shopper, voice):
    trade, payment = a_waiting_payment(shopper, voice)
    body, headers = voice.seal(voice.fields(payment))
    provider = voice.name.upper()

    with override_settings(PAYMENT_CREDENTIALS={provider: {"refund_gap_seconds": "0"}}):
        forget_credentials()
        response = voice.post(client, body, headers)
    forget_credentials()

    assert response.status_code == 503
    assert answer_of(response) != voice.accepted
    assert nothing_happened(trade, payment)


def test_an_unknown_number_is_kept_and_asked_for_again(client, shopper, voice):
    trade, payment = a_waiting_payment(shopper, voice)
    fields = voice.fields(payment)
    payment.out_trade_no = "20269999999999999999"
    fields |= {name: payment.out_trade_no for name in ("out_trade_no", "orderId") if name in fields}

    response = say(client, voice, fields)

    assert response.status_code == 503
    row = GatewayNotice.objects.get()
    assert (row.payment, row.applied_at) == (None, None)
    trade.refresh_from_db()
    assert trade.status == TradeStatus.UNPAID


def test_money_that_comes_after_the_end_goes_back_whole(client, shopper, voice):
    trade, payment = a_waiting_payment(shopper, voice)
    cancel_unpaid_trade(trade_id=trade.pk, reason="EXPIRED", actor=None)

    response = say(client, voice, voice.fields(payment))

    assert answer_of(response) == voice.accepted
    payment.refresh_from_db()
    trade.refresh_from_db()
    assert (trade.status, payment.disposition) == (TradeStatus.CANCELLED, Disposition.ORPHANED)
    refund = Refund.objects.get()
    assert (refund.amount, refund.reason) == (Decimal("26.00"), RefundReason.LATE_PAYMENT)


def test_the_second_channels_money_goes_back(client, shopper):
    alipay, wechat = VOICES["ALIPAY"], VOICES["WECHAT"]
    trade, first = a_waiting_payment(shopper, alipay)
    second = a_payment_for(trade, provider="WECHAT", payee=get_gateway("WECHAT").payee())

    say(client, alipay, alipay.fields(first))
    say(client, wechat, wechat.fields(second))

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.disposition, second.disposition) == (Disposition.APPLIED, Disposition.ORPHANED)
    assert Refund.objects.get().payment == second


def a_refund(payment, amount):
    return refund_payment(
        payment_id=payment.pk,
        amount=Decimal(amount),
        reason=RefundReason.AGREED,
        reference=payment.reference,
        actor=None,
    )


def paid_by(client, shopper, voice):
    trade, payment = a_waiting_payment(shopper, voice)
    say(client, voice, voice.fields(payment))
    payment.refresh_from_db()
    return trade, payment


def test_alipays_partial_refund_comes_as_success_and_does_not_pay_again(client, shopper):
    voice = VOICES["ALIPAY"]
    _trade, payment = paid_by(client, shopper, voice)
    refund = a_refund(payment, "10.00")
    fields = voice.fields(
        payment, refund_fee="10.00", gmt_refund="2026-11-20 14:05:00.123", out_biz_no=refund.number
    )

    response = say(client, voice, fields)

    assert answer_of(response) == voice.accepted
    refund.refresh_from_db()
    assert refund.status == RefundStatus.SUCCEEDED
    assert [row.kind for row in GatewayNotice.objects.order_by("pk")] == ["PAYMENT", "REFUND"]


def test_alipays_closed_trade_is_an_end_or_a_refund(client, shopper):
    voice = VOICES["ALIPAY"]
    _trade, unpaid = a_waiting_payment(shopper, voice)
    say(client, voice, voice.fields(unpaid, trade_status="TRADE_CLOSED"))
    _other, paid = paid_by(client, shopper, voice)
    refund = a_refund(paid, "26.00")
    fields = voice.fields(
        paid, trade_status="TRADE_CLOSED", refund_fee="26.00", out_biz_no=refund.number
    )
    say(client, voice, fields)

    unpaid.refresh_from_db()
    paid.refresh_from_db()
    assert unpaid.status == PaymentStatus.CLOSED
    assert paid.status == PaymentStatus.REFUNDED


@pytest.mark.parametrize(("event", "status"), [("SUCCESS", "SUCCEEDED"), ("ABNORMAL", "FAILED")])
def test_wechats_refund_notice_ends_the_refund(client, shopper, event, status):
    voice = VOICES["WECHAT"]
    _trade, payment = paid_by(client, shopper, voice)
    refund = a_refund(payment, "10.00")
    Refund.objects.update(status=RefundStatus.PROCESSING)
    fields = {
        "mchid": voice.fields(payment)["mchid"],
        "out_trade_no": payment.out_trade_no,
        "transaction_id": payment.channel_transaction_no,
        "out_refund_no": refund.number,
        "refund_id": f"5030{refund.number}",
        "refund_status": event,
        "amount": {"total": 2600, "refund": 1000},
    }
    body, headers = voice.seal(fields, event=f"REFUND.{event}")

    response = voice.post(client, body, headers, door="refund-notices")

    assert answer_of(response) == voice.accepted
    refund.refresh_from_db()
    assert refund.status == status


def test_a_refund_of_another_amount_needs_a_person(client, shopper):
    voice = VOICES["WECHAT"]
    _trade, payment = paid_by(client, shopper, voice)
    refund = a_refund(payment, "10.00")
    fields = {
        "mchid": voice.fields(payment)["mchid"],
        "out_trade_no": payment.out_trade_no,
        "out_refund_no": refund.number,
        "refund_status": "SUCCESS",
        "amount": {"total": 2600, "refund": 999},
    }

    response = say(client, voice, fields, event="REFUND.SUCCESS")

    assert response.status_code == 503
    refund.refresh_from_db()
    assert refund.status == RefundStatus.MANUAL


@pytest.mark.parametrize("shift", [-360, 360])
def test_wechat_out_of_time_is_refused(client, shopper, shift):
    voice = VOICES["WECHAT"]
    trade, payment = a_waiting_payment(shopper, voice)

    response = say(client, voice, voice.fields(payment), shift=shift)

    assert response.status_code == 401
    assert nothing_happened(trade, payment)


def test_wechats_probe_is_refused(client, shopper):
    voice = VOICES["WECHAT"]
    trade, payment = a_waiting_payment(shopper, voice)
    body, headers = voice.seal(voice.fields(payment))
    probe = "WECHATPAY/SIGNTEST/" + headers["Wechatpay-Signature"]

    response = voice.post(client, body, headers | {"Wechatpay-Signature": probe})

    assert response.status_code == 401
    assert nothing_happened(trade, payment)


@pytest.mark.parametrize("serial", ["PUB_KEY_ID_0000000000000000000000000000", "A" * 40, "../x"])
def test_wechats_unknown_serial_is_refused(client, shopper, simulator, serial):
    cache.clear()
    voice = VOICES["WECHAT"]
    trade, payment = a_waiting_payment(shopper, voice)

    response = say(client, voice, voice.fields(payment), serial=serial)

    assert response.status_code == 401
    assert nothing_happened(trade, payment)


def test_wechats_nonce_cannot_carry_another_body(client, shopper):
    voice = VOICES["WECHAT"]
    trade, payment = a_waiting_payment(shopper, voice)
    _body, headers = voice.seal(voice.fields(payment))
    other, _headers = voice.seal(voice.fields(payment, transaction_id="4200999"))

    response = voice.post(client, other, headers)

    assert response.status_code == 401
    assert nothing_happened(trade, payment)


def test_wechats_resource_under_another_key_is_refused(client, shopper):
    voice = VOICES["WECHAT"]
    trade, payment = a_waiting_payment(shopper, voice)
    body, _headers = voice.seal(voice.fields(payment))
    message = json.loads(body)
    message["resource"]["associated_data"] = "refund"
    altered = json.dumps(message).encode()

    response = voice.post(client, altered, Wechat().headers(altered))

    assert response.status_code == 401
    assert nothing_happened(trade, payment)


@pytest.mark.parametrize("other", ["unionpay-merchant", "unionpay-middle", "wechat-platform"])
def test_a_certificate_that_is_not_unionpays_proves_nothing(client, shopper, other):
    """Our own certificate comes from the same authority: it signs for us, not for UnionPay."""
    voice = VOICES["UNIONPAY"]
    trade, payment = a_waiting_payment(shopper, voice)
    fields = voice.fields(payment, signPubKeyCert=certificate(other))

    response = say(client, voice, fields, key_name=other)

    assert response.status_code == 400
    assert nothing_happened(trade, payment)


@pytest.mark.parametrize("sign_type", ["RSA", "MD5", "", "rsa2", "NONE"])
def test_alipays_sender_does_not_choose_the_signature(client, shopper, sign_type):
    voice = VOICES["ALIPAY"]
    trade, payment = a_waiting_payment(shopper, voice)
    body, _headers = voice.seal(voice.fields(payment))
    fields = dict(parse_qsl(body.decode())) | {"sign_type": sign_type}

    response = voice.post(client, urlencode(fields).encode(), {})

    assert response.status_code == 400
    assert nothing_happened(trade, payment)


def test_alipay_may_write_gbk(client, shopper):
    voice = VOICES["ALIPAY"]
    trade, payment = a_waiting_payment(shopper, voice)

    response = say(client, voice, voice.fields(payment, charset="gbk"))

    assert answer_of(response) == voice.accepted
    trade.refresh_from_db()
    assert trade.status == TradeStatus.PAID


def test_alipay_waiting_for_the_buyer_changes_nothing(client, shopper):
    voice = VOICES["ALIPAY"]
    trade, payment = a_waiting_payment(shopper, voice)

    response = say(client, voice, voice.fields(payment, trade_status="WAIT_BUYER_PAY"))

    assert answer_of(response) == voice.accepted
    assert nothing_happened(trade, payment)


def test_doors_that_do_not_exist_and_methods_that_do_nothing(client):
    assert client.post("/payments/paypal/notices/").status_code == 404
    assert client.get("/payments/alipay/notices/").status_code == 405


def test_who_comes_back_is_sent_to_the_trade(client, shopper):
    trade, payment = a_paid_trade(shopper, (a_sku(), 1))

    back = client.post(f"/payments/{payment.number}/return/", {"respCode": "00"})

    assert (back.status_code, back.url) == (303, f"/trades/{trade.number}/done/")
    assert client.get("/payments/12345/return/").status_code == 404
