"""Alipay's methods: each takes the business content and answers with the node's fields."""

import datetime
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from simulator import clock, numbers
from simulator.house import House
from simulator.rows import Payment, PaymentStatus, Refund, RefundStatus
from simulator.till import new_refund

Content = dict[str, Any]
LONGEST_LIFE = 16 * 24 * 3600.0
DEFAULT_LIFE = {"page": 15 * 24 * 3600.0, "precreate": 2 * 3600.0}
UNITS = {"m": 60, "h": 3600, "d": 86400}


class Refused(Exception):
    """A business refusal: code 40004 with a sub_code."""

    def __init__(self, sub_code: str, sub_msg: str = "") -> None:
        super().__init__(sub_code)
        self.sub_code = sub_code
        self.sub_msg = sub_msg or MEANINGS.get(sub_code, sub_code)


MEANINGS = {
    "ACQ.TRADE_NOT_EXIST": "交易不存在",
    "ACQ.TRADE_STATUS_ERROR": "交易状态不合法",
    "ACQ.TRADE_HAS_SUCCESS": "交易已被支付",
    "ACQ.TRADE_HAS_CLOSE": "交易已经关闭",
    "ACQ.TRADE_HAS_FINISHED": "交易已完结",
    "ACQ.CONTEXT_INCONSISTENT": "交易信息被篡改",
    "ACQ.INVALID_PARAMETER": "参数无效",
    "ACQ.TOTAL_FEE_EXCEED": "订单总金额不在允许范围内",
    "ACQ.REASON_TRADE_REFUND_FEE_ERR": "退款金额无效",
    "ACQ.DISCORDANT_REPEAT_REQUEST": "同一笔退款的金额与上一次不一致",
    "ACQ.SELLER_BALANCE_NOT_ENOUGH": "卖家余额不足",
    "ACQ.SYSTEM_ERROR": "系统错误",
}


@dataclass(frozen=True)
class Asked:
    """What the shop asked for."""

    house: House
    fields: dict[str, str]
    biz: Content

    def text(self, name: str) -> str:
        value = self.biz.get(name, "")
        return value if isinstance(value, str) else str(value)


def open_trade(asked: Asked, product: str) -> Payment:
    """
    Open a trade or find the same one again.

    :raises Refused: if the number is used up or the content makes no sense
    """
    number, subject = asked.text("out_trade_no"), asked.text("subject")
    amount = numbers.fen(asked.text("total_amount"))
    if not (0 < len(number) <= 64 and 0 < len(subject) <= 256):  # noqa: PLR2004
        raise Refused("ACQ.INVALID_PARAMETER", "out_trade_no 或 subject 无效")
    if amount is None:
        raise Refused("ACQ.INVALID_PARAMETER", "total_amount 无效")
    if amount < 1:
        raise Refused("ACQ.TOTAL_FEE_EXCEED")
    payment = asked.house.world.payment("alipay", number)
    if payment is None:
        return asked.house.till.open(_new_payment(asked, product, amount))
    if payment.status == PaymentStatus.PAID:
        raise Refused("ACQ.TRADE_HAS_SUCCESS")
    if payment.status == PaymentStatus.CLOSED:
        raise Refused("ACQ.TRADE_HAS_CLOSE")
    if (payment.amount, payment.subject) != (amount, subject):
        raise Refused("ACQ.CONTEXT_INCONSISTENT")
    return payment


def precreate(asked: Asked) -> Content:
    payment = open_trade(asked, "precreate")
    url = f"{asked.house.config.public_url}/pay/alipay/{payment.key}"
    return {"out_trade_no": payment.out_trade_no, "qr_code": url}


def query(asked: Asked) -> Content:
    payment = _find(asked)
    world = asked.house.world
    content = {
        "trade_no": payment.trade_no,
        "out_trade_no": payment.out_trade_no,
        "trade_status": trade_status(payment, world.refunded(payment)),
        "total_amount": numbers.yuan(payment.amount),
        "buyer_pay_amount": numbers.yuan(payment.amount),
        "invoice_amount": numbers.yuan(payment.amount),
        "point_amount": "0.00",
        "receipt_amount": numbers.yuan(payment.amount if payment.paid_at else 0),
        "buyer_logon_id": "139****0000",
        "buyer_user_id": payment.payer or "2088102117948752",
    }
    if payment.paid_at:
        content["send_pay_date"] = clock.spoken(clock.at(payment.paid_at))
    return content


