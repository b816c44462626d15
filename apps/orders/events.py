"""Facts about trades and orders."""

from dataclasses import dataclass
from typing import ClassVar

from apps.core.bus import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class TradePlaced(Event):
    names: ClassVar[tuple[str, ...]] = ("order.created",)
    trade_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPaid(Event):
    names: ClassVar[tuple[str, ...]] = ("order.payment", "order.paid")
    order_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TradeCancelled(Event):
    names: ClassVar[tuple[str, ...]] = ("order.cancel",)
    trade_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderCancellationAsked(Event):
    names: ClassVar[tuple[str, ...]] = ("order.cancel_requested",)
    order_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderShipped(Event):
    """Something was shipped; the order says whether everything was."""

    names: ClassVar[tuple[str, ...]] = ("order.shipped",)
    order_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderReceived(Event):
    names: ClassVar[tuple[str, ...]] = ("order.received",)
    order_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderCompleted(Event):
    names: ClassVar[tuple[str, ...]] = ("order.completed",)
    order_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRefunded(Event):
    """Money of this order has reached the shopper."""

    names: ClassVar[tuple[str, ...]] = ("order.refunded",)
    order_id: int
    order_refund_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderChanged(Event):
    """Price or address of an order was changed by the merchant."""

    names: ClassVar[tuple[str, ...]] = ("order.changed",)
    order_id: int
