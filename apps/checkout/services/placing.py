"""Placing: one transaction that turns a basket into a trade with stock held for it, or changes nothing."""

from dataclasses import dataclass, field
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, connection

from apps.cart.services import empty_lines
from apps.catalog.selectors import SaleableSku
from apps.checkout.baskets import BasketLine, BasketQuote
from apps.checkout.selectors import quote_basket
from apps.checkout.services.settling import settle_free_trade
from apps.checkout.tokens import ShownQuote, must_still_hold
from apps.core import clock
from apps.core.bus import publish
from apps.core.crashpoints import crashpoint
from apps.core.retrying import ATTEMPTS, whole_transaction
from apps.inventory.allocation import Demand
from apps.inventory.services import StockShifted, allocate_stock, reserve_stock
from apps.orders.events import TradePlaced
from apps.orders.models import OrderLine, Trade
from apps.orders.selectors import find_trade_of_form
from apps.orders.services import AddressSnapshot, NewLine, NewOrder, NewTrade, create_trade
from apps.orders.services.drafts import NewAdjustment
from apps.pricing.quote import QuotedLine


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckoutDraft:
    """Everything that a shopper decides on the confirm page."""

    owner: str
    shopper_id: int | None
    checkout_key: UUID
    shown: ShownQuote
    address: AddressSnapshot
    contact_phone: str
    language: str
    cart_id: int | None = None
    remarks: dict[int, str] = field(default_factory=dict)


def place_trade(draft: CheckoutDraft) -> Trade:
    """
    Turn a basket into a trade that waits for payment, or change nothing.

    The same form again gives the trade that it has made.

    :raises EmptyBasket, NotForSale, QuantityNotAllowed, TooManyLines, PurchaseLimitReached, NoDeliveryThere,
        OutOfStock, StockShifted, PriceChanged: and nothing was written
    """
    try:
        trade = _place_where_stock_is(draft)
    except IntegrityError:
        # the other tab was faster: its trade is this form's trade
        winner = find_trade_of_form(owner=draft.owner, checkout_key=draft.checkout_key)
        if winner is None:
            raise
        return winner
    crashpoint("order.post_commit")
    return trade


def _place_where_stock_is(draft: CheckoutDraft) -> Trade:
    """Choose warehouses again, a few times, while others empty the chosen ones and some have enough."""
    for _attempt in range(ATTEMPTS - 1):
        try:
            return _place(draft)
        except StockShifted:
            if connection.in_atomic_block:  # the caller's transaction has fallen with it
                raise
    return _place(draft)


@whole_transaction
def _place(draft: CheckoutDraft) -> Trade:
    earlier = find_trade_of_form(owner=draft.owner, checkout_key=draft.checkout_key)
    if earlier is not None:
        return earlier
    basket = _quote(draft)
    basket.must_be_buyable()
    must_still_hold(draft.shown, basket)
    trade = create_trade(_new_trade(draft, basket))
    if draft.cart_id is not None:
        empty_lines(cart_id=draft.cart_id, sku_ids=[line.sku_id for line in basket.wanted])
    _hold_stock(trade, draft)
    publish(TradePlaced(trade_id=trade.pk))
    if trade.payable_amount == 0:
        settle_free_trade(trade_id=trade.pk)
        trade.refresh_from_db()
    crashpoint("order.pre_commit")
    return trade


def _quote(draft: CheckoutDraft) -> BasketQuote:
    """Quote what the page showed, alone with this shopper's own limits."""
    basket = _ask(draft, draft.shown.basket)
    if any(sku.max_per_user is not None for sku in basket.skus.values()) and draft.shopper_id:
        _wait_for_the_shoppers_other_tabs(draft.shopper_id)
        basket = _ask(draft, draft.shown.basket)
    return basket


def _ask(draft: CheckoutDraft, lines: tuple[BasketLine, ...]) -> BasketQuote:
    return quote_basket(lines, shopper_id=draft.shopper_id, region_code=draft.address.region_code)


def _wait_for_the_shoppers_other_tabs(shopper_id: int) -> None:
    """Purchase limits count rows that another transaction may be writing: one placing at a time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 13))", [str(shopper_id)])


def _new_trade(draft: CheckoutDraft, basket: BasketQuote) -> NewTrade:
    quantities = basket.quantities
    by_merchant: dict[int, list[NewLine]] = {}
    for line in basket.quote.lines:
        sku = basket.skus[int(line.key)]
        by_merchant.setdefault(sku.merchant_id, []).append(
            _new_line(line, sku, quantities[sku.sku_id])
        )
    return NewTrade(
        owner=draft.owner,
        shopper_id=draft.shopper_id,
        checkout_key=draft.checkout_key,
        contact_phone=draft.contact_phone,
        address=draft.address,
        orders=tuple(
            NewOrder(
                merchant_id=merchant_id,
                remark=draft.remarks.get(merchant_id, ""),
                lines=tuple(lines),
            )
            for merchant_id, lines in by_merchant.items()
        ),
        currency=settings.CURRENCY,
        language=draft.language,
        expires_at=clock.now() + settings.ORDERS_PAYMENT_WINDOW,
    )


def _new_line(line: QuotedLine, sku: SaleableSku, quantity: int) -> NewLine:
    return NewLine(
        key=line.key,
        sku_id=sku.sku_id,
        sku_version=sku.version,
        sku_code=sku.code,
        spu_slug=sku.slug,
        name=sku.name,
        spec_text=sku.spec_text,
        image_url=sku.image_url,
        weight_grams=sku.weight_grams,
        volume_cm3=sku.volume_cm3,
        list_price=sku.list_price,
        unit_price=line.unit_price,
        quantity=quantity,
        goods_amount=line.goods_amount,
        discount_amount=line.discount_amount,
        payable_amount=line.payable_amount,
        freight_amount=line.freight_amount,
        tax_amount=line.tax_amount,
        adjustments=tuple(
            NewAdjustment(
                stage=each.stage.name,
                code=each.code,
                offer_ref=each.offer_ref,
                amount=each.amount,
                params=dict(each.params),
            )
            for each in line.adjustments
        ),
    )


def _hold_stock(trade: Trade, draft: CheckoutDraft) -> None:
    """Hold what each line needs until the trade's deadline: the hottest rows, so they come last."""
    lines = OrderLine.objects.filter(order__trade=trade).values_list(
        "number", "sku_id", "order__merchant_id", "quantity"
    )
    demands = [
        Demand(reference=number, sku_id=sku_id, merchant_id=merchant_id, quantity=quantity)
        for number, sku_id, merchant_id, quantity in lines
    ]
    allocations = allocate_stock(demands=demands, region_code=draft.address.region_code)
    reserve_stock(allocations=allocations, expires_at=trade.expires_at)
