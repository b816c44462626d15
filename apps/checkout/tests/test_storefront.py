import re

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.tests.factories import AddressFactory, a_district
from apps.cart.models import Cart, CartLine
from apps.catalog.models import Sku
from apps.checkout.tests.factories import a_cart, a_paid_trade, a_sku, a_trade
from apps.inventory.models import StockItem
from apps.orders.models import Order, OrderStatus, Trade, TradeStatus
from apps.payments.models import Refund

pytestmark = pytest.mark.django_db

SAME_ORIGIN = {"HTTP_SEC_FETCH_SITE": "same-origin"}


@pytest.fixture
def browser(shopper):
    client = Client()
    client.force_login(shopper)
    AddressFactory(user=shopper, is_default=True)
    return client


def hidden(page, name):
    return re.search(rf'name="{name}" value="([^"]*)"', page.content.decode()).group(1)


def form_of(page, **more):
    return {"key": hidden(page, "key"), "quote": hidden(page, "quote"), **more}


def guest_address(**changes):
    a_district()
    return {
        "recipient": "李雷",
        "phone": "13700001234",
        "province": "330000",
        "city": "330100",
        "district": "330106",
        "street": "文三路 1 号",
    } | changes


def test_a_guest_fills_a_cart_and_gets_a_cookie(client):
    sku = a_sku()

    answer = client.post(reverse("cart-add"), {"sku": sku.pk, "quantity": 2}, **SAME_ORIGIN)

    assert answer.status_code == 302
    assert answer.cookies["emshop_guest"]["httponly"]
    assert CartLine.objects.get().quantity == 2


def test_another_sites_form_fills_no_cart(client):
    answer = client.post(
        reverse("cart-add"), {"sku": a_sku().pk, "quantity": 2}, HTTP_SEC_FETCH_SITE="cross-site"
    )

    assert answer.status_code == 403
    assert not Cart.objects.exists()


@pytest.mark.parametrize(
    "quantity", ["0", "-1", "１２", "1e3", "", "99999999999999", "1_0", "\x00"]
)
def test_quantities_that_are_none_change_nothing(client, quantity):
    client.post(reverse("cart-add"), {"sku": a_sku().pk, "quantity": quantity}, **SAME_ORIGIN)

    assert not CartLine.objects.exists()


def test_a_shopper_places_from_the_confirm_page(browser, shopper):
    sku = a_sku(price="12.50")
    a_cart(shopper, (sku, 2))
    page = browser.get(reverse("checkout"))

    answer = browser.post(reverse("checkout"), form_of(page))

    trade = Trade.objects.get()
    assert answer.status_code == 302
    assert answer["Location"] == reverse("trade", args=[trade.number])
    assert trade.shopper == shopper
    assert not CartLine.objects.exists()
    assert Order.objects.get().region_text == "浙江省 杭州市 西湖区"


def test_pressing_twice_is_one_trade(browser, shopper):
    a_cart(shopper, (a_sku(), 1))
    page = browser.get(reverse("checkout"))

    browser.post(reverse("checkout"), form_of(page))
    browser.post(reverse("checkout"), form_of(page))

    assert Trade.objects.count() == 1


def test_a_changed_price_is_shown_and_nothing_is_lost(browser, shopper):
    sku = a_sku(price="12.50")
    a_cart(shopper, (sku, 1))
    page = browser.get(reverse("checkout"))
    Sku.objects.filter(pk=sku.pk).update(price="13.00")

    answer = browser.post(
        reverse("checkout"), form_of(page, **{f"remark-{sku.merchant_id}": "轻放"})
    )

    assert answer.status_code == 409
    assert "轻放" in answer.content.decode()
    assert hidden(answer, "key") == hidden(page, "key")
    assert not Trade.objects.exists()
    assert CartLine.objects.count() == 1

    browser.post(reverse("checkout"), form_of(answer))
    assert str(Trade.objects.get().payable_amount) == "13.00"


