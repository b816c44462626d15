"""WeChat's notices: encrypted, signed anew at each delivery."""

import secrets
from typing import Any

from simulator import clock
from simulator.channels import Draft, Envelope
from simulator.config import Config
from simulator.keyring import Keyring
from simulator.rows import Notice, Payment, Refund, RefundStatus
from simulator.wechat.signing import Stationery, compact_json

MINUTE, HOUR = 60.0, 3600.0
SUMMARIES = {"SUCCESS": "退款成功", "ABNORMAL": "退款异常", "CLOSED": "退款关闭"}


class Wechat:
    """The notices of TRANSACTION.SUCCESS and REFUND.*."""

    name = "wechat"
    schedule = (
        15.0, 15.0, 30.0, 3 * MINUTE, 10 * MINUTE, 20 * MINUTE, 30 * MINUTE, 30 * MINUTE,
        30 * MINUTE, HOUR, 3 * HOUR, 3 * HOUR, 3 * HOUR, 6 * HOUR, 6 * HOUR,
    )  # fmt: skip
    refund_seconds = 2.0

    def __init__(self, config: Config, keyring: Keyring) -> None:
        self.config = config
        self.stationery = Stationery(config, keyring)

    def paid(self, payment: Payment) -> Draft:
        return Draft(
            payment.notify_url,
            "payment",
            {
                "event_type": "TRANSACTION.SUCCESS",
                "summary": "支付成功",
                "original_type": "transaction",
                "resource": transaction(payment),
            },
        )

    def closed(self, payment: Payment) -> None:
        """Say nothing: WeChat never tells of a time-out."""

    def finished(self, payment: Payment) -> None:
        """Say nothing: WeChat only refuses later refunds."""

    def refunded(self, payment: Payment, refund: Refund) -> Draft:
        word = refund_word(refund)
        return Draft(
            refund.notify_url,
            "refund",
            {
                "event_type": f"REFUND.{word}",
                "summary": SUMMARIES[word],
                "original_type": "refund",
                "resource": self._refund_resource(payment, refund, word),
            },
        )

    def seal(self, notice: Notice) -> Envelope:
        tricks, content = notice.tricks, notice.content
        resource = dict(content["resource"])
        if change := tricks.get("changed_field"):
            set_field(resource, change["field"], change["value"])
        sealed = self.stationery.encrypt(compact_json(resource), content["original_type"])
        message = {
            "id": f"{notice.key}-{notice.kind}",
            "create_time": clock.rfc3339(clock.at(notice.made_at)),
            "resource_type": "encrypt-resource",
            "event_type": content["event_type"],
            "summary": content["summary"],
            "resource": {"original_type": content["original_type"], **sealed},
        }
        body = compact_json(message).encode()
        headers = self._headers(notice, body)
        if change := tricks.get("tampered"):
            set_field(message, change["field"], change["value"])
            body = compact_json(message).encode()
        return Envelope(body, headers)

    def is_accepted(self, status: int, body: bytes) -> bool:
        """Count every 2xx as delivered: 200 with {"code": "FAIL"} is lost for ever."""
        return 200 <= status < 300  # noqa: PLR2004

    def _headers(self, notice: Notice, body: bytes) -> dict[str, str]:
        tricks = notice.tricks
        serial = ""
        if tricks.get("certificate"):
            serial = self.stationery.keyring.serial("wechat-platform")
        headers = self.stationery.headers(
            body,
            serial=serial,
            key="stranger" if tricks.get("wrong_key") else "",
            shift=int(tricks.get("timestamp_shift", 0)),
        )
        if tricks.get("unknown_serial"):
            headers["Wechatpay-Serial"] = "PUB_KEY_ID_0000000000000000000000000000"
        if tricks.get("signtest") and notice.attempts == 0:
            headers["Wechatpay-Signature"] = "WECHATPAY/SIGNTEST/" + secrets.token_urlsafe(200)
        return headers | {"Content-Type": "application/json", "Accept": "*/*"}

    def _refund_resource(self, payment: Payment, refund: Refund, word: str) -> dict[str, Any]:
        resource: dict[str, Any] = {
            "mchid": self.config.wechat_mch_id,
            "out_trade_no": payment.out_trade_no,
            "transaction_id": payment.trade_no,
            "out_refund_no": refund.number,
            "refund_id": refund.refund_no,
            "refund_status": word,
            "user_received_account": "支付用户零钱",
            "amount": {
                "total": payment.amount,
                "refund": refund.amount,
                "payer_total": payment.amount,
                "payer_refund": refund.amount,
            },
        }
        if refund.status == RefundStatus.SUCCESS:
            resource["success_time"] = clock.rfc3339(clock.at(refund.finished_at))
        return resource


def refund_word(refund: Refund) -> str:
    """Return SUCCESS, PROCESSING, ABNORMAL or CLOSED."""
    return refund.fails_as if refund.status == RefundStatus.FAILED else str(refund.status)


def transaction(payment: Payment) -> dict[str, Any]:
    """Return a paid transaction, as notices and queries show it."""
    details = payment.details
    content: dict[str, Any] = {
        "mchid": details["mchid"],
        "appid": details["appid"],
        "out_trade_no": payment.out_trade_no,
        "transaction_id": payment.trade_no,
        "trade_type": details["trade_type"],
        "trade_state": "SUCCESS",
        "trade_state_desc": "支付成功",
        "bank_type": "OTHERS",
        "attach": details.get("attach", ""),
        "success_time": clock.rfc3339(clock.at(payment.paid_at)),
        "payer": {"openid": payment.payer},
        "amount": {
            "total": payment.amount,
            "payer_total": payment.amount,
            "currency": "CNY",
            "payer_currency": "CNY",
        },
    }
    return content


def set_field(content: dict[str, Any], path: str, value: Any) -> None:
    """Set `amount.total` and the like."""
    *parents, name = path.split(".")
    for parent in parents:
        inner = dict(content.get(parent) or {})
        content[parent] = inner
        content = inner
    content[name] = value
