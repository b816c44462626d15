"""What the simulator remembers. Money is whole fen; moments are Unix seconds."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class PaymentStatus(StrEnum):
    OPEN = "OPEN"
    PAID = "PAID"
    CLOSED = "CLOSED"


class RefundStatus(StrEnum):
    PROCESSING = "PROCESSING"
    SUCCESS = "SUCCESS"
    FAILED = "FAILED"


class NoticeStatus(StrEnum):
    WAITING = "WAITING"
    DELIVERED = "DELIVERED"
    GIVEN_UP = "GIVEN_UP"
    DROPPED = "DROPPED"


@dataclass(slots=True)
class Payment:
    key: str
    """The unguessable part of the cashier's URL."""
    channel: str
    product: str
    out_trade_no: str
    trade_no: str
    amount: int
    subject: str
    notify_url: str
    return_url: str
    created_at: float
    expires_at: float
    details: dict[str, str] = field(default_factory=dict)
    """Fields of the request that the channel echoes."""
    status: str = PaymentStatus.OPEN
    is_seen: bool = True
    """False: a QR code that nobody has scanned; Alipay and UnionPay do not know it yet."""
    payer: str = ""
    paid_at: float = 0.0
    closed_at: float = 0.0
    confirms_after_close: float = -1.0
    """≥ 0: the shopper has paid, but the channel admits it only that long after a close."""
    was_late: bool = False
    finished_at: float = 0.0
    """When the time for refunds was over, if it is."""
    failure: str = ""
    """Why the last try to pay failed; the shopper may try again."""


@dataclass(slots=True)
class Refund:
    key: str
    payment: str
    number: str
    refund_no: str
    amount: int
    created_at: float
    notify_url: str = ""
    reason: str = ""
    details: dict[str, str] = field(default_factory=dict)
    status: str = RefundStatus.PROCESSING
    settles_at: float = 0.0
    fails_as: str = ""
    """Empty: it will succeed; else WeChat's word for the failure: ABNORMAL or CLOSED."""
    finished_at: float = 0.0


@dataclass(slots=True)
class Notice:
    key: str
    channel: str
    kind: str
    subject: str
    """The number of the payment, refund or parcel that it is about."""
    url: str
    content: dict[str, Any]
    made_at: float
    due_at: float
    tricks: dict[str, Any] = field(default_factory=dict)
    """What the knobs make wrong with it."""
    status: str = NoticeStatus.WAITING
    attempts: int = 0


@dataclass(slots=True)
class Attempt:
    key: str
    notice: str
    at: float
    status: int
    answer: str
    accepted: bool
    seconds: float


@dataclass(slots=True)
class Knob:
    key: str
    channel: str
    name: str
    value: Any = None
    count: int | None = None
    """How many more times it acts; None: until cleared."""
    match: str = ""
    """Only for this out_trade_no, waybill or recipient."""
    operation: str = ""
    """Only for this call: pay, query, close, cancel, refund, refund_query …"""
    used: int = 0


@dataclass(slots=True)
class Message:
    key: str
    kind: str
    """`sms` or `mail`."""
    to: str
    sender: str
    subject: str
    text: str
    at: float
    html: str = ""
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Parcel:
    key: str
    """The waybill number."""
    company: str
    order_id: str = ""
    status: str = "CREATED"
    state: int = -1
    """kuaidi100's number of the last event; -1: nothing has happened."""
    created_at: float = 0.0
    moves_at: float = 0.0
    callback_url: str = ""
    salt: str = ""
    request: dict[str, Any] = field(default_factory=dict)
    watch: str = ""
    """kuaidi100's monitoring: empty, polling, shutdown or abort."""
    events: list[dict[str, Any]] = field(default_factory=list)


@dataclass(slots=True)
class SmsTemplate:
    key: str
    text: str
