from apps.payments.models.channels import ChannelCall, PaymentChannel, Provider
from apps.payments.models.notices import GatewayNotice
from apps.payments.models.payments import (
    Disposition,
    Payment,
    PaymentMove,
    PaymentStatus,
    Purpose,
)
from apps.payments.models.refunds import Refund, RefundMove, RefundReason, RefundStatus

__all__ = [
    "ChannelCall",
    "Disposition",
    "GatewayNotice",
    "Payment",
    "PaymentChannel",
    "PaymentMove",
    "PaymentStatus",
    "Provider",
    "Purpose",
    "Refund",
    "RefundMove",
    "RefundReason",
    "RefundStatus",
]
