"""Threads on the real database. Each race has a twin with its guard off, which must go wrong."""

import threading
import time
import uuid
from contextlib import suppress
from decimal import Decimal

import pytest
from django.db import connection

from apps.accounts.tests.factories import UserFactory
from apps.checkout.services import (
    apply_channel_fact,
    cancel_order,
    cancel_trade,
    cancelling,
    place_trade,
    refund_order,
    settling,
)
from apps.checkout.tests.factories import a_draft, a_paid_trade, a_sku, a_trade
from apps.core.errors import Refusal
from apps.core.querysets import ShopQuerySet
from apps.core.states import HasStatus
from apps.inventory.models import StockItem
from apps.ledger.models import Posting
from apps.orders.models import Order, OrderRefund, Trade, TradeStatus
from apps.payments.models import Disposition, Payment, Refund
from apps.payments.tests.factories import a_payment_for, paid_fact

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def together(*works):
    """Run each in a thread of its own, all let go at once; return what each returned or was refused with."""
    barrier, outcomes = threading.Barrier(len(works)), [None] * len(works)

    def run(place, work):
        barrier.wait()
        try:
            outcomes[place] = work()
        except Refusal as refusal:
            outcomes[place] = refusal.code
        except Exception as problem:  # noqa: BLE001  it is what the test looks at
            outcomes[place] = problem
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


@pytest.fixture(autouse=True)
def silent_channel(monkeypatch):
    """The channel is asked to close and does not answer: whatever it knows comes as a fact."""
    monkeypatch.setattr(cancelling, "ask_channel_to_close", lambda payment_id: None)


@pytest.fixture
def without_locks(monkeypatch):
    """The guard off: nobody waits for anybody, and a move does not look where the row stands."""
    meeting = threading.Barrier(2)

    def blind_move(self, status, *, by=None, reason="", **changes):
        if isinstance(self, Trade):
            with suppress(threading.BrokenBarrierError):
                meeting.wait(timeout=2)
            if status == TradeStatus.PAID:
                time.sleep(0.3)  # the other's word first: the other way round a CHECK would object
        type(self).objects.filter(pk=self.pk).update(status=status, **changes)
        self.status = status

    # the rows of stock and payment would make one of the two wait, and so save the day
    monkeypatch.setattr(cancelling, "list_live_payments", lambda reference: [])
    monkeypatch.setattr(settling, "confirm_reservations", lambda references: None)
    monkeypatch.setattr(ShopQuerySet, "locked", lambda self: self.order_by("pk"))
    monkeypatch.setattr(HasStatus, "move_to", blind_move)


def test_sixty_shoppers_for_twenty_pieces():
    sku = a_sku(stock=20)
    drafts = [a_draft(UserFactory(), (sku, 1)) for _ in range(60)]

    outcomes = together(*[lambda draft=draft: place_trade(draft) for draft in drafts])

    assert sum(isinstance(outcome, Trade) for outcome in outcomes) == 20
    assert outcomes.count("OUT_OF_STOCK") == 40
    assert StockItem.objects.get(sku=sku).reserved == 20
    assert Trade.objects.count() == 20


def test_two_baskets_the_other_way_round_do_not_deadlock(shopper, other_shopper):
    first, second = a_sku(stock=1000), a_sku(stock=1000)

    for _round in range(20):
        outcomes = together(
            lambda: place_trade(a_draft(shopper, (first, 1), (second, 1))),
            lambda: place_trade(a_draft(other_shopper, (second, 1), (first, 1))),
        )
        assert all(isinstance(outcome, Trade) for outcome in outcomes), outcomes


def test_one_form_sent_by_sixteen_tabs_is_one_trade(shopper):
    sku = a_sku(stock=100)
    draft = a_draft(shopper, (sku, 1), checkout_key=uuid.uuid4())

    outcomes = together(*[lambda: place_trade(draft)] * 16)

    assert {outcome.pk for outcome in outcomes} == {Trade.objects.get().pk}
    assert StockItem.objects.get(sku=sku).reserved == 1


def test_a_limit_per_shopper_holds_in_eight_tabs(shopper):
    sku = a_sku(stock=100, max_per_user=3)
    drafts = [a_draft(shopper, (sku, 1)) for _ in range(8)]

    outcomes = together(*[lambda draft=draft: place_trade(draft) for draft in drafts])

    assert sum(isinstance(outcome, Trade) for outcome in outcomes) == 3
    assert outcomes.count("PURCHASE_LIMIT_REACHED") == 5


