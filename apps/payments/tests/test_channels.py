"""The adapters against the channels' own process: pay, ask, close, refund, by every channel."""

from datetime import timedelta
from decimal import Decimal

import pytest

from apps.core import clock
from apps.core.numbers import new_number
from apps.core.outgoing import OutgoingFailed, reset_breakers
from apps.payments.gateways import get_gateway
from apps.payments.gateways.base import ChannelRefused, RefundOutcome
from apps.payments.gateways.charges import ChargeKind, Scene
from apps.payments.gateways.facts import FactKind
from apps.payments.models import (
    ChannelCall,
    Payment,
    PaymentStatus,
    Purpose,
    Refund,
    RefundReason,
)
from apps.payments.services import MoneyRequest, open_charge, start_payment
from apps.payments.tests.till import booked, pay, turn_knob, until

pytestmark = pytest.mark.django_db

WAYS = [
    ("ALIPAY", Scene.PAGE, ChargeKind.REDIRECT),
    ("ALIPAY", Scene.QR, ChargeKind.QR),
    ("WECHAT", Scene.QR, ChargeKind.QR),
    ("WECHAT", Scene.JSAPI, ChargeKind.JSAPI),
    ("UNIONPAY", Scene.PAGE, ChargeKind.FORM),
]
CHANNELS = [("ALIPAY", Scene.QR), ("WECHAT", Scene.QR), ("UNIONPAY", Scene.PAGE)]


@pytest.fixture(autouse=True)
def _no_breaker():
    reset_breakers()


def start(provider, scene, amount="26.05"):
    request = MoneyRequest(
        reference=new_number(),
        purpose=Purpose.TRADE,
        amount=Decimal(amount),
        currency="CNY",
        subject="EMShop 订单 “蓝牙耳机” & more",
        expires_at=clock.now() + timedelta(minutes=30),
    )
    payment, _ = start_payment(request, provider=provider, scene=scene)
    return payment


def open_one(provider, scene, amount="26.05"):
    payment = start(provider, scene, amount)
    charge = open_charge(payment.pk, payer_ip="203.0.113.9", open_id="oOneShopper")
    payment.refresh_from_db()
    return payment, charge


def a_refund(payment, fact, amount):
    Payment.objects.filter(pk=payment.pk).update(
        status=PaymentStatus.SUCCEEDED,
        channel_transaction_no=fact.channel_transaction_no,
        paid_at=clock.now(),
        refunding_amount=Decimal(amount),
    )
    payment.refresh_from_db()
    return Refund.objects.create(
        number=new_number(),
        payment=payment,
        provider=payment.provider,
        amount=Decimal(amount),
        reason=RefundReason.AGREED,
        reference=payment.reference,
    )


@pytest.mark.parametrize(("provider", "scene", "kind"), WAYS)
def test_a_charge_is_opened_paid_and_found(simulator, channels, provider, scene, kind):
    payment, charge = open_one(provider, scene)

    assert charge.kind is kind
    assert payment.status == PaymentStatus.PENDING
    assert get_gateway(provider).query(payment) is None

    pay(simulator, charge, payment)
    fact = get_gateway(provider).query(payment)

    assert (fact.kind, fact.is_success) == (FactKind.PAYMENT, True)
    assert (fact.amount, fact.currency) == (Decimal("26.05"), "CNY")
    assert (fact.out_trade_no, fact.payee) == (payment.out_trade_no, payment.payee)
    assert fact.channel_transaction_no


@pytest.mark.parametrize(("provider", "scene"), CHANNELS)
def test_opening_a_charge_again_asks_for_the_same_money(simulator, channels, provider, scene):
    payment, charge = open_one(provider, scene)

    again = open_charge(payment.pk, payer_ip="203.0.113.9", open_id="")

    assert (again.kind, again.qr_text) == (charge.kind, charge.qr_text)
    pay(simulator, again, payment)
    assert booked(simulator, payment)["amount"] == 2605


@pytest.mark.parametrize(("provider", "scene"), CHANNELS[:2])
def test_a_charge_is_closed_before_it_is_paid(simulator, channels, provider, scene):
    payment, _charge = open_one(provider, scene)
    if provider == "ALIPAY":
        assert get_gateway(provider).close(payment).is_closed is False  # nobody has scanned it yet
        with clock.travelled(timedelta(minutes=36)):
            assert get_gateway(provider).close(payment).is_closed is True
        return

    answer = get_gateway(provider).close(payment)

    assert (answer.is_closed, answer.fact) == (True, None)
    assert get_gateway(provider).query(payment).kind is FactKind.CLOSE
    assert booked(simulator, payment)["status"] == "CLOSED"


