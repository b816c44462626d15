"""Whole payments with the channels' own process: it tells us, is asked, closes, pays back, and goes wrong."""

from datetime import timedelta
from decimal import Decimal
from itertools import count

import pytest

from apps.accounts.tests.factories import UserFactory
from apps.checkout.services import cancel_order, cancel_trade, start_trade_payment
from apps.checkout.tasks import (
    apply_waiting_notices,
    expire_unpaid_trades,
    poll_pending_payments,
    send_due_refunds,
)
from apps.checkout.tests.factories import a_sku, a_trade
from apps.core import clock
from apps.core.outgoing import reset_breakers
from apps.orders.models import OrderStatus, TradeStatus
from apps.payments.gateways.charges import Scene
from apps.payments.models import (
    Disposition,
    GatewayNotice,
    Payment,
    PaymentStatus,
    Refund,
    RefundStatus,
)
from apps.payments.services import recheck_payment
from apps.payments.tests.till import booked, control, pay, turn_knob, until

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

CHANNELS = [("ALIPAY", Scene.PAGE), ("WECHAT", Scene.QR), ("UNIONPAY", Scene.PAGE)]
every_channel = pytest.mark.parametrize(("provider", "scene"), CHANNELS)


@pytest.fixture(autouse=True)
def _calm_channels(open_shop, simulator):
    reset_breakers()
    control(simulator, "POST", "clock", {"time_scale": 600})
    yield
    control(simulator, "DELETE", "knobs")


def begin(shopper, provider, scene, price="13.00"):
    trade = a_trade(shopper, (a_sku(price=price, stock=50), 2))
    charge = start_trade_payment(
        trade_id=trade.pk, provider=provider, scene=scene, payer_ip="203.0.113.9"
    )
    return trade, charge, Payment.objects.get(number=charge.payment_number)


def comes_true(row, **values):
    def look():
        row.refresh_from_db()
        return all(getattr(row, name) == value for name, value in values.items())

    return until(look, seconds=15)


def refunds_end(payment, seconds=15):
    """Let the sender work until every refund of the payment has come to an end."""

    def work():
        with clock.travelled(timedelta(minutes=2)):  # past the gaps between two questions
            send_due_refunds()
            apply_waiting_notices()
        return (
            not Refund.objects.filter(payment=payment)
            .exclude(status__in=[RefundStatus.SUCCEEDED, RefundStatus.MANUAL])
            .exists()
        )

    return until(work, seconds)


def paid_back(simulator, payment):
    return sum(
        row["amount"] for row in booked(simulator, payment)["refunds"] if row["status"] == "SUCCESS"
    )


@every_channel
def test_paid_told_and_paid_back(shopper, simulator, provider, scene):
    trade, charge, payment = begin(shopper, provider, scene)

    pay(simulator, charge, payment)
    comes_true(trade, status=TradeStatus.PAID)
    cancel_order(order_id=trade.orders.get().pk, reason="changed my mind", actor=shopper)
    refunds_end(payment)

    payment.refresh_from_db()
    assert (payment.status, payment.disposition) == (PaymentStatus.REFUNDED, Disposition.APPLIED)
    assert trade.orders.get().status == OrderStatus.CLOSED_REFUNDED
    assert paid_back(simulator, payment) == booked(simulator, payment)["amount"] == 2600


@every_channel
def test_notices_in_triplicate_pay_once(shopper, simulator, provider, scene):
    trade, charge, payment = begin(shopper, provider, scene)
    turn_knob(simulator, payment, "duplicate", value=3)

    pay(simulator, charge, payment)

    comes_true(trade, status=TradeStatus.PAID)
    assert GatewayNotice.objects.filter(payment=payment, kind="PAYMENT").count() == 1
    assert payment.moves.filter(to_status="SUCCEEDED").count() == 1


