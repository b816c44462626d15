import pytest

from apps.accounts.tests.factories import AddressFactory
from apps.cart.models import CartLine
from apps.catalog.models import Sku
from apps.checkout.tests.factories import a_cart, a_paid_trade, a_sku, a_trade
from apps.inventory.models import StockItem
from apps.orders.models import Order, OrderStatus, Trade, TradeStatus

pytestmark = pytest.mark.django_db

KEY = {"HTTP_IDEMPOTENCY_KEY": "order-0001"}


@pytest.fixture
def api(api_client, shopper):
    return api_client(shopper)


@pytest.fixture
def address(shopper):
    return AddressFactory(user=shopper, is_default=True)


def quoted(api, address, *wanted):
    lines = [{"sku_id": sku.pk, "quantity": quantity} for sku, quantity in wanted]
    return api.post("/api/v1/quotes/", {"lines": lines, "address_id": address.pk}).json()


def test_from_quote_to_trade(api, address):
    sku = a_sku(price="12.50")
    quote = quoted(api, address, (sku, 2))

    answer = api.post("/api/v1/trades/", {"quote": quote["quote"], "address_id": address.pk}, **KEY)

    assert quote["payable_amount"] == "25.00"
    assert answer.status_code == 201
    assert answer.json()["payable_amount"] == "25.00"
    order = api.get(f"/api/v1/orders/{answer.json()['orders'][0]}/").json()
    assert (order["status"], order["lines"][0]["quantity"]) == ("UNPAID", 2)


def test_the_same_key_gives_the_stored_answer(api, address):
    body = {"quote": quoted(api, address, (a_sku(), 1))["quote"], "address_id": address.pk}

    first, second = (api.post("/api/v1/trades/", body, **KEY) for _ in range(2))

    assert first.json() == second.json()
    assert second.headers["Idempotent-Replayed"] == "true"
    assert Trade.objects.count() == 1


