"""A trade is paid, or is given up before it was."""

from datetime import datetime

from django.db import transaction

from apps.core import clock
from apps.core.actors import Actor
from apps.core.bus import publish
from apps.orders.events import OrderPaid, TradeCancelled
from apps.orders.models import CancelReason, Order, OrderStatus, Trade, TradeStatus


@transaction.atomic
def mark_trade_paid(*, trade_id: int, paid_at: datetime) -> Trade:
    """
    Note that the money for all orders of the trade is here. Payments and stock are the caller's.

    :raises IllegalMove: if it is paid or cancelled
    """
    trade = Trade.objects.locked().get(pk=trade_id)
    trade.move_to(TradeStatus.PAID, paid_at=paid_at)
    orders = list(Order.objects.locked().filter(trade=trade))
    for order in orders:
        order.move_to(OrderStatus.PAID, paid_at=paid_at)
    publish(*(OrderPaid(order_id=order.pk) for order in orders))
    return trade


@transaction.atomic
def cancel_unpaid_trade(*, trade_id: int, reason: CancelReason, actor: Actor | None) -> Trade:
    """
    Give up a trade that nobody paid. Closing the payment and freeing the stock are the caller's.

    :raises IllegalMove: if it is paid or cancelled
    """
    trade = Trade.objects.locked().get(pk=trade_id)
    at = clock.now()
    trade.move_to(
        TradeStatus.CANCELLED, by=actor, reason=reason, cancelled_at=at, cancel_reason=reason
    )
    for order in Order.objects.locked().filter(trade=trade):
        order.move_to(OrderStatus.CANCELLED, by=actor, reason=reason)
    publish(TradeCancelled(trade_id=trade.pk))
    return trade
