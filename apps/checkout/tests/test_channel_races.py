"""Notices and refunds that come together. Each race has a twin with its guard off, which must go wrong."""

import threading
import time
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.test import Client

from apps.checkout.services import apply_notice, settling
from apps.checkout.tasks import apply_waiting_notices
from apps.checkout.tests.factories import a_paid_trade, a_sku, a_trade
from apps.checkout.tests.test_races import together
from apps.core import clock
from apps.core.models import Delivery
from apps.core.querysets import ShopQuerySet
from apps.core.states import HasStatus
from apps.ledger.models import Posting
from apps.orders.models import Trade, TradeStatus
from apps.payments.gateways import get_gateway
from apps.payments.models import GatewayNotice, Payment, PaymentStatus, Refund, RefundReason
from apps.payments.services import refund_payment
from apps.payments.tests.channel_voices import VOICES
from apps.payments.tests.factories import a_payment_for

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _middleware_is_loaded(transactional_db):
    """As in a web process: the counters of the middleware are made once, before there are threads."""
    Client().get("/healthz")


def a_waiting_payment(shopper, provider="ALIPAY"):
    trade = a_trade(shopper, (a_sku(price="13.00"), 2))
    return trade, a_payment_for(trade, provider=provider, payee=get_gateway(provider).payee())


def facts_of_payment():
    return Delivery.objects.filter(event="PaymentSucceeded").count()


@pytest.mark.parametrize("provider", ["ALIPAY", "WECHAT", "UNIONPAY"])
def test_ten_notices_at_once_are_one_payment_and_ten_thanks(shopper, provider):
    voice = VOICES[provider]
    trade, payment = a_waiting_payment(shopper, provider)
    body, headers = voice.seal(voice.fields(payment))

    def post():
        response = voice.post(Client(), body, headers)
        return response.status_code, response.content

    answers = together(*[post] * 10)

    assert set(answers) == {voice.accepted}
    apply_waiting(seconds=11)
    trade.refresh_from_db()
    assert trade.status == TradeStatus.PAID
    told = GatewayNotice.objects.filter(out_trade_no=payment.out_trade_no)
    assert (told.count(), Posting.objects.count()) == (1, 1)
    assert facts_of_payment() == 1


@pytest.mark.breaks_laws
def test_ten_notices_at_once_without_locks(shopper, monkeypatch):
    """Guard off: nobody waits, and a move does not look where the row stands; the payment happens twice."""
    _trade, payment = a_waiting_payment(shopper)
    voice, meeting = VOICES["ALIPAY"], threading.Barrier(2, timeout=5)
    bodies = [
        voice.seal(voice.fields(payment))[0] for _each in range(2)
    ]  # told under two notice ids

    def blind_move(self, status, *, by=None, reason="", **changes):
        if isinstance(self, Payment):
            meeting.wait()
        type(self).objects.filter(pk=self.pk).update(status=status, **changes)
        self.status = status

    monkeypatch.setattr(ShopQuerySet, "locked", lambda self: self.order_by("pk"))
    monkeypatch.setattr(HasStatus, "move_to", blind_move)
    monkeypatch.setattr(settling, "_dispose_of_money", lambda payment, trade: None)

    together(*[lambda body=body: voice.post(Client(), body, {}) for body in bodies])

    assert facts_of_payment() == 2


def apply_waiting(seconds):
    with clock.travelled(clock.SECOND * seconds):
        apply_waiting_notices()


def hold_trade(trade, seconds, is_held, may_go):
    with transaction.atomic():
        Trade.objects.locked().get(pk=trade.pk)
        is_held.set()
        may_go.wait(seconds)
    connection.close()


