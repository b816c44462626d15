from apps.payments.services.asking import (
    ask_channel_to_close,
    claim_due_polls,
    query_channel,
)
from apps.payments.services.capturing import capture_payment, settle_payment
from apps.payments.services.closing import begin_closing, finish_closing, recheck_payment
from apps.payments.services.configuring import (
    ChannelTerms,
    LimitsOutOfOrder,
    configure_channel,
    forget_secrets,
)
from apps.payments.services.inbox import mark_notice_applied, put_notice_off, record_notice
from apps.payments.services.refunding import (
    RefundExceedsPayment,
    abandon_refund,
    record_refund_result,
    refund_payment,
    retry_refund,
)
from apps.payments.services.sending import claim_due_refunds, send_refund
from apps.payments.services.starting import MoneyRequest, open_charge, start_payment

__all__ = [
    "ChannelTerms",
    "LimitsOutOfOrder",
    "MoneyRequest",
    "RefundExceedsPayment",
    "abandon_refund",
    "ask_channel_to_close",
    "begin_closing",
    "capture_payment",
    "claim_due_polls",
    "claim_due_refunds",
    "configure_channel",
    "finish_closing",
    "forget_secrets",
    "mark_notice_applied",
    "open_charge",
    "put_notice_off",
    "query_channel",
    "recheck_payment",
    "record_notice",
    "record_refund_result",
    "refund_payment",
    "retry_refund",
    "send_refund",
    "settle_payment",
    "start_payment",
]
