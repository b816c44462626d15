"""UnionPay's transactions: consumption, refund, reversal, query."""

import datetime
import re
import time

from simulator import clock, numbers
from simulator.addresses import is_web_address
from simulator.house import House
from simulator.rows import Payment, PaymentStatus, Refund, RefundStatus
from simulator.till import new_refund

Fields = dict[str, str]
ORDER_ID = re.compile(r"[0-9A-Za-z]{8,40}")
TXN_TIME = re.compile(r"[0-9]{14}")
TXN_AMOUNT = re.compile(r"[1-9][0-9]{0,11}")
HALF_HOUR = 1800.0
MONTH = 30 * 24 * 3600.0
MEANINGS = {
    "01": "交易失败",
    "03": "交易通讯超时，请发起查询交易",
    "04": "交易状态未明，请查询对账结果",
    "05": "交易已受理，请稍后查询交易结果",
    "06": "系统繁忙，请稍后再试",
    "10": "报文格式错误",
    "11": "验证签名失败",
    "12": "重复交易",
    "13": "报文交易要素缺失",
    "31": "商户状态不正确",
    "32": "无此交易权限",
    "33": "交易金额超限",
    "34": "查无此交易",
    "35": "原交易不存在或状态不正确",
    "36": "与原交易信息不符",
    "37": "已超过最大查询次数或操作过于频繁",
    "64": "卡内余额不足",
}


class Refused(Exception):
    """A transaction is answered with another respCode than 00."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.message = (detail or MEANINGS.get(code, "交易失败")) + f"[{code}00000]"


def consume(house: House, fields: Fields) -> Payment:
    """
    Open the order of a front-end form, or find the same one again.

    :raises Refused: 12 if the number is used up, 10 and 13 if the form makes no sense
    """
    _must_have(fields, "orderId", "txnTime", "txnAmt", "currencyCode", "backUrl")
    _must_fit(fields)
    if (fields.get("txnType"), fields.get("txnSubType")) != ("01", "01"):
        raise Refused("32")
    if not is_web_address(fields["backUrl"]):
        raise Refused("10", "backUrl 格式错误")
    payment = house.world.payment("unionpay", fields["orderId"])
    if payment is None:
        return house.till.open(_new_payment(fields))
    same = (payment.amount, payment.details["txnTime"])
    if payment.status != PaymentStatus.OPEN or same != (int(fields["txnAmt"]), fields["txnTime"]):
        raise Refused("12")
    return payment


def give_back(house: House, fields: Fields) -> Fields:
    """
    Accept a refund (04) or a reversal (31); the result is told or queried later.

    :raises Refused: if the original is not there, not paid or not enough of it is left
    """
    _must_have(fields, "orderId", "txnTime", "txnAmt", "origQryId", "backUrl")
    _must_fit(fields)
    if fields.get("txnType") not in ("04", "31"):
        raise Refused("32")
    if house.world.refund_numbered("unionpay", fields["orderId"]):
        raise Refused("12")
    payment = house.world.payment_by_trade_no("unionpay", fields["origQryId"])
    if payment is None or payment.status != PaymentStatus.PAID or payment.finished_at:
        raise Refused("35")
    amount = int(fields["txnAmt"])
    if fields["txnType"] == "31":
        _check_reversal(house, payment, amount)
    if amount > payment.amount - house.world.refunded(payment):
        raise Refused("36", "退货金额大于可退金额")
    refund = new_refund(payment, fields["orderId"], numbers.unionpay_query_id(), amount)
    refund.notify_url = fields["backUrl"]
    refund.details = {name: fields.get(name, "") for name in ("txnType", "txnTime", "reqReserved")}
    house.till.accept_refund(payment, refund)
    return {"queryId": refund.refund_no, "origQryId": payment.trade_no}


def query(house: House, fields: Fields) -> Fields:
    """
    Say what became of a transaction of ours.

    :raises Refused: 34 as long as nobody has tried to pay
    """
    _must_have(fields, "orderId", "txnTime")
    world = house.world
    payment = world.payment("unionpay", fields["orderId"])
    if payment is not None and payment.details["txnTime"] == fields["txnTime"]:
        if payment.status == PaymentStatus.PAID:
            return house.unionpay.paid_fields(payment) | _origin("00")
        if payment.failure:
            return {"txnAmt": str(payment.amount)} | _origin("64")
        raise Refused("34")
    refund = world.refund_numbered("unionpay", fields["orderId"])
    if refund is None or refund.details["txnTime"] != fields["txnTime"]:
        raise Refused("34")
    return _refund_answer(house, world.payments[refund.payment], refund)


def _refund_answer(house: House, payment: Payment, refund: Refund) -> Fields:
    codes = {RefundStatus.SUCCESS: "00", RefundStatus.PROCESSING: "05", RefundStatus.FAILED: "01"}
    code = codes[RefundStatus(refund.status)]
    return house.unionpay.refund_fields(payment, refund) | _origin(code)


def _origin(code: str) -> Fields:
    message = "成功[0000000]" if code == "00" else f"{MEANINGS[code]}[{code}00000]"
    return {"origRespCode": code, "origRespMsg": message}


def _must_have(fields: Fields, *names: str) -> None:
    for name in names:
        if not fields.get(name):
            raise Refused("13", f"缺少 {name}")


def _must_fit(fields: Fields) -> None:
    for name, form in (("orderId", ORDER_ID), ("txnTime", TXN_TIME), ("txnAmt", TXN_AMOUNT)):
        if not form.fullmatch(fields[name]):
            raise Refused("10", f"{name} 格式错误")
    if fields.get("currencyCode", "156") != "156":
        raise Refused("10", "currencyCode 只支持156")


def _check_reversal(house: House, payment: Payment, amount: int) -> None:
    if amount != payment.amount or house.world.refunds_of(payment):
        raise Refused("36", "消费撤销必须全额，且不能有退货")
    if clock.at(payment.paid_at).date() != clock.now().date():
        raise Refused("35", "消费撤销只能在当日")


def _new_payment(fields: Fields) -> Payment:
    echoed = ("txnTime", "bizType", "reqReserved")
    return Payment(
        key=numbers.new_key(),
        channel="unionpay",
        product="front",
        out_trade_no=fields["orderId"],
        trade_no=numbers.unionpay_query_id(),
        amount=int(fields["txnAmt"]),
        subject=fields.get("orderDesc", "") or fields["orderId"],
        notify_url=fields["backUrl"],
        return_url=fields.get("frontUrl", ""),
        created_at=time.time(),
        expires_at=_expiry(fields),
        details={name: fields.get(name, "") for name in echoed},
    )


def _expiry(fields: Fields) -> float:
    if not fields.get("payTimeout"):
        return time.time() + HALF_HOUR
    try:
        moment = datetime.datetime.strptime(fields["payTimeout"] + "+0800", "%Y%m%d%H%M%S%z")
    except ValueError as error:
        raise Refused("10", "payTimeout 格式错误") from error
    if moment.timestamp() > time.time() + MONTH:
        raise Refused("10", "payTimeout 过晚")
    return moment.timestamp()