def test_a_locked_trade_keeps_no_channel_waiting(shopper):
    """Fault C20: the inbox row is committed and answered at once; the workers do the rest."""
    voice = VOICES["WECHAT"]
    trade, payment = a_waiting_payment(shopper, "WECHAT")
    is_held, may_go = threading.Event(), threading.Event()
    holder = threading.Thread(target=hold_trade, args=(trade, 20, is_held, may_go))
    holder.start()
    is_held.wait(5)
    body, headers = voice.seal(voice.fields(payment))

    started = time.monotonic()
    response = voice.post(Client(), body, headers)
    took = time.monotonic() - started
    waiting = GatewayNotice.objects.get()
    may_go.set()
    holder.join()

    assert (response.status_code, response.content) == voice.accepted
    assert took < 1
    assert waiting.applied_at is None
    apply_waiting(seconds=11)
    trade.refresh_from_db()
    assert trade.status == TradeStatus.PAID


def test_what_fails_after_the_inbox_is_finished_by_the_workers(shopper, monkeypatch):
    """Fault C21: the answer is true, for the row is safe."""
    voice = VOICES["UNIONPAY"]
    trade, payment = a_waiting_payment(shopper, "UNIONPAY")
    body, headers = voice.seal(voice.fields(payment))

    def dies(payment, trade):
        raise RuntimeError("the process dies here")

    with monkeypatch.context() as broken:
        broken.setattr(settling, "_dispose_of_money", dies)
        response = voice.post(Client(), body, headers)
    payment.refresh_from_db()

    assert (response.status_code, response.content) == voice.accepted
    assert payment.status == PaymentStatus.PENDING
    apply_waiting(seconds=11)
    trade.refresh_from_db()
    assert (trade.status, Posting.objects.count()) == (TradeStatus.PAID, 1)


def test_a_notice_that_came_before_its_payment_is_applied_when_it_is_known(shopper):
    voice = VOICES["ALIPAY"]
    trade, payment = a_waiting_payment(shopper)
    body, headers = voice.seal(voice.fields(payment))
    Payment.objects.filter(pk=payment.pk).update(out_trade_no="20260000000000000000")

    early = voice.post(Client(), body, headers)
    Payment.objects.filter(pk=payment.pk).update(out_trade_no=payment.out_trade_no)
    apply_notice(GatewayNotice.objects.get().pk)

    assert early.content == b"fail"
    trade.refresh_from_db()
    assert trade.status == TradeStatus.PAID


def ask_back(payment, amount):
    return refund_payment(
        payment_id=payment.pk,
        amount=Decimal(amount),
        reason=RefundReason.AGREED,
        reference=payment.reference,
        actor=None,
    )


def test_two_refunds_that_pass_the_payment_together(shopper):
    for _round in range(10):
        _trade, payment = a_paid_trade(shopper, (a_sku(price="13.00"), 2))

        outcomes = together(*[lambda payment=payment: ask_back(payment, "15.00")] * 2)

        assert sum(isinstance(outcome, Refund) for outcome in outcomes) == 1
        assert outcomes.count("REFUND_EXCEEDS_PAYMENT") == 1
        payment.refresh_from_db()
        assert payment.refunding_amount == Decimal("15.00")


@pytest.mark.breaks_laws
def test_two_refunds_with_a_check_that_only_looks(shopper):
    """The guard off: look, then write. Both look before either has written, and 30.00 go back of 26.00."""
    _trade, payment = a_paid_trade(shopper, (a_sku(price="13.00"), 2))
    meeting = threading.Barrier(2, timeout=5)

    def look_and_write():
        asked = sum(refund.amount for refund in Refund.objects.filter(payment=payment))
        meeting.wait()
        if asked + Decimal("15.00") <= payment.amount:
            Refund.objects.create(
                number=str(time.monotonic_ns())[-20:],
                payment=payment,
                provider=payment.provider,
                amount=Decimal("15.00"),
                reason=RefundReason.AGREED,
                reference=payment.reference,
            )

    together(look_and_write, look_and_write)

    assert sum(refund.amount for refund in Refund.objects.all()) > payment.amount