def test_the_same_key_with_another_body_places_nothing(api, address):
    body = {"quote": quoted(api, address, (a_sku(), 1))["quote"], "address_id": address.pk}
    api.post("/api/v1/trades/", body, **KEY)

    answer = api.post("/api/v1/trades/", body | {"remarks": []}, **KEY)

    assert (answer.status_code, answer.json()["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")
    assert Trade.objects.count() == 1


def test_without_a_key_nothing_is_placed(api, address):
    body = {"quote": quoted(api, address, (a_sku(), 1))["quote"], "address_id": address.pk}

    answer = api.post("/api/v1/trades/", body)

    assert (answer.status_code, answer.json()["code"]) == (400, "IDEMPOTENCY_KEY_REQUIRED")
    assert not Trade.objects.exists()


def test_a_refused_key_may_be_used_again(api, address):
    sku = a_sku(price="10.00")
    body = {"quote": quoted(api, address, (sku, 1))["quote"], "address_id": address.pk}
    Sku.objects.filter(pk=sku.pk).update(price="11.00")

    refused = api.post("/api/v1/trades/", body, **KEY)
    Sku.objects.filter(pk=sku.pk).update(price="10.00")
    accepted = api.post("/api/v1/trades/", body, **KEY)

    assert (refused.status_code, refused.json()["code"]) == (409, "PRICE_CHANGED")
    assert refused.json()["details"]["now"] == "11.00"
    assert accepted.status_code == 201


def test_somebody_elses_address_is_not_there(api, other_shopper):
    theirs = AddressFactory(user=other_shopper)

    answer = api.post("/api/v1/quotes/", {"lines": [], "address_id": theirs.pk})

    assert answer.status_code == 404


def test_buying_lines_leaves_the_cart_alone_and_buying_the_cart_empties_it(api, shopper, address):
    sku = a_sku()
    a_cart(shopper, (sku, 1))
    single = quoted(api, address, (sku, 2))["quote"]
    api.post("/api/v1/trades/", {"quote": single, "address_id": address.pk}, **KEY)
    assert CartLine.objects.count() == 1

    whole = api.post("/api/v1/quotes/", {"address_id": address.pk}).json()["quote"]
    api.post(
        "/api/v1/trades/",
        {"quote": whole, "address_id": address.pk},
        HTTP_IDEMPOTENCY_KEY="order-0002",
    )
    assert not CartLine.objects.exists()
    assert StockItem.objects.get(sku=sku).reserved == 3


def test_problems_are_named_by_code(api, address):
    gone = a_sku(stock=1)

    quote = quoted(api, address, (gone, 5))

    assert [(each["sku_id"], each["code"]) for each in quote["problems"]] == [
        (gone.pk, "OUT_OF_STOCK")
    ]
    assert quote["payable_amount"] == "0.00"


@pytest.mark.parametrize(
    "line",
    [
        {"sku_id": 1, "quantity": 0},
        {"sku_id": 1, "quantity": -1},
        {"sku_id": 1, "quantity": "１２"},
        {"sku_id": 1, "quantity": True},
        {"sku_id": 1, "quantity": 10**30},
        {"sku_id": "x\0", "quantity": 1},
        {"sku_id": 1, "quantity": 1.5},
        {"sku_id": 1},
        [],
        None,
    ],
)
def test_lines_that_are_none_are_refused(api, line):
    answer = api.post("/api/v1/quotes/", {"lines": [line]})

    assert answer.status_code == 400
    assert set(answer.json()) == {"code", "message", "details", "request_id"}


def test_cart_lines_are_added_changed_and_removed(api):
    sku = a_sku()
    added = api.post("/api/v1/cart-lines/", {"sku_id": sku.pk, "quantity": 2}).json()

    changed = api.patch(f"/api/v1/cart-lines/{added['id']}/", {"quantity": 3, "is_selected": False})
    assert (changed.json()["quantity"], changed.json()["is_selected"]) == (3, False)
    assert api.delete(f"/api/v1/cart-lines/{added['id']}/").status_code == 204
    assert api.get("/api/v1/cart-lines/").json() == []


def test_cancelling_over_the_api(api, shopper):
    unpaid = a_trade(shopper, (a_sku(), 1))
    paid, _payment = a_paid_trade(shopper, (a_sku(), 1))
    order = paid.orders.get()

    first = api.post(f"/api/v1/trades/{unpaid.number}/cancellation/")
    second = api.post(f"/api/v1/orders/{order.number}/cancellation/", {"reason": "买错了"})

    assert (first.status_code, first.json()["outcome"]) == (201, "CANCELLED")
    assert (second.status_code, second.json()["outcome"]) == (201, "REFUNDING")
    assert Trade.objects.get(pk=unpaid.pk).status == TradeStatus.CANCELLED
    again = api.post(f"/api/v1/trades/{unpaid.number}/cancellation/")
    assert (again.status_code, again.json()["code"]) == (409, "INVALID_TRANSITION")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", "trades/{trade}/"),
        ("get", "trades/{trade}/payments/"),
        ("post", "trades/{trade}/payments/"),
        ("post", "trades/{trade}/cancellation/"),
        ("get", "orders/{order}/"),
        ("post", "orders/{order}/receipt/"),
        ("post", "orders/{order}/receipt-extension/"),
        ("post", "orders/{order}/cancellation/"),
    ],
)
def test_a_strangers_rows_are_not_there(api_client, shopper, other_shopper, method, path):
    trade, _payment = a_paid_trade(other_shopper, (a_sku(), 1))
    order = trade.orders.get()
    url = "/api/v1/" + path.format(trade=trade.number, order=order.number)
    body = {"provider": "ALIPAY", "scene": "PAGE"} if method == "post" else None

    assert getattr(api_client(shopper), method)(url, body).status_code == 404
    assert getattr(api_client(), method)(url, body).status_code == 401
    assert Order.objects.get().status == OrderStatus.PAID


def test_lists_are_mine_alone_and_take_few_statements(
    api, shopper, other_shopper, django_assert_max_num_queries
):
    for _ in range(3):
        a_trade(shopper, (a_sku(), 1))
    a_trade(other_shopper, (a_sku(), 1))

    with django_assert_max_num_queries(10):
        orders = api.get("/api/v1/orders/").json()["results"]
    with django_assert_max_num_queries(10):
        trades = api.get("/api/v1/trades/").json()["results"]

    assert len(orders) == len(trades) == 3
    assert api.get("/api/v1/orders/?status=PAID").json()["results"] == []
    assert api.get("/api/v1/orders/?status=NOPE").status_code == 400