def trade_status(payment: Payment, refunded: int) -> str:
    """Return Alipay's word for where the trade is."""
    if payment.finished_at:
        return "TRADE_FINISHED"
    if payment.status == PaymentStatus.PAID:
        return "TRADE_CLOSED" if refunded == payment.amount else "TRADE_SUCCESS"
    return "TRADE_CLOSED" if payment.status == PaymentStatus.CLOSED else "WAIT_BUYER_PAY"


def close(asked: Asked) -> Content:
    payment = _find(asked)
    house = asked.house
    if payment.status == PaymentStatus.OPEN and house.knobs.take(
        "alipay", "orderpaid_on_close", payment.out_trade_no
    ):
        house.till.pay(payment, payer="2088102117948752")
    if payment.status != PaymentStatus.OPEN:
        raise Refused("ACQ.TRADE_STATUS_ERROR")
    house.till.close(payment)
    return {"trade_no": payment.trade_no, "out_trade_no": payment.out_trade_no}


def cancel(asked: Asked) -> Content:
    payment = _find(asked, even_unseen=True)
    action = {}
    if payment.status == PaymentStatus.OPEN:
        asked.house.till.close(payment)
        action = {"action": "close"}
    elif payment.status == PaymentStatus.PAID:
        left = payment.amount - asked.house.world.refunded(payment)
        if left:
            _book_refund(asked, payment, payment.out_trade_no, left)
        action = {"action": "refund"}
    return {
        "trade_no": payment.trade_no,
        "out_trade_no": payment.out_trade_no,
        "retry_flag": "N",
        **action,
    }


def refund(asked: Asked) -> Content:
    payment = _find(asked)
    amount = numbers.fen(asked.text("refund_amount"))
    number = asked.text("out_request_no") or payment.out_trade_no
    if payment.status != PaymentStatus.PAID:
        raise Refused("ACQ.TRADE_STATUS_ERROR")
    if payment.finished_at:
        raise Refused("ACQ.TRADE_HAS_FINISHED")
    if amount is None or amount < 1:
        raise Refused("ACQ.INVALID_PARAMETER", "refund_amount 无效")
    if not asked.text("out_request_no") and amount != payment.amount:
        raise Refused("ACQ.INVALID_PARAMETER", "部分退款必须传 out_request_no")
    done, is_new = _refund_once(asked, payment, number, amount)
    world = asked.house.world
    moved = is_new and done.status == RefundStatus.SUCCESS
    return {
        "trade_no": payment.trade_no,
        "out_trade_no": payment.out_trade_no,
        "buyer_logon_id": "139****0000",
        "buyer_user_id": payment.payer,
        "fund_change": "Y" if moved else "N",
        "refund_fee": numbers.yuan(_settled(asked, payment)),
        "send_back_fee": numbers.yuan(done.amount if moved else 0),
        "gmt_refund_pay": clock.spoken(clock.at(done.finished_at or time.time())),
        "store_name": "",
        "refundable": numbers.yuan(payment.amount - world.refunded(payment)),
    }


def refund_query(asked: Asked) -> Content:
    """Answer 10000 without refund_status for a refund that is not done: the real trap."""
    payment = _find(asked)
    found = asked.house.world.refund(payment, asked.text("out_request_no"))
    content = {"trade_no": payment.trade_no, "out_trade_no": payment.out_trade_no}
    if found is None or found.status != RefundStatus.SUCCESS:
        return content
    return content | {
        "out_request_no": found.number,
        "total_amount": numbers.yuan(payment.amount),
        "refund_amount": numbers.yuan(found.amount),
        "refund_status": "REFUND_SUCCESS",
        "gmt_refund_pay": clock.spoken(clock.at(found.finished_at)),
    }