def test_unionpay_ends_by_itself_and_not_before(simulator, channels):
    payment, _charge = open_one("UNIONPAY", Scene.PAGE)

    assert get_gateway("UNIONPAY").close(payment).is_closed is False
    with clock.travelled(timedelta(minutes=36)):
        assert get_gateway("UNIONPAY").close(payment).is_closed is True


@pytest.mark.parametrize(("provider", "scene"), CHANNELS)
def test_a_close_that_comes_too_late_brings_the_money(simulator, channels, provider, scene):
    payment, charge = open_one(provider, scene)
    pay(simulator, charge, payment)

    answer = get_gateway(provider).close(payment)

    assert answer.is_closed is False
    assert answer.fact.amount == payment.amount
    assert answer.fact.channel_transaction_no


def test_paying_while_wechat_closes_counts(simulator, channels):
    payment, _charge = open_one("WECHAT", Scene.QR)
    turn_knob(simulator, payment, "orderpaid_on_close")

    answer = get_gateway("WECHAT").close(payment)

    assert (answer.is_closed, answer.fact.amount) == (False, payment.amount)


@pytest.mark.parametrize(("provider", "scene"), CHANNELS)
def test_a_refund_goes_back_in_part_and_is_found(simulator, channels, provider, scene):
    payment, charge = open_one(provider, scene)
    pay(simulator, charge, payment)
    gateway = get_gateway(provider)
    refund = a_refund(payment, gateway.query(payment), "10.01")

    assert gateway.query_refund(refund).outcome is RefundOutcome.UNKNOWN
    first = gateway.refund(refund)
    done = until(lambda: gateway.query_refund(refund).outcome is RefundOutcome.SUCCEEDED)

    assert done
    assert first.outcome in {RefundOutcome.ACCEPTED, RefundOutcome.SUCCEEDED}
    assert [each["amount"] for each in booked(simulator, payment)["refunds"]] == [1001]


@pytest.mark.parametrize(("provider", "scene"), CHANNELS)
def test_a_refund_whose_answer_was_lost_is_sent_again_once(simulator, channels, provider, scene):
    payment, charge = open_one(provider, scene)
    pay(simulator, charge, payment)
    gateway = get_gateway(provider)
    refund = a_refund(payment, gateway.query(payment), "10.01")
    turn_knob(simulator, payment, "lost_response", operation="refund", match=refund.number)

    with pytest.raises(OutgoingFailed):
        gateway.refund(refund)
    gateway.refund(refund)

    until(lambda: gateway.query_refund(refund).outcome is RefundOutcome.SUCCEEDED)
    assert [each["number"] for each in booked(simulator, payment)["refunds"]] == [refund.number]


@pytest.mark.parametrize(("provider", "scene"), CHANNELS)
def test_more_than_was_paid_is_a_persons_business(simulator, channels, provider, scene):
    payment, charge = open_one(provider, scene)
    pay(simulator, charge, payment)
    gateway = get_gateway(provider)
    refund = a_refund(payment, gateway.query(payment), "26.05")
    refund.amount = Decimal("26.06")

    answer = gateway.refund(refund)

    assert answer.outcome is RefundOutcome.REFUSED
    assert answer.reason
    assert booked(simulator, payment)["refunds"] == []


@pytest.mark.parametrize("fault", ["lost_response", "server_error", "garbage"])
@pytest.mark.parametrize(("provider", "scene"), CHANNELS)
def test_an_answer_that_cannot_be_used_leaves_everything_open(
    simulator, channels, provider, scene, fault
):
    payment, charge = open_one(provider, scene)
    pay(simulator, charge, payment)
    turn_knob(simulator, payment, fault, operation="query")

    with pytest.raises(OutgoingFailed):
        get_gateway(provider).query(payment)

    payment.refresh_from_db()
    assert payment.status == PaymentStatus.PENDING
    assert get_gateway(provider).query(payment).is_success


def test_a_charge_that_the_channel_refuses_has_failed(simulator, channels):
    payment = start("WECHAT", Scene.QR)
    turn_knob(simulator, payment, "refuse", value="RULE_LIMIT", operation="pay")

    with pytest.raises(ChannelRefused):
        open_charge(payment.pk, payer_ip="203.0.113.9", open_id="")

    payment.refresh_from_db()
    assert payment.status == PaymentStatus.FAILED
    assert "RULE_LIMIT" in payment.problem


def test_what_was_said_is_kept_without_secrets(simulator, channels):
    payment, charge = open_one("ALIPAY", Scene.QR)
    pay(simulator, charge, payment)
    get_gateway("ALIPAY").query(payment)

    call = ChannelCall.objects.get(operation="query")

    assert (call.reference, call.status) == (payment.out_trade_no, 200)
    assert payment.out_trade_no in call.request
    assert "26.05" in call.response
    assert "139****0000" not in call.response
    assert '"sign":"' in call.response
    assert max(len(part) for part in call.response.split('"')) < 60
