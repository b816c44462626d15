"""Alipay's notices: what they say, how they are signed, when they come again."""

import time
from http import HTTPStatus
from urllib.parse import urlencode

from simulator import clock, numbers
from simulator.alipay.signing import notice_text
from simulator.channels import Draft, Envelope
from simulator.config import Config
from simulator.keyring import Keyring
from simulator.rows import Notice, Payment, PaymentStatus, Refund, RefundStatus
from simulator.signing import sign

MINUTE, HOUR = 60.0, 3600.0


class Alipay:
    """The notices of trade_status_sync."""

    name = "alipay"
    schedule = (4 * MINUTE, 10 * MINUTE, 10 * MINUTE, HOUR, 2 * HOUR, 6 * HOUR, 15 * HOUR)
    refund_seconds = 0.0

    def __init__(self, config: Config, keyring: Keyring) -> None:
        self.config = config
        self.keyring = keyring

    def paid(self, payment: Payment) -> Draft:
        return Draft(payment.notify_url, "payment", self._fields(payment, "TRADE_SUCCESS"))

    def closed(self, payment: Payment) -> Draft | None:
        if not payment.is_seen:
            return None
        return Draft(payment.notify_url, "closed", self._fields(payment, "TRADE_CLOSED"))

    def finished(self, payment: Payment) -> Draft:
        return Draft(payment.notify_url, "finished", self._fields(payment, "TRADE_FINISHED"))

    def refunded(self, payment: Payment, refund: Refund) -> Draft | None:
        if refund.status != RefundStatus.SUCCESS:
            return None
        total = int(refund.details["refunded_in_all"])
        status = "TRADE_CLOSED" if total == payment.amount else "TRADE_SUCCESS"
        fields = self._fields(payment, status) | {
            "refund_fee": numbers.yuan(total),
            "gmt_refund": clock.now().strftime("%Y-%m-%d %H:%M:%S.%f")[:-3],
            "out_biz_no": refund.number,
        }
        return Draft(payment.notify_url, "refund", fields)

    def seal(self, notice: Notice) -> Envelope:
        tricks = notice.tricks
        fields: dict[str, str] = dict(notice.content)
        fields["notify_id"] = notice.key + "22"
        fields["notify_time"] = clock.spoken(clock.now())
        if change := tricks.get("changed_field"):
            fields[change["field"]] = str(change["value"])
        key = "stranger" if tricks.get("wrong_key") else "alipay"
        fields["sign"] = sign(notice_text(fields), self.keyring.private[key])
        if change := tricks.get("tampered"):
            fields[change["field"]] = str(change["value"])
        return Envelope(
            urlencode(fields).encode(),
            {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"},
        )

    def is_accepted(self, status: int, body: bytes) -> bool:
        return status == HTTPStatus.OK and body == b"success"

    def return_fields(self, payment: Payment) -> dict[str, str]:
        """Return the signed query of the way back to the shop."""
        fields = {
            "charset": "utf-8",
            "out_trade_no": payment.out_trade_no,
            "method": "alipay.trade.page.pay.return",
            "total_amount": numbers.yuan(payment.amount),
            "trade_no": payment.trade_no,
            "auth_app_id": payment.details["app_id"],
            "version": "1.0",
            "app_id": payment.details["app_id"],
            "sign_type": "RSA2",
            "seller_id": payment.details["seller_id"],
            "timestamp": clock.spoken(clock.now()),
        }
        fields["sign"] = sign(notice_text(fields), self.keyring.private["alipay"])
        return fields

    def _fields(self, payment: Payment, status: str) -> dict[str, str]:
        fields = {
            "notify_type": "trade_status_sync",
            "charset": "utf-8",
            "version": "1.0",
            "sign_type": "RSA2",
            "app_id": payment.details["app_id"],
            "auth_app_id": payment.details["app_id"],
            "seller_id": payment.details["seller_id"],
            "trade_no": payment.trade_no,
            "out_trade_no": payment.out_trade_no,
            "total_amount": numbers.yuan(payment.amount),
            "subject": payment.subject,
            "trade_status": status,
            "gmt_create": clock.spoken(clock.at(payment.created_at)),
        }
        for echoed in ("body", "passback_params"):
            if payment.details.get(echoed):
                fields[echoed] = payment.details[echoed]
        if payment.paid_at:
            fields |= self._paid_fields(payment)
        if payment.status == PaymentStatus.CLOSED:
            fields["gmt_close"] = clock.spoken(clock.at(payment.closed_at or time.time()))
        return fields

    def _paid_fields(self, payment: Payment) -> dict[str, str]:
        amount = numbers.yuan(payment.amount)
        return {
            "buyer_id": payment.payer,
            "gmt_payment": clock.spoken(clock.at(payment.paid_at)),
            "receipt_amount": amount,
            "buyer_pay_amount": amount,
            "invoice_amount": amount,
            "point_amount": "0.00",
            "fund_bill_list": f'[{{"amount":"{amount}","fundChannel":"ALIPAYACCOUNT"}}]',
        }