def test_buy_now_leaves_the_cart_alone(browser, shopper):
    kept, bought = a_sku(), a_sku()
    a_cart(shopper, (kept, 1))
    url = f"{reverse('checkout')}?sku={bought.pk}&quantity=3"
    page = browser.get(url)

    browser.post(url, form_of(page))

    assert Order.objects.get().lines.get().quantity == 3
    assert CartLine.objects.get().sku_id == kept.pk


def test_a_guest_checks_out_with_an_address_and_sees_the_trade(client):
    sku = a_sku()
    client.post(reverse("cart-add"), {"sku": sku.pk, "quantity": 1}, **SAME_ORIGIN)
    page = client.get(reverse("checkout"))

    answer = client.post(reverse("checkout"), form_of(page, **guest_address()))

    trade = Trade.objects.get()
    assert answer["Location"] == reverse("trade", args=[trade.number])
    assert (trade.shopper_id, trade.contact_phone) == (None, "13700001234")
    assert client.get(reverse("trade-pay", args=[trade.number])).status_code == 200
    assert Client().get(reverse("trade-pay", args=[trade.number])).status_code == 404


def test_an_address_that_is_incomplete_is_asked_for_again(client):
    client.post(reverse("cart-add"), {"sku": a_sku().pk, "quantity": 1}, **SAME_ORIGIN)
    page = client.get(reverse("checkout"))

    answer = client.post(reverse("checkout"), form_of(page, **guest_address(phone="123")))

    assert answer.status_code == 400
    assert "李雷" in answer.content.decode()
    assert not Trade.objects.exists()


@pytest.mark.parametrize("changes", [{"key": "x"}, {"quote": "forged"}, {"key": ""}, {"quote": ""}])
def test_a_page_that_was_tampered_with_places_nothing(browser, shopper, changes):
    a_cart(shopper, (a_sku(), 1))
    page = browser.get(reverse("checkout"))

    answer = browser.post(reverse("checkout"), form_of(page) | changes)

    assert answer.status_code == 400
    assert not Trade.objects.exists()


def test_a_strangers_trade_is_not_there(browser, other_shopper):
    trade = a_trade(other_shopper, (a_sku(), 1))

    for name in ("trade", "trade-pay", "trade-state", "trade-done"):
        assert browser.get(reverse(name, args=[trade.number])).status_code == 404
    for name in ("trade-payments", "trade-cancellation"):
        assert browser.post(reverse(name, args=[trade.number])).status_code == 404
    trade.refresh_from_db()
    assert trade.status == TradeStatus.UNPAID


@pytest.mark.parametrize(
    "number", ["x", "0" * 20, "7d444840-9dc0-11d1-b245-5ffdce74fad2", "%00", "１" * 20]
)
def test_numbers_that_are_none_are_not_found(browser, number):
    assert browser.get(f"/trades/{number}/pay/").status_code in {400, 404}


def test_cancelling_an_unpaid_trade_frees_its_stock(browser, shopper):
    sku = a_sku()
    trade = a_trade(shopper, (sku, 2))

    browser.post(reverse("trade-cancellation", args=[trade.number]))

    trade.refresh_from_db()
    assert trade.status == TradeStatus.CANCELLED
    assert StockItem.objects.get(sku=sku).reserved == 0


def test_cancelling_a_paid_order_sends_the_money_back(browser, shopper):
    trade, payment = a_paid_trade(shopper, (a_sku(), 2))
    order = trade.orders.get()

    browser.post(reverse("order-cancellation", args=[order.number]), {"reason": "买错了"})

    refund = Refund.objects.get()
    assert (refund.payment_id, refund.amount) == (payment.pk, trade.payable_amount)
    assert Order.objects.get().status == OrderStatus.PAID
    assert order.holds.get().code == "REFUND"


def test_the_state_of_a_trade_for_the_page_that_waits(browser, shopper):
    trade, _payment = a_paid_trade(shopper, (a_sku(), 1))

    answer = browser.get(reverse("trade-state", args=[trade.number])).json()

    assert answer == {"state": "PAID", "next": reverse("trade-done", args=[trade.number])}
