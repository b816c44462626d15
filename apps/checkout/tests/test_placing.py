import uuid
from decimal import Decimal

import pytest

from apps.cart.limits import NotForSale, QuantityNotAllowed
from apps.cart.models import CartLine
from apps.catalog.models import Sku, SpuStatus
from apps.checkout.baskets import EmptyBasket, NoDeliveryThere, PurchaseLimitReached
from apps.checkout.services import place_trade, placing
from apps.checkout.tests.factories import a_cart, a_draft, a_sku, a_trade
from apps.checkout.tokens import PriceChanged, QuoteUnreadable, ShownQuote, read_quote
from apps.core.models import Delivery, IdempotencyKey
from apps.inventory.models import Reservation, StockItem
from apps.inventory.services import OutOfStock, StockShifted
from apps.logistics.tests.factories import FreightRateFactory
from apps.merchants.models import Contract
from apps.orders.models import Order, OrderLine, OrderMove, OrderStatus, Trade, TradeStatus

pytestmark = pytest.mark.django_db


def nothing_was_written():
    rows = [Trade, Order, OrderLine, OrderMove, Reservation, Delivery, IdempotencyKey]
    held = sum(StockItem.objects.values_list("reserved", flat=True))
    return held == 0 and not any(model.objects.exists() for model in rows)


def test_placing_writes_one_order_per_merchant_and_holds_the_stock(shopper):
    lamp, mug = a_sku(price="120.00"), a_sku(price="19.90", stock=5)

    trade = a_trade(shopper, (lamp, 1), (mug, 3))

    orders = {order.merchant_id: order for order in trade.orders.all()}
    assert set(orders) == {lamp.merchant_id, mug.merchant_id}
    assert (trade.status, trade.payable_amount) == (TradeStatus.UNPAID, Decimal("179.70"))
    assert orders[mug.merchant_id].payable_amount == Decimal("59.70")
    line = orders[mug.merchant_id].lines.get()
    assert (line.number, line.quantity, line.unit_price, line.payable_amount) == (
        f"{orders[mug.merchant_id].number}-1",
        3,
        Decimal("19.90"),
        Decimal("59.70"),
    )
    assert StockItem.objects.get(sku=mug).reserved == 3
    assert Reservation.objects.get(reference=line.number).expires_at == trade.expires_at
    assert set(OrderMove.objects.values_list("to_status", flat=True)) == {OrderStatus.UNPAID}
    assert Delivery.objects.filter(event="TradePlaced", subject=f"trade:{trade.pk}").exists()


def test_the_same_form_again_gives_the_same_trade(shopper):
    sku = a_sku()
    draft = a_draft(shopper, (sku, 2))

    first, second = place_trade(draft), place_trade(draft)

    assert first.pk == second.pk
    assert Trade.objects.count() == 1
    assert StockItem.objects.get(sku=sku).reserved == 2


def test_two_shoppers_may_use_the_same_key(shopper, other_shopper):
    sku, key = a_sku(), uuid.uuid4()

    mine = place_trade(a_draft(shopper, (sku, 1), checkout_key=key))
    theirs = place_trade(a_draft(other_shopper, (sku, 1), checkout_key=key))

    assert mine.pk != theirs.pk


def test_bought_lines_leave_the_cart_and_others_stay(shopper):
    bought, later = a_sku(), a_sku()
    cart, _lines = a_cart(shopper, (bought, 1), (later, 1))

    place_trade(a_draft(shopper, (bought, 1), cart=cart))

    assert list(CartLine.objects.values_list("sku_id", flat=True)) == [later.pk]


def test_a_price_that_changed_by_a_fen_is_refused_with_what_differs(shopper):
    sku = a_sku(price="10.00")
    draft = a_draft(shopper, (sku, 2))
    Sku.objects.filter(pk=sku.pk).update(price=Decimal("10.01"))

    with pytest.raises(PriceChanged) as refused:
        place_trade(draft)

    assert refused.value.details["shown"] == "20.00"
    assert refused.value.details["now"] == "20.02"
    assert refused.value.details["lines"] == [{"sku_id": sku.pk, "shown": "10.00", "now": "10.01"}]
    assert nothing_was_written()


def test_what_is_off_the_shelf_cannot_be_ordered_from_a_stale_page(shopper):
    sku = a_sku()
    draft = a_draft(shopper, (sku, 1))
    type(sku.spu).objects.filter(pk=sku.spu_id).update(status=SpuStatus.OFF_SHELF)

    with pytest.raises(NotForSale):
        place_trade(draft)

    assert nothing_was_written()


def test_what_is_sold_out_is_refused_and_nothing_else_is_held(shopper):
    plenty, scarce = a_sku(stock=10), a_sku(stock=2)
    draft = a_draft(shopper, (plenty, 1), (scarce, 2))
    StockItem.objects.filter(sku=scarce).update(on_hand=1)

    with pytest.raises(OutOfStock) as refused:
        place_trade(draft)

    assert refused.value.available == {scarce.pk: 1}
    assert nothing_was_written()


