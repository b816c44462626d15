from apps.orders.models.holding import HoldCode, OrderHold
from apps.orders.models.lines import Adjustment, OrderLine
from apps.orders.models.orders import Order, OrderMove, OrderQuerySet, OrderStatus
from apps.orders.models.refunds import (
    CancellationDecision,
    CancellationRequest,
    OrderRefund,
    OrderRefundLine,
    OrderRefundStatus,
)
from apps.orders.models.trades import CancelReason, Trade, TradeMove, TradeQuerySet, TradeStatus

__all__ = [
    "Adjustment",
    "CancelReason",
    "CancellationDecision",
    "CancellationRequest",
    "HoldCode",
    "Order",
    "OrderHold",
    "OrderLine",
    "OrderMove",
    "OrderQuerySet",
    "OrderRefund",
    "OrderRefundLine",
    "OrderRefundStatus",
    "OrderStatus",
    "Trade",
    "TradeMove",
    "TradeQuerySet",
    "TradeStatus",
]