def cancel_and_pay(trade):
    payment = a_payment_for(trade)
    together(
        lambda: cancel_trade(trade_id=trade.pk, reason="EXPIRED", actor=None),
        lambda: apply_channel_fact(paid_fact(payment)),
    )
    trade.refresh_from_db()
    payment.refresh_from_db()
    return payment


def test_money_and_the_end_of_time_in_one_instant(shopper):
    for _round in range(15):
        trade = a_trade(shopper, (a_sku(), 1))

        payment = cancel_and_pay(trade)

        if trade.status == TradeStatus.PAID:
            assert payment.disposition == Disposition.APPLIED
            assert not Refund.objects.filter(payment=payment).exists()
        else:
            assert trade.status == TradeStatus.CANCELLED
            assert payment.disposition == Disposition.ORPHANED
            assert Refund.objects.get(payment=payment).amount == payment.amount
        assert trade.moves.count() == 2


@pytest.mark.breaks_laws
def test_money_and_the_end_of_time_without_locks(shopper, without_locks):
    trade = a_trade(shopper, (a_sku(), 1))

    cancel_and_pay(trade)

    assert trade.status == TradeStatus.PAID
    assert trade.cancelled_at is not None, "paid and cancelled: somebody was not waited for"


def test_cancel_pay_and_expire_three_ways(shopper):
    for _round in range(10):
        trade = a_trade(shopper, (a_sku(), 1))
        payment = a_payment_for(trade)

        together(
            lambda trade=trade: cancel_trade(trade_id=trade.pk, reason="SHOPPER", actor=shopper),
            lambda payment=payment: apply_channel_fact(paid_fact(payment)),
            lambda trade=trade: cancel_trade(trade_id=trade.pk, reason="EXPIRED", actor=None),
        )

        trade.refresh_from_db()
        assert trade.status in {TradeStatus.PAID, TradeStatus.CANCELLED}
        assert trade.moves.count() == 2
        assert Posting.objects.filter(reference=payment.number).count() == 1


def test_ten_notices_at_once_pay_once(shopper):
    trade = a_trade(shopper, (a_sku(), 1))
    payment = a_payment_for(trade)

    outcomes = together(*[lambda: apply_channel_fact(paid_fact(payment))] * 10)

    assert outcomes == [True] * 10
    assert Posting.objects.count() == 1
    assert Payment.objects.get().moves.filter(to_status="SUCCEEDED").count() == 1


def test_two_channels_paid_at_once_apply_one_and_return_the_other(shopper):
    for _round in range(10):
        trade = a_trade(shopper, (a_sku(), 1))
        payments = [a_payment_for(trade), a_payment_for(trade, provider="WECHAT")]

        together(*[lambda each=each: apply_channel_fact(paid_fact(each)) for each in payments])

        uses = Payment.objects.filter(reference=trade.number).values_list("disposition", flat=True)
        assert sorted(uses) == [Disposition.APPLIED, Disposition.ORPHANED]


def test_two_refunds_that_together_are_too_much(shopper):
    trade, _payment = a_paid_trade(shopper, (a_sku(price="26.00"), 1))
    order_id = trade.orders.get().pk

    def ask():
        return refund_order(order_id=order_id, amount=Decimal("15.00"), reason="", actor=None)

    outcomes = together(ask, ask)

    assert sum(isinstance(outcome, OrderRefund) for outcome in outcomes) == 1
    assert outcomes.count("REFUND_EXCEEDS_PAID") == 1
    assert Payment.objects.get().refunding_amount == Decimal("15.00")


def test_cancelling_a_paid_order_eight_times_at_once_returns_the_money_once(shopper):
    trade, payment = a_paid_trade(shopper, (a_sku(), 1))
    order_id = trade.orders.get().pk

    outcomes = together(*[lambda: cancel_order(order_id=order_id, reason="", actor=None)] * 8)

    assert sum(isinstance(outcome, OrderRefund) for outcome in outcomes) == 1
    assert Refund.objects.get().amount == payment.amount
    assert Order.objects.get().refunding_amount == payment.amount
