"""Drafts and trades for tests, made through the commands themselves."""

import uuid

from apps.accounts.tests.factories import a_district
from apps.cart.models import CartLine
from apps.cart.services import add_to_cart, get_or_create_cart
from apps.checkout.baskets import BasketLine
from apps.checkout.selectors import quote_basket
from apps.checkout.services import CheckoutDraft, apply_channel_fact, place_trade
from apps.checkout.tokens import read_quote, sign_quote
from apps.inventory.tests.factories import StockItemFactory
from apps.orders.services import AddressSnapshot
from apps.payments.tests.factories import a_payment_for, paid_fact

ADDRESS = AddressSnapshot(
    recipient="王小明",
    phone="13912345678",
    region_code="330106",
    region_text="浙江省 杭州市 西湖区",
    street="文三路 100 号",
)


def a_sku(*, price="10.00", stock=10, **sku):
    """A SKU for sale with so many in stock."""
    return StockItemFactory(
        on_hand=stock, sku__price=price, **{f"sku__{k}": v for k, v in sku.items()}
    ).sku


def a_draft(shopper, *wanted, cart=None, **changes):
    """What a shopper sends off the confirm page: ``wanted`` are (sku, quantity)."""
    a_district()
    lines = [BasketLine(sku.pk, quantity) for sku, quantity in wanted]
    shopper_id = shopper.pk if shopper else None
    basket = quote_basket(lines, shopper_id=shopper_id, region_code=ADDRESS.region_code)
    values = {
        "owner": f"user:{shopper_id}" if shopper else "guest:abc",
        "shopper_id": shopper_id,
        "checkout_key": uuid.uuid4(),
        "shown": read_quote(sign_quote(basket)),
        "address": ADDRESS,
        "contact_phone": ADDRESS.phone,
        "language": "zh-hans",
        "cart_id": cart.pk if cart else None,
    }
    return CheckoutDraft(**(values | changes))


def a_trade(shopper, *wanted, **changes):
    """A trade that waits for payment."""
    return place_trade(a_draft(shopper, *wanted, **changes))


def a_paid_trade(shopper, *wanted, **changes):
    """A trade whose money has come, and the payment that brought it."""
    trade = a_trade(shopper, *wanted, **changes)
    payment = a_payment_for(trade)
    assert apply_channel_fact(paid_fact(payment))
    trade.refresh_from_db()
    payment.refresh_from_db()
    return trade, payment


def a_cart(shopper, *wanted):
    """A cart with these lines, all selected."""
    cart = get_or_create_cart(user=shopper, token="")
    for sku, quantity in wanted:
        add_to_cart(cart_id=cart.pk, sku_id=sku.pk, quantity=quantity)
    return cart, list(CartLine.objects.filter(cart=cart))
