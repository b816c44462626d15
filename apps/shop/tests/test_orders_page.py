import pytest
from django.test import Client
from django.urls import reverse

from apps.cart.selectors import token_hash
from apps.cart.visitors import COOKIE
from apps.checkout.services import refund_order
from apps.checkout.tests.factories import a_paid_trade, a_sku, a_trade
from apps.orders.models import Order, OrderStatus

pytestmark = pytest.mark.django_db


def show(browser, order):
    return browser.get(order.get_absolute_url()).content.decode()


def test_strangers_are_asked_to_sign_in(client):
    answer = client.get(reverse("orders"))

    assert answer.headers["Location"] == "/account/sign-in/?next=%2Forders%2F"


def test_the_list_shows_mine_by_state(browser, shopper, other_shopper):
    mine = a_trade(shopper, (a_sku(price="12.00"), 2)).orders.get()
    paid = a_paid_trade(shopper, (a_sku(), 1))[0].orders.get()
    theirs = a_trade(other_shopper, (a_sku(), 1)).orders.get()

    everything = browser.get(reverse("orders")).content.decode()
    unpaid = browser.get(reverse("orders"), {"state": "unpaid"}).content.decode()

    assert mine.number in everything
    assert paid.number in everything
    assert theirs.number not in everything
    assert mine.number in unpaid
    assert paid.number not in unpaid
    assert "¥24.00" in everything


def test_an_unpaid_order_can_be_paid_or_cancelled_and_nothing_else(browser, shopper):
    order = a_trade(shopper, (a_sku(), 1)).orders.select_related("trade").get()

    html = show(browser, order)

    assert reverse("trade-pay", args=[order.trade.number]) in html
    assert reverse("trade-cancellation", args=[order.trade.number]) in html
    assert reverse("order-receipt", args=[order.number]) not in html


def test_a_paid_order_can_be_cancelled_and_names_its_channel(browser, shopper):
    order = a_paid_trade(shopper, (a_sku(), 1))[0].orders.get()

    html = show(browser, order)

    assert reverse("order-cancellation", args=[order.number]) in html
    assert "待发货" in html
    assert "支付宝" in html


def test_a_shipped_order_can_be_received_or_given_more_time(browser, shopper):
    order = a_paid_trade(shopper, (a_sku(), 1))[0].orders.get()
    Order.objects.filter(pk=order.pk).update(status=OrderStatus.SHIPPED)

    html = show(browser, order)

    assert reverse("order-receipt", args=[order.number]) in html
    assert reverse("order-extension", args=[order.number]) in html
    assert reverse("order-cancellation", args=[order.number]) not in html


def test_a_completed_order_offers_nothing_that_changes_it(browser, shopper):
    order = a_paid_trade(shopper, (a_sku(), 1))[0].orders.get()
    Order.objects.filter(pk=order.pk).update(status=OrderStatus.COMPLETED)

    html = show(browser, order)

    assert 'action="/orders/' not in html
    assert "交易已完成" in html


def test_refunds_stand_on_the_order_with_their_amount(browser, shopper):
    order = a_paid_trade(shopper, (a_sku(price="10.00"), 1))[0].orders.get()
    refund_order(order_id=order.pk, amount=order.payable_amount / 2, reason="", actor=None)

    html = show(browser, order)

    assert "原路退回" in html
    assert "已申请退款 ¥5.00" in html


def test_the_phone_number_is_masked(browser, shopper):
    order = a_trade(shopper, (a_sku(), 1)).orders.get()

    html = show(browser, order)

    assert "139****5678" in html
    assert "13912345678" not in html


def test_a_strangers_order_does_not_exist(browser, other_shopper):
    order = a_trade(other_shopper, (a_sku(), 1)).orders.get()

    assert browser.get(order.get_absolute_url()).status_code == 404
    assert browser.get(reverse("order-print", args=[order.number])).status_code == 404
    assert browser.get("/orders/123/").status_code == 404


def test_a_guest_finds_orders_by_the_browsers_own_token(db):
    trade = a_trade(None, (a_sku(), 1), owner=f"guest:{token_hash('abc')}")
    guest, stranger = Client(), Client()
    guest.cookies[COOKIE] = "abc"
    stranger.cookies[COOKIE] = "xyz"
    order = trade.orders.get()

    assert order.number in guest.get(reverse("orders")).content.decode()
    assert order.number not in stranger.get(reverse("orders")).content.decode()
    assert stranger.get(order.get_absolute_url()).status_code == 404


def test_the_list_goes_on_page_by_page(browser, shopper):
    sku = a_sku(stock=100)
    numbers = [a_trade(shopper, (sku, 1)).orders.get().number for _ in range(12)]

    first = browser.get(reverse("orders")).content.decode()
    later = browser.get(reverse("orders"), {"before": numbers[2]}).content.decode()

    assert sum(number in first for number in numbers) == 10
    assert f"before={numbers[2]}" in first
    assert [number for number in numbers if f"/orders/{number}/" in later] == numbers[:2]


def test_nonsense_in_the_address_is_passed_over(browser, shopper):
    a_trade(shopper, (a_sku(), 1))

    for query in ("?before=x", "?state=x", "?before=99999999999999999999"):
        assert browser.get(f"{reverse('orders')}{query}").status_code == 200


def test_the_printed_order_has_its_lines_and_no_menus(browser, shopper):
    order = a_trade(shopper, (a_sku(price="12.00"), 2)).orders.get()

    html = browser.get(reverse("order-print", args=[order.number])).content.decode()

    assert "¥24.00" in html
    assert 'class="search"' not in html


@pytest.mark.parametrize("address", ["orders", "order"])
def test_orders_need_ten_statements_at_most(
    browser, shopper, django_assert_max_num_queries, address
):
    for _ in range(3):
        order = a_paid_trade(shopper, (a_sku(), 1), (a_sku(), 2))[0].orders.first()
    url = reverse("orders") if address == "orders" else order.get_absolute_url()

    with django_assert_max_num_queries(10):
        assert browser.get(url).status_code == 200
