"""Writing a trade down: one trade, an order per merchant, lines and adjustments, in six statements."""

from collections.abc import Iterable
from decimal import Decimal

from django.db import transaction

from apps.accounts.models import contact_hash
from apps.core import clock
from apps.core.money import ZERO
from apps.core.numbers import new_number
from apps.core.request_context import current_ip, current_request_id
from apps.core.secrets import keyed_hash
from apps.orders.models import (
    Adjustment,
    Order,
    OrderLine,
    OrderMove,
    OrderStatus,
    Trade,
    TradeMove,
    TradeStatus,
)
from apps.orders.services.drafts import NewLine, NewOrder, NewTrade

LAST_DIGITS = 4


@transaction.atomic
def create_trade(new: NewTrade) -> Trade:
    """
    Write the trade, its orders, lines and adjustments, all unpaid; stock and cart are the caller's.

    :raises IntegrityError: if this owner has sent the same checkout key before
    """
    trade = _trade_of(new)
    trade.save(force_insert=True)
    orders = Order.objects.bulk_create([_order_of(trade, new, part) for part in new.orders])
    lines = OrderLine.objects.bulk_create(
        [
            _line_of(order, position, line)
            for order, part in zip(orders, new.orders, strict=True)
            for position, line in enumerate(part.lines, start=1)
        ]
    )
    _write_adjustments(lines, [line for part in new.orders for line in part.lines])
    _write_births(trade, orders)
    return trade


def _trade_of(new: NewTrade) -> Trade:
    lines = [line for order in new.orders for line in order.lines]
    return Trade(
        number=new_number(),
        shopper_id=new.shopper_id,
        owner=new.owner,
        checkout_key=new.checkout_key,
        contact_phone=new.contact_phone,
        contact_phone_hash=contact_hash(new.contact_phone),
        contact_last4_hash=keyed_hash(new.contact_phone[-LAST_DIGITS:], "phone-last4"),
        **_amounts_of(lines),
        currency=new.currency,
        language=new.language,
        placed_at=clock.now(),
        expires_at=new.expires_at,
    )


def _order_of(trade: Trade, new: NewTrade, part: NewOrder) -> Order:
    return Order(
        number=new_number(),
        trade=trade,
        merchant_id=part.merchant_id,
        **_amounts_of(part.lines),
        tax_amount=sum((line.tax_amount for line in part.lines), ZERO),
        currency=new.currency,
        recipient=new.address.recipient,
        phone=new.address.phone,
        phone_hash=contact_hash(new.address.phone),
        street=new.address.street,
        region_code=new.address.region_code,
        region_text=new.address.region_text,
        remark=part.remark,
        placed_at=trade.placed_at,
    )


def _amounts_of(lines: Iterable[NewLine]) -> dict[str, Decimal]:
    """Return the amounts of a trade or an order, each the sum of its lines'."""
    lines = list(lines)
    freight = sum((line.freight_amount for line in lines), ZERO)
    return {
        "goods_amount": sum((line.goods_amount for line in lines), ZERO),
        "discount_amount": sum((line.discount_amount for line in lines), ZERO),
        "freight_amount": freight,
        "payable_amount": sum((line.payable_amount for line in lines), ZERO) + freight,
    }


def _line_of(order: Order, position: int, line: NewLine) -> OrderLine:
    copied = {
        name: getattr(line, name)
        for name in NewLine.__dataclass_fields__
        if name not in {"key", "adjustments"}
    }
    return OrderLine(order=order, number=f"{order.number}-{position}", **copied)


def _write_adjustments(lines: list[OrderLine], new_lines: list[NewLine]) -> None:
    rows = [
        Adjustment(
            line=line,
            stage=adjustment.stage,
            code=adjustment.code,
            offer_ref=adjustment.offer_ref,
            amount=adjustment.amount,
            params=adjustment.params,
        )
        for line, new in zip(lines, new_lines, strict=True)
        for adjustment in new.adjustments
    ]
    if rows:
        Adjustment.objects.bulk_create(rows)


def _write_births(trade: Trade, orders: list[Order]) -> None:
    common = {
        "from_status": "",
        "actor_id": trade.shopper_id,
        "request_id": current_request_id(),
        "ip": current_ip() or None,
        "at": trade.placed_at,
    }
    TradeMove.objects.create(trade=trade, to_status=TradeStatus.UNPAID, **common)
    OrderMove.objects.bulk_create(
        [OrderMove(order=order, to_status=OrderStatus.UNPAID, **common) for order in orders]
    )
