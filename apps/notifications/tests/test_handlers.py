from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import override_settings

from apps.accounts.models import User
from apps.checkout.services import apply_channel_fact, cancel_trade
from apps.checkout.services.returning import apply_refund_fact, refund_order
from apps.checkout.tests.factories import a_paid_trade, a_sku, a_trade
from apps.core import clock
from apps.core.bus import deliver
from apps.core.models import Delivery, DeliveryStatus
from apps.inventory.models import StockItem
from apps.logistics.events import ParcelMoved
from apps.logistics.services import ship_order
from apps.logistics.tests.factories import a_carrier
from apps.messaging.models import OutgoingMessage
from apps.notifications.handlers import tell_money_returned, tell_problem, tell_shipped
from apps.notifications.models import Notification, Preference, Template
from apps.orders.events import OrderShipped
from apps.orders.models import CancelReason
from apps.orders.services import cancel_unpaid_trade, receive_order
from apps.payments.events import RefundSucceeded
from apps.payments.models import Refund
from apps.payments.tests.factories import a_payment_for, paid_fact, refunded_fact

pytestmark = pytest.mark.django_db


@pytest.fixture
def shopper(shopper):
    shopper.email = "wang@example.com"
    shopper.save()
    return shopper


def deliver_all():
    """Run what the workers would run for this app."""
    for row in Delivery.objects.filter(handler__startswith="apps.notifications"):
        deliver(row.pk)
    stuck = Delivery.objects.filter(handler__startswith="apps.notifications")
    assert not stuck.exclude(status=DeliveryStatus.DONE).exists()


def told(user):
    return list(Notification.objects.visible_to(user).order_by("pk").values_list("kind", flat=True))


def sent():
    return [(row.channel, row.target) for row in OutgoingMessage.objects.order_by("pk")]


def shipped(order, quantity=None, waybill="YT1234567890123"):
    a_carrier("yto")
    quantities = {line.pk: quantity or line.quantity for line in order.lines.all()}
    return ship_order(
        order_id=order.pk,
        quantities=quantities,
        carrier_code="yto",
        waybill=waybill,
        actor=None,
    )


def test_a_placed_order_asks_for_payment(shopper):
    trade = a_trade(shopper, (a_sku(price="64.00"), 2))

    deliver_all()

    row = Notification.objects.get()
    assert (row.user, row.kind, row.number) == (shopper, "TRADE_PLACED", trade.number)
    assert row.title == "订单已提交，请付款"
    assert "¥128.00" in row.body
    assert row.link == f"/trades/{trade.number}/"
    assert sent() == []


def test_who_has_paid_meanwhile_is_not_asked_any_more(shopper):
    a_paid_trade(shopper, (a_sku(), 1))

    deliver_all()

    assert told(shopper) == ["ORDER_PAID"]


def test_one_payment_for_two_merchants_is_told_once(shopper):
    trade, _payment = a_paid_trade(shopper, (a_sku(price="10.00"), 1), (a_sku(price="5.50"), 1))
    assert trade.orders.count() == 2

    deliver_all()

    row = Notification.objects.get()
    letter = OutgoingMessage.objects.get()
    assert "¥15.50" in row.body
    assert (letter.channel, letter.target) == ("EMAIL", "wang@example.com")
    assert f"/trades/{trade.number}/" in letter.body


def test_the_same_fact_again_tells_nothing_new(shopper):
    a_paid_trade(shopper, (a_sku(), 1))
    deliver_all()
    before = (told(shopper), sent())

    Delivery.objects.filter(handler__startswith="apps.notifications").update(
        status=DeliveryStatus.WAITING
    )
    deliver_all()

    assert (told(shopper), sent()) == before


def test_everyone_reads_their_own_language(shopper):
    User.objects.update(language="en")
    a_paid_trade(shopper, (a_sku(), 1), (a_sku(), 1))

    deliver_all()

    row = Notification.objects.get()
    assert row.title == "Payment received"
    assert "and 1 more" in row.body


def test_a_language_without_a_text_falls_back(shopper):
    User.objects.update(language="en")
    Template.objects.filter(language="en", channel="SITE").delete()
    a_paid_trade(shopper, (a_sku(), 1))

    deliver_all()

    assert Notification.objects.get().title == "付款成功"


def test_a_cancelled_order_is_told_with_its_reason(shopper):
    trade = a_trade(shopper, (a_sku(), 1))
    cancel_trade(trade_id=trade.pk, reason=CancelReason.EXPIRED, actor=None)

    deliver_all()

    row = Notification.objects.get()
    assert row.kind == "TRADE_CANCELLED"
    assert trade.number in row.body


