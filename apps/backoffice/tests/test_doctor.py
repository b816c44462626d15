import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from apps.checkout.services import apply_channel_fact, cancel_trade, refund_order
from apps.checkout.tests.factories import a_paid_trade, a_sku, a_trade
from apps.core import clock
from apps.core.laws import list_laws, list_violations
from apps.payments.models import Refund
from apps.payments.tests.factories import refunded_fact

pytestmark = pytest.mark.django_db


@pytest.fixture
def a_busy_shop(shopper):
    a_trade(shopper, (a_sku(), 1))
    cancelled = a_trade(shopper, (a_sku(), 2))
    cancel_trade(trade_id=cancelled.pk, reason="SHOPPER", actor=shopper)
    trade, _payment = a_paid_trade(shopper, (a_sku(price="30.00"), 2))
    order = trade.orders.get()
    refund_order(order_id=order.pk, amount=order.payable_amount / 4, reason="碎了", actor=None)
    apply_channel_fact(refunded_fact(Refund.objects.get()))
    return trade


def test_every_law_holds_in_a_busy_shop(a_busy_shop):
    answer = StringIO()

    call_command("doctor", stdout=answer)

    assert "all hold" in answer.getvalue()


@pytest.mark.parametrize(
    ("number", "sql"),
    [
        ("02", "UPDATE inventory_stockitem SET reserved = reserved + 1"),
        (
            "04",
            "UPDATE inventory_reservation SET released_quantity = 1 WHERE released_quantity = 0",
        ),
        (
            "07",
            "UPDATE orders_trade SET goods_amount = goods_amount + 1, payable_amount = payable_amount + 1",
        ),
        ("07", "UPDATE orders_order SET tax_amount = tax_amount + 1"),
        (
            "08",
            "UPDATE orders_orderline SET discount_amount = 1, payable_amount = payable_amount - 1",
        ),
        ("09", "UPDATE payments_payment SET disposition = 'ORPHANED'"),
        ("10", "UPDATE orders_order SET status = 'COMPLETED' WHERE status = 'PAID'"),
        ("15", "UPDATE payments_payment SET refunding_amount = refunding_amount + 1"),
        ("16", "UPDATE orders_order SET refunded_amount = 0, refunding_amount = 0"),
        ("21", "UPDATE payments_payment SET number = '1'"),
        (
            "29",
            "UPDATE core_delivery SET due_at = now() - interval '1 hour' WHERE status = 'WAITING'",
        ),
        ("30", "UPDATE core_delivery SET status = 'STUCK'"),
    ],
)
def test_a_row_that_breaks_a_law_is_found(a_busy_shop, number, sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        assert cursor.rowcount > 0

    answer = StringIO()
    with pytest.raises(SystemExit) as left:
        call_command("doctor", json=True, stdout=answer)

    told = json.loads(answer.getvalue())
    assert left.value.code == 1
    assert number in {law["number"] for law in told["laws"] if law["rows"]}


def test_each_law_is_a_statement_that_runs():
    for law in list_laws():
        assert list_violations(law, at=clock.now()) == []
