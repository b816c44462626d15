from decimal import Decimal

import pytest
from django.urls import reverse

from apps.cart.models import CartLine
from apps.catalog.models import Sku, Spu, SpuStatus
from apps.checkout.tests.factories import a_cart, a_sku
from apps.inventory.models import StockItem

pytestmark = pytest.mark.django_db


def page_of(browser):
    return browser.get(reverse("cart")).content.decode()


def test_an_empty_cart_invites_to_look_around(client):
    assert "购物车还是空的" in page_of(client)


def test_lines_stand_under_their_sellers_with_a_total(browser, shopper):
    first, second = a_sku(price="10.00"), a_sku(price="7.50")
    a_cart(shopper, (first, 2), (second, 1))

    html = page_of(browser)

    assert html.count('<section class="card card--flush cart-group"') == 2
    assert first.merchant.name in html
    assert second.merchant.name in html
    assert "¥27.50" in html


def test_only_selected_lines_are_summed_up(browser, shopper):
    _cart, lines = a_cart(shopper, (a_sku(price="10.00"), 1), (a_sku(price="7.50"), 1))
    CartLine.objects.filter(pk=lines[0].pk).update(is_selected=False)

    html = page_of(browser)

    assert html.count(" checked") == 2  # the other line, and its seller's tick
    assert html.count("¥7.50") >= 2


def test_what_cannot_be_bought_says_why_and_offers_what_can(browser, shopper):
    short, gone = a_sku(stock=10), a_sku()
    a_cart(shopper, (short, 5), (gone, 1))
    StockItem.objects.filter(sku=short).update(on_hand=2)
    Spu.objects.filter(pk=gone.spu_id).update(status=SpuStatus.OFF_SHELF)

    html = page_of(browser)

    assert "暂时无法购买" in html
    assert html.count("cart-line--invalid") == 2
    assert 'name="quantity" value="2">改为 2 件' in html
    assert "暂不出售" in html


def test_the_offered_quantity_heals_the_line(browser, shopper):
    sku = a_sku(stock=10)
    _cart, (line,) = a_cart(shopper, (sku, 5))
    StockItem.objects.filter(sku=sku).update(on_hand=2)

    browser.post(
        reverse("cart-line", args=[line.pk]),
        {"quantity": 2, "is_selected": 1},
        headers={"Sec-Fetch-Site": "same-origin"},
    )

    assert "cart-line--invalid" not in page_of(browser)
    assert CartLine.objects.get().quantity == 2


def test_a_price_that_has_changed_is_told(browser, shopper):
    sku = a_sku(price="10.00")
    a_cart(shopper, (sku, 1))
    Sku.objects.filter(pk=sku.pk).update(price=Decimal("8.00"))

    assert "价格变动：¥10.00 → ¥8.00" in page_of(browser)


def test_the_cart_needs_ten_statements_at_most(browser, shopper, django_assert_max_num_queries):
    a_cart(shopper, *((a_sku(), 1) for _ in range(5)))

    with django_assert_max_num_queries(10):
        assert browser.get(reverse("cart")).status_code == 200
