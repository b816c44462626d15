"""One invoice through the shop's own doors: cart, quote, place, pay, ship, receive."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from apps.accounts.models import User
from apps.backoffice.replay.invoices import Invoice, ReturnPlan
from apps.backoffice.replay.people import address_of, buyer_of, phone_of
from apps.backoffice.replay.standings import Standing
from apps.backoffice.replay.watch import Watch
from apps.cart.models import Cart
from apps.cart.selectors import list_lines
from apps.cart.services import add_many_to_cart, empty_lines
from apps.cart.visitors import own_cart
from apps.checkout.baskets import BasketLine, BasketQuote
from apps.checkout.selectors import quote_basket
from apps.checkout.services import CheckoutDraft, place_trade, refund_lines, start_trade_payment
from apps.checkout.tokens import read_quote, sign_quote
from apps.core.errors import Refusal
from apps.core.money import ZERO
from apps.logistics.selectors import shippable_lines
from apps.logistics.services import ship_order
from apps.orders.models import Order, OrderLine, OrderRefund, OrderRefundStatus, Trade
from apps.orders.services import receive_order
from apps.payments.gateways.charges import Charge, Scene
from apps.payments.models import Provider

KEYS = uuid.UUID("5f0d3c8e-8f0f-4e53-9a5e-3d1c6f1f2a77")
CARRIER = "yto"
WAYS = (
    (Provider.ALIPAY, Scene.PAGE),
    (Provider.WECHAT, Scene.QR),
    (Provider.UNIONPAY, Scene.PAGE),
    (Provider.ALIPAY, Scene.QR),
)
RETURN_REASON = "return {number}"


class Unfaithful(RuntimeError):
    """What the shop quotes is not what the invoice says; nothing was placed."""


@dataclass(frozen=True, slots=True)
class Counter:
    """Where a replay's invoices are bought: the merchant, its SKUs by code, and the customers."""

    merchant_id: int
    skus: Mapping[str, int]
    customers: dict[str, User]


def checkout_key(number: str, tries: int) -> uuid.UUID:
    """Return the key of an invoice's form: the same one gives the same trade, however often it is sent."""
    return uuid.uuid5(KEYS, f"{number}/{tries}")


def place_invoice(invoice: Invoice, tries: int, counter: Counter, watch: Watch) -> Trade:
    """
    Fill the buyer's cart, quote it, and place what was quoted.

    :raises Refusal: if a door says no
    :raises Unfaithful: if the quote is not the invoice
    """
    buyer = buyer_of(invoice, counter.customers)
    cart = own_cart(buyer)
    _fill(cart, invoice, counter, watch)
    address = address_of(invoice)
    with watch.time("quote"):
        lines = [BasketLine(line.sku_id, line.quantity) for line in list_lines(cart)]
        basket = quote_basket(lines, shopper_id=buyer.shopper_id, region_code=address.region_code)
        token = sign_quote(basket, is_cart=True)
    _must_be_the_invoice(basket, invoice, counter)
    with watch.time("place"):
        return place_trade(
            CheckoutDraft(
                owner=buyer.owner,
                shopper_id=buyer.shopper_id,
                checkout_key=checkout_key(invoice.number, tries),
                shown=read_quote(token),
                address=address,
                contact_phone=phone_of(invoice),
                language="en",
                cart_id=cart.pk,
                remarks={counter.merchant_id: invoice.number},
            )
        )


def open_payment(invoice: Invoice, standing: Standing, watch: Watch) -> Charge:
    """Choose one of the ways to pay, the same one each time, and ask its channel."""
    provider, scene = WAYS[uuid.uuid5(KEYS, invoice.number).int % len(WAYS)]
    with watch.time("start payment"):
        return start_trade_payment(
            trade_id=standing.trade_id, provider=provider, scene=scene, payer_ip="127.0.0.1"
        )


def ship_invoice(order_id: int, watch: Watch) -> None:
    """Send everything in one parcel."""
    with watch.time("ship"):
        ship_order(
            order_id=order_id,
            quantities={line.line_id: line.quantity for line in shippable_lines(order_id)},
            carrier_code=CARRIER,
            waybill=f"YT{order_id:013d}",
            actor=None,
        )


def receive_invoice(invoice: Invoice, order_id: int, counter: Counter, watch: Watch) -> None:
    """Let the buyer confirm that everything is there."""
    with watch.time("receive"):
        receive_order(order_id=order_id, actor=buyer_of(invoice, counter.customers).user)


def give_back(plan: ReturnPlan, orders: Mapping[str, Standing]) -> list[str]:
    """
    Pay a return invoice back, one refund for each order that it touches, once.

    Return the purchases that are not there to be paid back from.
    """
    reason = RETURN_REASON.format(number=plan.invoice.number)
    missing = []
    for purchase in sorted({part.purchase for part in plan.parts}):
        standing = orders.get(purchase, Standing())
        if not standing.is_done:
            missing.append(purchase)
            continue
        live = OrderRefund.objects.exclude(status=OrderRefundStatus.ABANDONED)
        if live.filter(order_id=standing.order_id, reason=reason).exists():
            continue
        lines = OrderLine.objects.filter(order_id=standing.order_id)
        ids = dict(lines.values_list("sku_code", "pk"))
        amounts: dict[int, Decimal] = {}
        for part in plan.parts:
            if part.purchase == purchase:
                line_id = ids[part.sku_code]
                amounts[line_id] = amounts.get(line_id, ZERO) + part.amount
        refund_lines(order_id=standing.order_id, amounts=amounts, reason=reason, actor=None)
    return missing


def problem_of(refusal: Refusal) -> str:
    return f"{refusal.code}: {refusal.message}"


def order_of(trade: Trade) -> int:
    """Return the one order of an invoice's trade."""
    return Order.objects.values_list("pk", flat=True).get(trade=trade)


def _fill(cart: Cart, invoice: Invoice, counter: Counter, watch: Watch) -> None:
    """Put the invoice's lines into the cart; what an interrupted run has left there goes out first."""
    left = list(list_lines(cart).values_list("sku_id", flat=True))
    if left:
        empty_lines(cart_id=cart.pk, sku_ids=left)
    quantities = {counter.skus[code]: quantity for code, quantity in invoice.wanted.items()}
    with watch.time("cart"):
        add_many_to_cart(cart_id=cart.pk, quantities=quantities)


def _must_be_the_invoice(basket: BasketQuote, invoice: Invoice, counter: Counter) -> None:
    basket.must_be_buyable()
    wanted = {counter.skus[code]: quantity for code, quantity in invoice.wanted.items()}
    if basket.quantities != wanted or basket.payable_amount != invoice.amount:
        raise Unfaithful(
            f"invoice {invoice.number} is {invoice.amount}, quoted {basket.payable_amount}"
        )
