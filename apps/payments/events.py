"""Facts about money asked for, received and returned."""

from dataclasses import dataclass
from typing import ClassVar

from apps.core.bus import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentCreated(Event):
    names: ClassVar[tuple[str, ...]] = ("payment.created",)
    payment_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentSucceeded(Event):
    names: ClassVar[tuple[str, ...]] = ("payment.success",)
    payment_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentFailed(Event):
    """The channel says no, or what came is not what was asked for (then it needs a person)."""

    names: ClassVar[tuple[str, ...]] = ("payment.failed",)
    payment_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundSucceeded(Event):
    names: ClassVar[tuple[str, ...]] = ("payment.refund",)
    refund_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundNeedsPerson(Event):
    names: ClassVar[tuple[str, ...]] = ("payment.refund_stuck",)
    refund_id: int
