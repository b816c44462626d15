from apps.checkout.services.cancelling import (
    AlreadyPaid,
    cancel_order,
    cancel_trade,
    decide_cancellation,
    expire_trade,
)
from apps.checkout.services.changing import readdress_trade_order, reprice_trade_order
from apps.checkout.services.charging import NotPayable, PaymentTimeOver, start_trade_payment
from apps.checkout.services.placing import CheckoutDraft, place_trade
from apps.checkout.services.returning import (
    apply_refund_fact,
    give_up_refund,
    refund_lines,
    refund_order,
    refund_whole_order,
)
from apps.checkout.services.settling import (
    apply_channel_fact,
    apply_notice,
    settle_free_trade,
)

__all__ = [
    "AlreadyPaid",
    "CheckoutDraft",
    "NotPayable",
    "PaymentTimeOver",
    "apply_channel_fact",
    "apply_notice",
    "apply_refund_fact",
    "cancel_order",
    "cancel_trade",
    "decide_cancellation",
    "expire_trade",
    "give_up_refund",
    "place_trade",
    "readdress_trade_order",
    "refund_lines",
    "refund_order",
    "refund_whole_order",
    "reprice_trade_order",
    "settle_free_trade",
    "start_trade_payment",
]
