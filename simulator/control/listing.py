"""The book as others may read it: rows and totals in fen."""

import dataclasses
from typing import Any

from simulator import clock
from simulator.rows import Message, Notice, Payment, PaymentStatus, Refund, RefundStatus
from simulator.world import World

CHANNELS = ("alipay", "wechat", "unionpay")


def payment_row(world: World, payment: Payment) -> dict[str, Any]:
    """Return a payment with its refunds and notices."""
    row = dataclasses.asdict(payment)
    row["refunds"] = [refund_row(refund) for refund in world.refunds_of(payment)]
    row["refunded"] = settled_refunds(world, payment)
    return row


def refund_row(refund: Refund) -> dict[str, Any]:
    return {
        "number": refund.number,
        "refund_no": refund.refund_no,
        "amount": refund.amount,
        "status": refund.status,
        "created_at": refund.created_at,
        "finished_at": refund.finished_at,
    }


def settled_refunds(world: World, payment: Payment) -> int:
    """Return what has really gone back."""
    return sum(
        refund.amount
        for refund in world.refunds_of(payment)
        if refund.status == RefundStatus.SUCCESS
    )


def totals(world: World, since: float = 0.0) -> dict[str, dict[str, int]]:
    """Return paid and refunded money per channel, by when it moved."""
    sums = {
        channel: {"payments": 0, "paid": 0, "refunds": 0, "refunded": 0, "net": 0}
        for channel in CHANNELS
    }
    for payment in world.payments.values():
        if payment.status == PaymentStatus.PAID and payment.paid_at >= since:
            sums[payment.channel]["payments"] += 1
            sums[payment.channel]["paid"] += payment.amount
    for refund in world.refunds.values():
        if refund.status == RefundStatus.SUCCESS and refund.finished_at >= since:
            of_channel = sums[world.payments[refund.payment].channel]
            of_channel["refunds"] += 1
            of_channel["refunded"] += refund.amount
    for of_channel in sums.values():
        of_channel["net"] = of_channel["paid"] - of_channel["refunded"]
    return sums


def moved_since(world: World, payment: Payment, since: float) -> bool:
    """Tell whether the payment was made, paid, closed or refunded since then."""
    moments = [payment.created_at, payment.paid_at, payment.closed_at]
    moments += [refund.finished_at for refund in world.refunds_of(payment)]
    return max(moments) >= since


def notice_row(world: World, notice: Notice) -> dict[str, Any]:
    row = dataclasses.asdict(notice)
    row["attempts"] = [dataclasses.asdict(attempt) for attempt in world.attempts_of(notice)]
    return row


def message_row(message: Message) -> dict[str, Any]:
    return dataclasses.asdict(message) | {"sent_at": clock.rfc3339(clock.at(message.at))}