def test_an_empty_basket_is_no_trade(shopper):
    with pytest.raises(EmptyBasket):
        place_trade(a_draft(shopper))

    assert nothing_was_written()


def test_the_steps_of_a_sku_are_kept(shopper):
    sku = a_sku(min_quantity=2, step_quantity=2)
    draft = a_draft(shopper, (sku, 2))
    shown = draft.shown
    tampered = type(shown)(
        ((sku.pk, 3, *shown.lines[0][2:]),), shown.freight_amount, shown.payable_amount
    )

    with pytest.raises(QuantityNotAllowed):
        place_trade(a_draft(shopper, (sku, 2), shown=tampered))

    assert nothing_was_written()


def test_a_limit_per_shopper_counts_what_was_bought_and_not_what_was_cancelled(shopper):
    sku = a_sku(max_per_user=3)
    trade = a_trade(shopper, (sku, 2))
    draft = a_draft(shopper, (sku, 1))
    greedy = a_draft(shopper, (sku, 1), shown=read_shown(sku, 2))

    with pytest.raises(PurchaseLimitReached) as refused:
        place_trade(greedy)
    assert refused.value.details["bought"] == 2

    trade.orders.update(status=OrderStatus.CANCELLED)
    assert place_trade(greedy).payable_amount == Decimal("20.00")
    with pytest.raises(PurchaseLimitReached):
        place_trade(a_draft(shopper, (sku, 1), shown=read_shown(sku, 2)))
    assert place_trade(draft).payable_amount == Decimal("10.00")


def read_shown(sku, quantity):
    price = Decimal(sku.price)
    cash = price * quantity
    return ShownQuote(((sku.pk, quantity, price, cash),), Decimal("0.00"), cash)


def test_wholesale_limits_stand_on_the_merchants_contract(shopper):
    sku = a_sku(stock=5000)
    with pytest.raises(QuantityNotAllowed):
        place_trade(a_draft(shopper, (sku, 1), shown=read_shown(sku, 1000)))

    Contract.objects.create(merchant=sku.merchant, max_quantity_per_line=5000)

    trade = place_trade(a_draft(shopper, (sku, 1), shown=read_shown(sku, 1000)))
    assert trade.payable_amount == Decimal("10000.00")


def test_freight_is_charged_per_merchant_and_shared_out_to_the_lines(shopper):
    dear = a_sku(price="30.00")
    cheap = a_sku(price="10.00", spu=dear.spu)
    FreightRateFactory(
        template__merchant=dear.merchant,
        first_units=1,
        first_fee=Decimal("8.00"),
        extra_units=1,
        extra_fee=Decimal("4.00"),
    )

    trade = a_trade(shopper, (dear, 1), (cheap, 1))

    assert (trade.freight_amount, trade.payable_amount) == (Decimal("12.00"), Decimal("52.00"))
    shares = list(OrderLine.objects.order_by("pk").values_list("freight_amount", flat=True))
    assert sum(shares) == trade.freight_amount


def test_a_region_that_nobody_delivers_to_is_refused_by_line(shopper):
    sku = a_sku()
    draft = a_draft(shopper, (sku, 1))
    FreightRateFactory(template__merchant=sku.merchant, is_refused=True)

    with pytest.raises(NoDeliveryThere):
        place_trade(draft)

    assert nothing_was_written()


def test_a_guest_buys_with_a_phone_number_alone(db):
    trade = a_trade(None, (a_sku(), 1))

    assert trade.shopper_id is None
    assert trade.contact_phone == "13912345678"


@pytest.mark.parametrize("token", ["", "x", "eyJsaW5lcyI6W119:1abc:def"])
def test_a_token_that_is_none_of_ours_is_refused(token):
    with pytest.raises(QuoteUnreadable):
        read_quote(token)


def test_placing_three_lines_takes_few_statements(shopper, django_assert_max_num_queries):
    skus = [a_sku(), a_sku(), a_sku()]
    draft = a_draft(shopper, *[(sku, 1) for sku in skus])

    with django_assert_max_num_queries(25):
        place_trade(draft)


@pytest.mark.django_db(transaction=True)
def test_stock_that_moved_to_another_warehouse_is_looked_for_again(shopper, monkeypatch):
    sku = a_sku(stock=3)
    draft, tries = a_draft(shopper, (sku, 1)), []
    real = placing.reserve_stock

    def shifted_once(**told):
        tries.append(1)
        if len(tries) == 1:
            raise StockShifted
        real(**told)

    monkeypatch.setattr(placing, "reserve_stock", shifted_once)

    trade = place_trade(draft)

    assert len(tries) == 2
    assert Trade.objects.get() == trade
    assert StockItem.objects.get(sku=sku).reserved == 1
