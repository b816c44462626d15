"""UnionPay's back notices and the front notice that the shopper's browser carries."""

from http import HTTPStatus
from urllib.parse import urlencode

from simulator import clock
from simulator.channels import Draft, Envelope
from simulator.config import Config
from simulator.keyring import Keyring
from simulator.rows import Notice, Payment, Refund, RefundStatus
from simulator.unionpay.signing import chain_link, seal

MINUTE, HOUR = 60.0, 3600.0
COMMON = {"version": "5.1.0", "encoding": "UTF-8", "signMethod": "01", "accessType": "0"}
GOOD = {"respCode": "00", "respMsg": "成功[0000000]"}


class Unionpay:
    """Tells of successes alone, in the background and through the browser."""

    name = "unionpay"
    schedule = (MINUTE, 2 * MINUTE, 4 * MINUTE, 15 * MINUTE)
    refund_seconds = 2.0

    def __init__(self, config: Config, keyring: Keyring) -> None:
        self.config = config
        self.keyring = keyring

    def paid(self, payment: Payment) -> Draft:
        return Draft(payment.notify_url, "payment", self.paid_fields(payment) | GOOD)

    def closed(self, payment: Payment) -> None:
        """Say nothing: only what succeeded is told."""

    def finished(self, payment: Payment) -> None:
        """Say nothing."""

    def refunded(self, payment: Payment, refund: Refund) -> Draft | None:
        if refund.status != RefundStatus.SUCCESS:
            return None
        return Draft(refund.notify_url, "refund", self.refund_fields(payment, refund) | GOOD)

    def seal(self, notice: Notice) -> Envelope:
        tricks = notice.tricks
        fields: dict[str, str] = dict(notice.content)
        if change := tricks.get("changed_field"):
            fields[change["field"]] = str(change["value"])
        sealed = self.sign(fields, key="stranger" if tricks.get("wrong_key") else "unionpay")
        if change := tricks.get("tampered"):
            sealed[change["field"]] = str(change["value"])
        return Envelope(
            urlencode(sealed).encode(), {"Content-Type": "application/x-www-form-urlencoded"}
        )

    def is_accepted(self, status: int, body: bytes) -> bool:
        return status == HTTPStatus.OK

    def sign(self, fields: dict[str, str], *, key: str = "unionpay") -> dict[str, str]:
        return seal(fields, self.keyring.private[key], chain_link(self.keyring))

    def front_fields(self, payment: Payment) -> dict[str, str]:
        """Return the signed form that takes the shopper back to frontUrl."""
        return self.sign(self.paid_fields(payment) | GOOD)

    def paid_fields(self, payment: Payment) -> dict[str, str]:
        """Return a successful consumption."""
        return (
            COMMON
            | self._money(payment.amount, payment.trade_no, payment.paid_at)
            | {
                "txnType": "01",
                "txnSubType": "01",
                "bizType": payment.details["bizType"],
                "merId": self.config.unionpay_mer_id,
                "orderId": payment.out_trade_no,
                "txnTime": payment.details["txnTime"],
                "reqReserved": payment.details.get("reqReserved", ""),
                "accNo": payment.payer,
                "payCardType": "01",
                "payType": "0001",
            }
        )

    def refund_fields(self, payment: Payment, refund: Refund) -> dict[str, str]:
        """Return a refund (04) or a reversal of the same day (31)."""
        return (
            COMMON
            | self._money(refund.amount, refund.refund_no, refund.created_at)
            | {
                "txnType": refund.details["txnType"],
                "txnSubType": "00",
                "bizType": payment.details["bizType"],
                "merId": self.config.unionpay_mer_id,
                "orderId": refund.number,
                "txnTime": refund.details["txnTime"],
                "reqReserved": refund.details.get("reqReserved", ""),
                "origQryId": payment.trade_no,
            }
        )

    def _money(self, amount: int, query_id: str, moment: float) -> dict[str, str]:
        day = clock.at(moment)
        return {
            "txnAmt": str(amount),
            "currencyCode": "156",
            "settleAmt": str(amount),
            "settleCurrencyCode": "156",
            "settleDate": day.strftime("%m%d"),
            "queryId": query_id,
            "traceNo": query_id[-6:],
            "traceTime": day.strftime("%m%d%H%M%S"),
        }
