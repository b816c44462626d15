from datetime import timedelta
from decimal import Decimal

import pytest

from apps.checkout.services import apply_channel_fact, apply_notice
from apps.checkout.tests.factories import a_paid_trade, a_sku, a_trade
from apps.core import clock
from apps.core.models import Delivery
from apps.inventory.models import Reservation, StockItem
from apps.ledger.models import Posting
from apps.ledger.selectors import balances
from apps.orders.models import OrderStatus, Trade, TradeStatus
from apps.orders.services import cancel_unpaid_trade
from apps.payments.gateways.base import Notice
from apps.payments.models import Disposition, GatewayNotice, Payment, PaymentStatus, Refund
from apps.payments.services import record_notice
from apps.payments.tests.factories import a_payment_for, paid_fact, refunded_fact

pytestmark = pytest.mark.django_db


def test_money_makes_the_trade_paid_and_keeps_its_stock(shopper):
    sku = a_sku(price="13.00")

    trade, payment = a_paid_trade(shopper, (sku, 2))

    assert (trade.status, payment.status) == (TradeStatus.PAID, PaymentStatus.SUCCEEDED)
    assert payment.disposition == Disposition.APPLIED
    assert set(trade.orders.values_list("status", flat=True)) == {OrderStatus.PAID}
    reservation = Reservation.objects.get()
    assert (reservation.status, reservation.expires_at) == ("CONFIRMED", None)
    assert StockItem.objects.get(sku=sku).reserved == 2
    assert balances() == {
        "channel:alipay": Decimal("26.00"),
        f"merchant:{sku.merchant.code}:pending": Decimal("-26.00"),
    }
    assert Delivery.objects.filter(event="OrderPaid").exists()


def test_ten_times_the_same_fact_is_one_payment(shopper):
    trade = a_trade(shopper, (a_sku(), 1))
    payment = a_payment_for(trade)

    for _again in range(10):
        assert apply_channel_fact(paid_fact(payment))

    assert Posting.objects.count() == 1
    assert not Refund.objects.exists()
    assert Delivery.objects.filter(event="PaymentSucceeded").count() == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"amount": Decimal("0.01")},
        {"amount": Decimal("10.01")},
        {"currency": "USD"},
        {"payee": "somebody-else"},
        {"channel_transaction_no": ""},
    ],
)
def test_money_that_does_not_match_freezes_the_payment_and_pays_nothing(shopper, changes):
    trade = a_trade(shopper, (a_sku(), 1))
    payment = a_payment_for(trade)

    apply_channel_fact(paid_fact(payment, **changes))

    payment.refresh_from_db()
    assert payment.status == PaymentStatus.MISMATCH
    assert payment.problem
    assert Trade.objects.get(pk=trade.pk).status == TradeStatus.UNPAID
    assert not Posting.objects.exists()


@pytest.mark.parametrize("late_by", [timedelta(minutes=1), timedelta(days=3)])
def test_money_that_comes_after_the_end_goes_back_whole(shopper, late_by):
    sku = a_sku()
    trade = a_trade(shopper, (sku, 1))
    payment = a_payment_for(trade)
    cancel_unpaid_trade(trade_id=trade.pk, reason="EXPIRED", actor=None)

    with clock.travelled(late_by):
        apply_channel_fact(paid_fact(payment))

    payment.refresh_from_db()
    refund = Refund.objects.get()
    assert payment.disposition == Disposition.ORPHANED
    assert (refund.amount, refund.reason) == (payment.amount, "LATE_PAYMENT")
    assert Trade.objects.get(pk=trade.pk).status == TradeStatus.CANCELLED
    assert balances()["suspense:late"] == -payment.amount

    apply_channel_fact(refunded_fact(refund))

    payment.refresh_from_db()
    assert payment.status == PaymentStatus.REFUNDED
    assert balances() == {"channel:alipay": 0, "suspense:late": 0}


def test_a_second_payment_through_another_channel_goes_back(shopper):
    trade, first = a_paid_trade(shopper, (a_sku(), 1))
    second = a_payment_for(trade, provider="WECHAT")

    apply_channel_fact(paid_fact(second))

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.disposition, second.disposition) == (Disposition.APPLIED, Disposition.ORPHANED)
    assert Refund.objects.get().payment_id == second.pk


def test_a_notice_of_the_inbox_is_applied_once_and_marked(shopper):
    trade = a_trade(shopper, (a_sku(), 1))
    payment = a_payment_for(trade)
    notice = Notice(provider="ALIPAY", notice_id="n-1", body="raw", fact=paid_fact(payment))

    row = record_notice(notice)
    again = record_notice(notice)
    apply_notice(row.pk)
    apply_notice(row.pk)

    assert again.pk == row.pk
    assert GatewayNotice.objects.get().applied_at is not None
    assert Posting.objects.count() == 1


def test_a_notice_about_nothing_we_know_waits_in_the_inbox(shopper):
    trade = a_trade(shopper, (a_sku(), 1))
    payment = a_payment_for(trade)
    fact = paid_fact(payment, out_trade_no="unknown")

    row = record_notice(Notice(provider="ALIPAY", notice_id="n-2", body="raw", fact=fact))
    apply_notice(row.pk)

    row.refresh_from_db()
    assert (row.applied_at, row.attempts) == (None, 1)
    assert not Payment.objects.exclude(pk=payment.pk).exists()