@every_channel
def test_a_notice_that_never_comes_is_found_by_asking(shopper, simulator, provider, scene):
    trade, charge, payment = begin(shopper, provider, scene)
    turn_knob(simulator, payment, "drop", count=20)
    pay(simulator, charge, payment)

    with clock.travelled(timedelta(minutes=2)):
        poll_pending_payments()

    trade.refresh_from_db()
    assert trade.status == TradeStatus.PAID
    assert not GatewayNotice.objects.filter(payment=payment).exists()


@pytest.mark.parametrize("trick", ["wrong_key", "tampered"])
@every_channel
def test_a_forged_notice_moves_nothing_and_the_true_one_does(
    shopper, simulator, provider, scene, trick
):
    trade, charge, payment = begin(shopper, provider, scene)
    field = {"ALIPAY": "total_amount", "WECHAT": "summary", "UNIONPAY": "txnAmt"}[provider]
    turn_knob(simulator, payment, trick, value={"field": field, "value": "1"})
    pay(simulator, charge, payment)

    def was_tried():
        told = control(simulator, "GET", f"notices?subject={payment.out_trade_no}")["notices"]
        return told and told[0]["attempts"]

    until(was_tried)
    assert not GatewayNotice.objects.exists()
    control(simulator, "POST", "notices/resend", {"subject": payment.out_trade_no})

    comes_true(trade, status=TradeStatus.PAID)


@every_channel
def test_a_signed_wrong_amount_freezes_the_payment(shopper, simulator, provider, scene):
    trade, charge, payment = begin(shopper, provider, scene)
    field, value = {
        "ALIPAY": ("total_amount", "0.01"),
        "WECHAT": ("amount.total", 1),
        "UNIONPAY": ("txnAmt", "1"),
    }[provider]
    turn_knob(simulator, payment, "changed_field", value={"field": field, "value": value})

    pay(simulator, charge, payment)

    comes_true(payment, status=PaymentStatus.MISMATCH)
    trade.refresh_from_db()
    assert trade.status == TradeStatus.UNPAID

    recheck_payment(payment_id=payment.pk, actor=UserFactory(is_staff=True))  # a person has looked
    poll_pending_payments()

    trade.refresh_from_db()
    assert trade.status == TradeStatus.PAID  # asked by us, the channel names the true amount


@every_channel
def test_money_after_the_end_goes_back_whole(shopper, simulator, provider, scene):
    trade, charge, payment = begin(shopper, provider, scene)
    pay_and_hide(simulator, charge, payment)
    cancel_trade(trade_id=trade.pk, reason="EXPIRED", actor=None)
    trade.refresh_from_db()
    assert trade.status == TradeStatus.CANCELLED

    control(simulator, "POST", "notices/resend", {"subject": payment.out_trade_no})
    until(lambda: Payment.objects.get(pk=payment.pk).disposition == Disposition.ORPHANED)
    refunds_end(payment)

    refund = Refund.objects.get(payment=payment)
    assert (refund.status, refund.amount) == (RefundStatus.SUCCEEDED, Decimal("26.00"))
    assert paid_back(simulator, payment) == 2600
    trade.refresh_from_db()
    assert trade.status == TradeStatus.CANCELLED


def pay_and_hide(simulator, charge, payment):
    """The shopper pays; nobody tells us, and nobody answers our question before we close."""
    turn_knob(simulator, payment, "drop", count=1)
    turn_knob(simulator, payment, "server_error", operation="query", count=50)
    turn_knob(simulator, payment, "server_error", operation="close", count=50)
    pay(simulator, charge, payment)


@pytest.mark.parametrize(("provider", "scene"), CHANNELS[:2])
def test_paying_while_we_close_is_paying(shopper, simulator, provider, scene):
    trade, charge, payment = begin(shopper, provider, scene)
    if provider == "ALIPAY":  # its trade begins when the browser follows the charge
        control(
            simulator,
            "POST",
            "payments/fail",
            [{"out_trade_no": payment.out_trade_no, "pay_url": charge.url}],
        )
    turn_knob(simulator, payment, "orderpaid_on_close")

    with clock.travelled(timedelta(minutes=31)):
        expire_unpaid_trades()

    trade.refresh_from_db()
    payment.refresh_from_db()
    assert (trade.status, payment.status) == (TradeStatus.PAID, PaymentStatus.SUCCEEDED)


