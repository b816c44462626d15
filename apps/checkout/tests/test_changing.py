from dataclasses import replace
from decimal import Decimal

import pytest

from apps.accounts.tests.factories import a_district
from apps.checkout.services import (
    apply_channel_fact,
    changing,
    readdress_trade_order,
    reprice_trade_order,
)
from apps.checkout.services.changing import FreightDiffers
from apps.checkout.tests.factories import ADDRESS, a_paid_trade, a_sku, a_trade
from apps.core.errors import VersionConflict
from apps.core.models import AuditEntry
from apps.core.states import IllegalMove
from apps.logistics.tests.factories import FreightRateFactory
from apps.orders.models import Adjustment, Order, Trade, TradeStatus
from apps.orders.services.changing import ReductionTooLarge
from apps.payments.models import Disposition, PaymentStatus
from apps.payments.tests.factories import a_payment_for, paid_fact

pytestmark = [pytest.mark.django_db, pytest.mark.journey]


@pytest.fixture(autouse=True)
def closing_channel(monkeypatch):
    """The network alone is away: the channel closes without a word."""
    monkeypatch.setattr(changing, "ask_channel_to_close", lambda payment_id: None)


def reprice(order, reduction, freight="0.00", **changes):
    return reprice_trade_order(
        order_id=order.pk,
        reduction=Decimal(reduction),
        freight_amount=Decimal(freight),
        expected_version=changes.pop("version", order.version),
        actor=None,
        reason="老客户",
    )


def test_a_reduction_is_shared_out_and_the_trade_follows(shopper):
    first = a_sku(price="10.00")
    second = a_sku(price="20.00", spu=first.spu)
    order = a_trade(shopper, (first, 1), (second, 1)).orders.get()

    reprice(order, "5.00", "3.00")

    order = Order.objects.get()
    assert (order.discount_amount, order.freight_amount, order.payable_amount) == (
        Decimal("5.00"),
        Decimal("3.00"),
        Decimal("28.00"),
    )
    assert Trade.objects.get().payable_amount == Decimal("28.00")
    assert [each.amount for each in Adjustment.objects.order_by("line_id")] == [
        Decimal("1.67"),
        Decimal("3.33"),
    ]
    entry = AuditEntry.objects.get()
    assert (entry.before["payable_amount"], entry.after["payable_amount"]) == ("30.00", "28.00")


def test_a_second_reduction_replaces_the_first(shopper):
    order = a_trade(shopper, (a_sku(price="10.00"), 1)).orders.get()

    reprice(order, "5.00")
    reprice(Order.objects.get(), "2.00")

    assert Order.objects.get().payable_amount == Decimal("8.00")
    assert Adjustment.objects.get().amount == Decimal("2.00")


def test_the_open_payment_is_closed_and_its_money_would_go_back(shopper):
    trade = a_trade(shopper, (a_sku(price="10.00"), 1))
    payment = a_payment_for(trade)

    reprice(trade.orders.get(), "1.00")

    payment.refresh_from_db()
    assert payment.status == PaymentStatus.CLOSED
    apply_channel_fact(paid_fact(payment))
    payment.refresh_from_db()
    assert payment.disposition == Disposition.ORPHANED
    assert Trade.objects.get().status == TradeStatus.UNPAID


@pytest.mark.parametrize("reduction", ["10.00", "10.01", "-1.00"])
def test_something_must_be_left_to_pay(shopper, reduction):
    order = a_trade(shopper, (a_sku(price="10.00"), 1)).orders.get()

    with pytest.raises(ReductionTooLarge):
        reprice(order, reduction)

    assert Order.objects.get().payable_amount == Decimal("10.00")
    assert not Adjustment.objects.exists()


def test_the_second_operator_is_told(shopper):
    order = a_trade(shopper, (a_sku(price="10.00"), 1)).orders.get()
    reprice(order, "1.00")

    with pytest.raises(VersionConflict):
        reprice(order, "2.00")

    assert Order.objects.get().payable_amount == Decimal("9.00")


def test_a_paid_order_keeps_its_price(shopper):
    trade, _payment = a_paid_trade(shopper, (a_sku(price="10.00"), 1))

    with pytest.raises(IllegalMove):
        reprice(trade.orders.get(), "1.00")

    assert Order.objects.get().payable_amount == Decimal("10.00")


def move_to(order, region_code, **changes):
    a_district(region_code)
    address = replace(ADDRESS, region_code=region_code, street="江南大道 1 号")
    return readdress_trade_order(
        order_id=order.pk,
        address=address,
        expected_version=order.version,
        actor=None,
        reason="",
        **changes,
    )


def dear_district(sku, code):
    """Delivery costs 8 yuan everywhere, and 20 in one district."""
    common = {"first_units": 1, "extra_units": 1, "extra_fee": Decimal("0.00")}
    rate = FreightRateFactory(template__merchant=sku.merchant, first_fee=Decimal("8.00"), **common)
    FreightRateFactory(
        template=rate.template, first_fee=Decimal("20.00"), region_codes=[code], **common
    )


def test_an_unpaid_order_moves_with_its_freight(shopper):
    sku = a_sku(price="10.00")
    dear_district(sku, "330108")
    order = a_trade(shopper, (sku, 1)).orders.get()
    assert order.freight_amount == Decimal("8.00")

    move_to(order, "330108")

    order = Order.objects.get()
    assert (order.freight_amount, order.payable_amount) == (Decimal("20.00"), Decimal("30.00"))
    assert order.street == "江南大道 1 号"


def test_a_paid_order_moves_only_where_delivery_costs_the_same(shopper):
    sku = a_sku(price="10.00")
    dear_district(sku, "330108")
    trade, _payment = a_paid_trade(shopper, (sku, 1))
    order = trade.orders.get()

    with pytest.raises(FreightDiffers):
        move_to(order, "330108")
    assert Order.objects.get().street == ADDRESS.street

    move_to(order, "330106")
    assert Order.objects.get().street == "江南大道 1 号"