def test_shipped_goods_are_told_over_every_channel(shopper):
    trade, _payment = a_paid_trade(shopper, (a_sku(), 2))
    order = trade.orders.get()
    shipped(order)

    deliver_all()

    sms = OutgoingMessage.objects.get(channel="SMS")
    assert told(shopper) == ["ORDER_PAID", "ORDER_SHIPPED"]
    assert (sms.target, sms.template_code) == (shopper.phone, "SMS_ORDER_SHIPPED")
    assert sms.params["number"] == order.number
    assert "YT1234567890123" in sms.params["parcels"]


def test_each_part_that_leaves_is_news(shopper):
    trade, _payment = a_paid_trade(shopper, (a_sku(), 3))
    order = trade.orders.get()
    shipped(order, quantity=1)
    deliver_all()
    tell_shipped(OrderShipped(order_id=order.pk))
    assert told(shopper).count("ORDER_SHIPPED") == 1

    shipped(order, quantity=2, waybill="YT1234567890124")
    deliver_all()

    assert told(shopper).count("ORDER_SHIPPED") == 2


def test_wishes_hold_for_mail_and_sms_but_not_for_the_shop(shopper):
    Preference.objects.create(user=shopper, wants_email=False, wants_sms=False)
    trade, _payment = a_paid_trade(shopper, (a_sku(), 1))
    shipped(trade.orders.get())

    deliver_all()

    assert told(shopper) == ["ORDER_PAID", "ORDER_SHIPPED"]
    assert sent() == []


def test_a_guest_is_told_by_sms_to_the_phone_of_the_purchase():
    trade, _payment = a_paid_trade(None, (a_sku(), 1))
    shipped(trade.orders.get())

    deliver_all()

    assert sent() == [("SMS", trade.contact_phone)] * 2
    assert not Notification.objects.exists()


def test_receipt_and_refund_are_told(shopper):
    trade, _payment = a_paid_trade(shopper, (a_sku(price="20.00"), 1))
    order = trade.orders.get()
    shipped(order)
    receive_order(order_id=order.pk, actor=shopper)
    refund_order(order_id=order.pk, amount=Decimal("7.30"), reason="dented", actor=None)
    refund = Refund.objects.get()
    apply_refund_fact(refund_id=refund.pk, fact=refunded_fact(refund))

    deliver_all()

    assert told(shopper)[-2:] == ["ORDER_RECEIVED", "ORDER_REFUNDED"]
    assert "¥7.30" in Notification.objects.latest("pk").body
    assert "PAYMENT_RETURNED" not in told(shopper)


def test_money_that_came_too_late_is_told_once_it_went_back(shopper):
    trade = a_trade(shopper, (a_sku(price="26.00"), 1))
    payment = a_payment_for(trade)
    cancel_unpaid_trade(trade_id=trade.pk, reason=CancelReason.EXPIRED, actor=None)
    apply_channel_fact(paid_fact(payment))
    refund = Refund.objects.get()
    apply_refund_fact(refund_id=refund.pk, fact=refunded_fact(refund))

    deliver_all()

    row = Notification.objects.latest("pk")
    assert (row.kind, row.number) == ("PAYMENT_RETURNED", trade.number)
    assert "¥26.00" in row.body
    tell_money_returned(RefundSucceeded(refund_id=refund.pk))
    assert told(shopper).count("PAYMENT_RETURNED") == 1


def test_trouble_with_a_parcel_is_told_once_per_kind(shopper):
    trade, _payment = a_paid_trade(shopper, (a_sku(), 1))
    order = trade.orders.get()
    shipment = shipped(order)
    parcel = shipment.parcels.get()

    for problem in ("REFUSED", "REFUSED", "", "LOST"):
        tell_problem(
            ParcelMoved(
                parcel_id=parcel.pk, order_id=order.pk, status=parcel.status, problem=problem
            )
        )

    assert told(shopper).count("PARCEL_PROBLEM") == 2


@override_settings(SITE_URL="https://shop.example")
def test_links_in_mails_come_from_the_settings(shopper):
    trade, _payment = a_paid_trade(shopper, (a_sku(), 1))

    deliver_all()

    assert f"https://shop.example/trades/{trade.number}/" in OutgoingMessage.objects.get().body


def test_a_name_with_braces_is_only_a_name(shopper):
    sku = a_sku()
    sku.spu.translations.update(name="{amount} {link} {0.__class__}")
    trade = a_trade(shopper, (sku, 1))

    deliver_all()

    assert "{amount} {link}" in Notification.objects.get(number=trade.number).body


def test_nothing_waits_for_the_clock(shopper):
    trade = a_trade(shopper, (a_sku(), 1))
    clock.travel(timedelta(minutes=5))

    deliver_all()

    assert told(shopper) == ["TRADE_PLACED"]
    assert StockItem.objects.get().reserved == 1
    assert trade.is_unpaid