@every_channel
def test_a_lost_answer_to_a_refund_pays_back_once(shopper, simulator, provider, scene):
    trade, charge, payment = begin(shopper, provider, scene)
    pay(simulator, charge, payment)
    comes_true(trade, status=TradeStatus.PAID)
    cancel_order(order_id=trade.orders.get().pk, reason="", actor=shopper)
    refund = Refund.objects.get(payment=payment)
    turn_knob(simulator, payment, "lost_response", operation="refund", match=refund.number)

    refunds_end(payment)

    rows = booked(simulator, payment)["refunds"]
    assert [row["number"] for row in rows] == [refund.number]
    refund.refresh_from_db()
    assert refund.status == RefundStatus.SUCCEEDED


@pytest.mark.parametrize(("provider", "scene"), CHANNELS[:1])
def test_a_refund_that_fails_is_tried_again_under_its_number(shopper, simulator, provider, scene):
    trade, charge, payment = begin(shopper, provider, scene)
    pay(simulator, charge, payment)
    comes_true(trade, status=TradeStatus.PAID)
    cancel_order(order_id=trade.orders.get().pk, reason="", actor=shopper)
    refund = Refund.objects.get(payment=payment)
    turn_knob(simulator, payment, "refund_fails")

    refunds_end(payment)

    refund.refresh_from_db()
    assert refund.status == RefundStatus.SUCCEEDED
    assert paid_back(simulator, payment) == 2600
    assert {row["number"] for row in booked(simulator, payment)["refunds"]} == {refund.number}


@pytest.mark.parametrize(("provider", "scene"), CHANNELS[1:])
def test_a_refund_that_keeps_failing_needs_a_person(shopper, simulator, provider, scene):
    trade, charge, payment = begin(shopper, provider, scene)
    pay(simulator, charge, payment)
    comes_true(trade, status=TradeStatus.PAID)
    turn_knob(simulator, payment, "refund_fails", count=50)
    cancel_order(order_id=trade.orders.get().pk, reason="", actor=shopper)
    refund = Refund.objects.get(payment=payment)

    days = count(1)

    def work():
        with clock.travelled(timedelta(days=next(days))):  # past every pause
            send_due_refunds()
            apply_waiting_notices()
        refund.refresh_from_db()
        return refund.status == RefundStatus.MANUAL

    until(work, seconds=30)
    payment.refresh_from_db()
    assert payment.refunded_amount == 0
    assert payment.refunding_amount == Decimal("26.00")
    assert paid_back(simulator, payment) == 0


def test_changing_the_channel_closes_the_first(shopper, simulator):
    trade, _charge, first = begin(shopper, "WECHAT", Scene.QR)

    charge = start_trade_payment(
        trade_id=trade.pk, provider="ALIPAY", scene=Scene.PAGE, payer_ip="203.0.113.9"
    )
    second = Payment.objects.get(number=charge.payment_number)
    pay(simulator, charge, second)

    comes_true(trade, status=TradeStatus.PAID)
    first.refresh_from_db()
    assert first.status == PaymentStatus.CLOSED
    assert booked(simulator, first)["status"] == "CLOSED"


def test_wechats_probe_comes_first_and_the_true_notice_after_it(shopper, simulator):
    trade, charge, payment = begin(shopper, "WECHAT", Scene.QR)
    turn_knob(simulator, payment, "signtest")

    pay(simulator, charge, payment)

    comes_true(trade, status=TradeStatus.PAID)


def test_a_notice_under_wechats_certificate_is_believed(shopper, simulator):
    trade, charge, payment = begin(shopper, "WECHAT", Scene.QR)
    turn_knob(simulator, payment, "certificate")

    pay(simulator, charge, payment)

    comes_true(trade, status=TradeStatus.PAID)
