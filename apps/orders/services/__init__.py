from apps.orders.services.asking import (
    CancellationAlreadyAsked,
    ask_to_cancel,
    decide_cancellation_request,
)
from apps.orders.services.changing import leave_note, readdress_order, reprice_order
from apps.orders.services.creating import create_trade
from apps.orders.services.drafts import AddressSnapshot, NewLine, NewOrder, NewTrade
from apps.orders.services.holding import OrderHeld, lift_hold, must_not_be_held, place_hold
from apps.orders.services.paying import cancel_unpaid_trade, mark_trade_paid
from apps.orders.services.receiving import (
    complete_order,
    extend_receipt,
    note_signed,
    pause_auto_receive,
    receive_order,
    resume_auto_receive,
)
from apps.orders.services.refunding import (
    NothingToRefund,
    RefundPart,
    abandon_order_refund,
    open_order_refund,
    succeed_order_refund,
)
from apps.orders.services.shipping import TooMuchToShip, record_shipped, record_unshipped

__all__ = [
    "AddressSnapshot",
    "CancellationAlreadyAsked",
    "NewLine",
    "NewOrder",
    "NewTrade",
    "NothingToRefund",
    "OrderHeld",
    "RefundPart",
    "TooMuchToShip",
    "abandon_order_refund",
    "ask_to_cancel",
    "cancel_unpaid_trade",
    "complete_order",
    "create_trade",
    "decide_cancellation_request",
    "extend_receipt",
    "leave_note",
    "lift_hold",
    "mark_trade_paid",
    "must_not_be_held",
    "note_signed",
    "open_order_refund",
    "pause_auto_receive",
    "place_hold",
    "readdress_order",
    "receive_order",
    "record_shipped",
    "record_unshipped",
    "reprice_order",
    "resume_auto_receive",
    "succeed_order_refund",
]