METHODS: dict[str, tuple[str, Callable[[Asked], Content]]] = {
    "alipay.trade.precreate": ("pay", precreate),
    "alipay.trade.query": ("query", query),
    "alipay.trade.close": ("close", close),
    "alipay.trade.cancel": ("cancel", cancel),
    "alipay.trade.refund": ("refund", refund),
    "alipay.trade.fastpay.refund.query": ("refund_query", refund_query),
}


def _find(asked: Asked, *, even_unseen: bool = False) -> Payment:
    world = asked.house.world
    if asked.text("trade_no"):
        payment = world.payment_by_trade_no("alipay", asked.text("trade_no"))
    else:
        payment = world.payment("alipay", asked.text("out_trade_no"))
    if payment is None or not (payment.is_seen or even_unseen):
        raise Refused("ACQ.TRADE_NOT_EXIST")
    return payment


def _new_payment(asked: Asked, product: str, amount: int) -> Payment:
    config = asked.house.config
    created_at = time.time()
    return Payment(
        key=numbers.new_key(),
        channel="alipay",
        product=product,
        out_trade_no=asked.text("out_trade_no"),
        trade_no=numbers.alipay_trade_no(),
        amount=amount,
        subject=asked.text("subject"),
        notify_url=asked.fields.get("notify_url", ""),
        return_url=asked.fields.get("return_url", ""),
        created_at=created_at,
        expires_at=_expiry(asked, product, created_at),
        details={
            "app_id": config.alipay_app_id,
            "seller_id": asked.text("seller_id") or config.alipay_seller_id,
            "body": asked.text("body"),
            "passback_params": asked.text("passback_params"),
        },
        is_seen=product != "precreate",
    )


def _expiry(asked: Asked, product: str, created_at: float) -> float:
    expires_at = _asked_expiry(asked, created_at) or created_at + DEFAULT_LIFE[product]
    if expires_at > created_at + LONGEST_LIFE:
        raise Refused("ACQ.INVALID_PARAMETER", "超时时间最长15天")
    return expires_at


def _asked_expiry(asked: Asked, created_at: float) -> float:
    moment, wait = asked.text("time_expire"), asked.text("timeout_express")
    try:
        if moment:
            return datetime.datetime.strptime(f"{moment} +0800", "%Y-%m-%d %H:%M:%S %z").timestamp()
        if wait:
            return created_at + int(wait[:-1]) * UNITS[wait[-1]]
    except (ValueError, KeyError) as error:
        raise Refused("ACQ.INVALID_PARAMETER", "time_expire 或 timeout_express 无效") from error
    return 0.0


def _refund_once(asked: Asked, payment: Payment, number: str, amount: int) -> tuple[Refund, bool]:
    found = asked.house.world.refund(payment, number)
    if found is None:
        return _book_refund(asked, payment, number, amount), True
    if found.amount != amount:
        raise Refused("ACQ.DISCORDANT_REPEAT_REQUEST")
    if found.status != RefundStatus.FAILED:
        return found, False
    _must_be_left(asked, payment, amount)
    details = {"refunded_in_all": str(_settled(asked, payment) + amount)}
    asked.house.till.retry_refund(payment, found, details)
    return found, True


def _book_refund(asked: Asked, payment: Payment, number: str, amount: int) -> Refund:
    _must_be_left(asked, payment, amount)
    refund = new_refund(payment, number, numbers.alipay_trade_no(), amount)
    refund.reason = asked.text("refund_reason")
    refund.details["refunded_in_all"] = str(_settled(asked, payment) + amount)
    return asked.house.till.accept_refund(payment, refund)


def _must_be_left(asked: Asked, payment: Payment, amount: int) -> None:
    if amount > payment.amount - asked.house.world.refunded(payment):
        raise Refused("ACQ.REASON_TRADE_REFUND_FEE_ERR")


def _settled(asked: Asked, payment: Payment) -> int:
    return sum(
        refund.amount
        for refund in asked.house.world.refunds_of(payment)
        if refund.status == RefundStatus.SUCCESS
    )
