"""What happens to money, the same for all three channels."""

import time

from simulator import numbers
from simulator.channels import Channel, Draft
from simulator.clock import Pace
from simulator.knobs import Knobs
from simulator.posting import Postman
from simulator.rows import Payment, PaymentStatus, Refund, RefundStatus
from simulator.timers import Timers
from simulator.world import World


class CannotPay(Exception):
    """The payment is paid or closed already."""


class Till:
    """Opens, confirms, closes and refunds payments and has the shop told."""

    def __init__(
        self, world: World, knobs: Knobs, timers: Timers, pace: Pace, postman: Postman
    ) -> None:
        self.world = world
        self.knobs = knobs
        self.timers = timers
        self.pace = pace
        self.postman = postman
        self.channels: dict[str, Channel] = {}
        timers.handlers["expiry"] = self._expire
        timers.handlers["late"] = self._confirm_late
        timers.handlers["refund"] = self._settle

    def resume(self) -> None:
        """Take up the waits that the end of the process interrupted."""
        for payment in self.world.payments.values():
            if payment.status == PaymentStatus.OPEN:
                self.timers.set("expiry", payment.key, payment.expires_at)
            elif payment.status == PaymentStatus.CLOSED and payment.confirms_after_close >= 0:
                self.timers.set("late", payment.key, time.time())
        for refund in self.world.refunds.values():
            if refund.status == RefundStatus.PROCESSING:
                self.timers.set("refund", refund.key, refund.settles_at)

    def open(self, payment: Payment) -> Payment:
        self.world.add(payment, f"{payment.channel} payment opened")
        self.timers.set("expiry", payment.key, payment.expires_at)
        return payment

    def see(self, payment: Payment) -> None:
        """Note that somebody has scanned the code."""
        if not payment.is_seen:
            self.world.change(payment, "code scanned", is_seen=True)

    def pay(self, payment: Payment, *, payer: str, even_if_closed: bool = False) -> None:
        """
        Take the shopper's money.

        :raises CannotPay: if it is paid or closed already
        """
        if payment.status == PaymentStatus.PAID or payment.confirms_after_close >= 0:
            raise CannotPay("already paid")
        if payment.status == PaymentStatus.CLOSED and not even_if_closed:
            raise CannotPay("closed")
        self.see(payment)
        late = self.knobs.take(payment.channel, "late_after_close", payment.out_trade_no)
        if late and payment.status == PaymentStatus.OPEN:
            self.world.change(
                payment,
                "paid, to be admitted after a close",
                confirms_after_close=float(late.value),
                payer=payer,
            )
            return
        self._confirm(payment, payer)

    def fail(self, payment: Payment, reason: str) -> None:
        """
        Let the shopper's try fail; another may follow.

        :raises CannotPay: if it is paid or closed already
        """
        if payment.status != PaymentStatus.OPEN:
            raise CannotPay(payment.status.lower())
        self.see(payment)
        self.world.change(payment, "payment failed", failure=reason)

    def finish(self, payment: Payment) -> None:
        """
        End the time for refunds; Alipay tells of it.

        :raises CannotPay: if it is not paid, or over already
        """
        if payment.status != PaymentStatus.PAID or payment.finished_at:
            raise CannotPay("not a paid payment whose refunds are still open")
        self.world.change(payment, "time for refunds over", finished_at=time.time())
        self._tell(payment, self.channels[payment.channel].finished(payment))

    def close(self, payment: Payment, *, tell: bool = False) -> None:
        """Close an open payment; `tell` sends the notice of a time-out."""
        self.world.change(
            payment, "payment closed", status=PaymentStatus.CLOSED, closed_at=time.time()
        )
        self.timers.cancel("expiry", payment.key)
        if payment.confirms_after_close >= 0:
            self.timers.set("late", payment.key, time.time() + payment.confirms_after_close)
        elif tell:
            self._tell(payment, self.channels[payment.channel].closed(payment))

    def accept_refund(self, payment: Payment, refund: Refund) -> Refund:
        """Book a refund; it ends when the channel's time for it has passed."""
        self.world.add(refund, f"{payment.channel} refund accepted")
        self._begin(payment, refund)
        return refund

    def retry_refund(self, payment: Payment, refund: Refund, details: dict[str, str]) -> None:
        """Begin a failed refund again, under its own number."""
        self.world.change(
            refund, "refund accepted again", status=RefundStatus.PROCESSING, details=details
        )
        self._begin(payment, refund)

    def _begin(self, payment: Payment, refund: Refund) -> None:
        fails = self.knobs.take(
            payment.channel, "refund_fails", payment.out_trade_no, refund.number
        )
        seconds = self.channels[payment.channel].refund_seconds
        self.world.change(
            refund,
            "refund begun",
            fails_as=str(fails.value) if fails else "",
            settles_at=self.pace.after(seconds),
        )
        if seconds > 0 or fails:
            self.timers.set("refund", refund.key, refund.settles_at)
        else:
            self._finish(payment, refund, RefundStatus.SUCCESS)

    async def _expire(self, key: str) -> None:
        payment = self.world.payments[key]
        if payment.status == PaymentStatus.OPEN:
            self.close(payment, tell=True)

    async def _confirm_late(self, key: str) -> None:
        payment = self.world.payments[key]
        if payment.status == PaymentStatus.CLOSED:
            self._confirm(payment, payment.payer)

    async def _settle(self, key: str) -> None:
        refund = self.world.refunds[key]
        if refund.status == RefundStatus.PROCESSING:
            payment = self.world.payments[refund.payment]
            end = RefundStatus.FAILED if refund.fails_as else RefundStatus.SUCCESS
            self._finish(payment, refund, end)

    def _confirm(self, payment: Payment, payer: str) -> None:
        self.timers.cancel("expiry", payment.key)
        self.world.change(
            payment,
            f"{payment.channel} payment paid",
            was_late=payment.status == PaymentStatus.CLOSED,
            status=PaymentStatus.PAID,
            payer=payer,
            paid_at=time.time(),
            confirms_after_close=-1.0,
            failure="",
        )
        self._tell(payment, self.channels[payment.channel].paid(payment))

    def _finish(self, payment: Payment, refund: Refund, status: RefundStatus) -> None:
        self.world.change(
            refund, f"refund {status.lower()}", status=status, finished_at=time.time()
        )
        self._tell(payment, self.channels[payment.channel].refunded(payment, refund))

    def _tell(self, payment: Payment, draft: Draft | None) -> None:
        if draft is not None and draft.url:
            self.postman.send(payment.channel, payment.out_trade_no, draft)


def new_refund(payment: Payment, number: str, refund_no: str, amount: int) -> Refund:
    """Return a refund that nobody has booked yet."""
    return Refund(
        key=numbers.new_key(),
        payment=payment.key,
        number=number,
        refund_no=refund_no,
        amount=amount,
        created_at=time.time(),
    )
