"""WeChat's orders and refunds: what each call does."""

import datetime
import re
import time
from typing import Any, TypeGuard

from simulator import clock, numbers
from simulator.addresses import is_web_address
from simulator.house import House
from simulator.rows import Payment, PaymentStatus, Refund, RefundStatus
from simulator.till import new_refund
from simulator.wechat.channel import refund_word, transaction

Content = dict[str, Any]
NUMBER = re.compile(r"[0-9A-Za-z_\-|*]{6,32}")
REFUND_NUMBER = re.compile(r"[0-9A-Za-z_\-|*@]{1,64}")
TWO_HOURS = 7200.0
WEEK = 7 * 24 * 3600.0
YEAR = 365 * 24 * 3600.0
MAX_REFUNDS = 50
BETWEEN_REFUNDS = 60.0
STATUS_OF = {
    "PARAM_ERROR": 400, "INVALID_REQUEST": 400, "ORDERPAID": 400, "ORDERCLOSED": 400,
    "ORDER_CLOSED": 400, "APPID_MCHID_NOT_MATCH": 400, "MCH_NOT_EXISTS": 400,
    "SIGN_ERROR": 401, "NO_AUTH": 403, "OUT_TRADE_NO_USED": 403, "NOT_ENOUGH": 403,
    "ACCOUNT_ERROR": 403, "RULE_LIMIT": 403, "TRADE_ERROR": 403, "USER_ACCOUNT_ABNORMAL": 403,
    "ORDERNOTEXIST": 404, "ORDER_NOT_EXIST": 404, "RESOURCE_NOT_EXISTS": 404,
    "FREQUENCY_LIMITED": 429, "RATELIMIT_EXCEEDED": 429,
    "SYSTEM_ERROR": 500, "BANK_ERROR": 500, "BIZERR_NEED_RETRY": 500,
}  # fmt: skip


class Refused(Exception):
    """An error with a code of WeChat's."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.message = message or code

    @property
    def status(self) -> int:
        return STATUS_OF.get(self.code, 400)


def place(house: House, body: Content, trade_type: str) -> Payment:
    """
    Open an order or find the same one again.

    :raises Refused: if the number is used up or the content makes no sense
    """
    _check_order(house, body, trade_type)
    number, amount = body["out_trade_no"], body["amount"]["total"]
    payment = house.world.payment("wechat", number)
    if payment is None:
        return house.till.open(_new_payment(house, body, trade_type))
    if payment.status == PaymentStatus.PAID:
        raise Refused("ORDERPAID", "该订单已支付")
    if payment.status == PaymentStatus.CLOSED:
        raise Refused("ORDERCLOSED", "该订单已关闭，请重新下单")
    same = (payment.amount, payment.subject, payment.details["trade_type"])
    if same != (amount, body["description"], trade_type):
        raise Refused("OUT_TRADE_NO_USED", "商户订单号重复，且与原订单参数不一致")
    return payment


def show(house: House, payment: Payment) -> Content:
    """Return the order as the queries show it."""
    if payment.status == PaymentStatus.PAID:
        content = transaction(payment)
        if house.world.refunds_of(payment):
            content |= {"trade_state": "REFUND", "trade_state_desc": "订单发生过退款"}
        return content
    is_open = payment.status == PaymentStatus.OPEN
    return {
        "mchid": payment.details["mchid"],
        "appid": payment.details["appid"],
        "out_trade_no": payment.out_trade_no,
        "attach": payment.details.get("attach", ""),
        "trade_state": "NOTPAY" if is_open else "CLOSED",
        "trade_state_desc": "订单未支付" if is_open else "订单已关闭",
        "payer": {},
        "amount": {"total": payment.amount, "currency": "CNY"},
    }


def close(house: House, payment: Payment) -> None:
    """
    Close an order.

    :raises Refused: ORDERPAID if the shopper was faster
    """
    if payment.status == PaymentStatus.OPEN and house.knobs.take(
        "wechat", "orderpaid_on_close", payment.out_trade_no
    ):
        house.till.pay(payment, payer="oSimulatedShopper0000000001")
    if payment.status == PaymentStatus.PAID:
        raise Refused("ORDERPAID", "该订单已支付")
    if payment.status == PaymentStatus.CLOSED:
        if payment.closed_at:
            return
        raise Refused("ORDERCLOSED", "该订单已关闭")
    house.till.close(payment)


def refund(house: House, body: Content) -> Content:
    """
    Accept a refund; the same number is the same refund.

    :raises Refused: if it cannot be
    """
    payment = _paid_payment(house, body)
    number = body.get("out_refund_no")
    if not (isinstance(number, str) and REFUND_NUMBER.fullmatch(number)):
        raise Refused("PARAM_ERROR", "out_refund_no 无效")
    wanted = _wanted_refund(payment, body.get("amount"))
    found = house.world.refund(payment, number)
    if found is not None:
        if found.amount != wanted:
            raise Refused("INVALID_REQUEST", "订单金额或退款金额与之前请求不一致，请核实后再试")
        return show_refund(payment, found)
    _check_limits(house, payment, wanted)
    new = new_refund(payment, number, numbers.wechat_number("5030"), wanted)
    new.notify_url = str(body.get("notify_url") or "")
    new.reason = str(body.get("reason") or "")
    return show_refund(payment, house.till.accept_refund(payment, new))


def show_refund(payment: Payment, refund: Refund) -> Content:
    """Return a refund as accepted or queried."""
    content: Content = {
        "refund_id": refund.refund_no,
        "out_refund_no": refund.number,
        "transaction_id": payment.trade_no,
        "out_trade_no": payment.out_trade_no,
        "channel": "ORIGINAL",
        "user_received_account": "支付用户零钱",
        "create_time": clock.rfc3339(clock.at(refund.created_at)),
        "status": refund_word(refund),
        "funds_account": "UNSETTLED",
        "amount": {
            "total": payment.amount,
            "refund": refund.amount,
            "payer_total": payment.amount,
            "payer_refund": refund.amount,
            "settlement_refund": refund.amount,
            "settlement_total": payment.amount,
            "discount_refund": 0,
            "currency": "CNY",
        },
    }
    if refund.status == RefundStatus.SUCCESS:
        content["success_time"] = clock.rfc3339(clock.at(refund.finished_at))
    return content


def find_refund(house: House, number: str) -> tuple[Payment, Refund]:
    """
    Find a refund by the shop's number.

    :raises Refused: RESOURCE_NOT_EXISTS
    """
    found = house.world.refund_numbered("wechat", number)
    if found is None:
        raise Refused("RESOURCE_NOT_EXISTS", "退款单不存在")
    return house.world.payments[found.payment], found


def _check_order(house: House, body: Content, trade_type: str) -> None:
    config = house.config
    if body.get("appid") != config.wechat_app_id:
        raise Refused("APPID_MCHID_NOT_MATCH", "appid和mch_id不匹配")
    if body.get("mchid") != config.wechat_mch_id:
        raise Refused("PARAM_ERROR", "商户号mchid与签名的商户号不一致")
    description, number = body.get("description"), body.get("out_trade_no")
    if not (isinstance(description, str) and 0 < len(description) <= 127):  # noqa: PLR2004
        raise Refused("PARAM_ERROR", "description 必填，不超过127个字符")
    if not (isinstance(number, str) and NUMBER.fullmatch(number)):
        raise Refused("PARAM_ERROR", "out_trade_no 只能是数字、大小写字母_-|*，6至32个字符")
    notify_url = str(body.get("notify_url") or "")
    if not is_web_address(notify_url) or "?" in notify_url:
        raise Refused("PARAM_ERROR", "notify_url 必须是不带参数的完整地址")
    _check_money(body)
    payer = body.get("payer")
    if trade_type == "JSAPI" and not (isinstance(payer, dict) and payer.get("openid")):
        raise Refused("PARAM_ERROR", "payer.openid 必填")


def _check_money(body: Content) -> None:
    amount = body.get("amount")
    if not isinstance(amount, dict) or not _is_fen(amount.get("total")):
        raise Refused("PARAM_ERROR", "amount.total 必须是正整数，单位为分")
    if amount.get("currency", "CNY") != "CNY":
        raise Refused("PARAM_ERROR", "amount.currency 只支持CNY")


def _new_payment(house: House, body: Content, trade_type: str) -> Payment:
    payer = body.get("payer")
    return Payment(
        key=numbers.new_key(),
        channel="wechat",
        product=trade_type.lower(),
        out_trade_no=body["out_trade_no"],
        trade_no=numbers.wechat_number("4200"),
        amount=body["amount"]["total"],
        subject=body["description"],
        notify_url=body["notify_url"],
        return_url="",
        created_at=time.time(),
        expires_at=_expiry(body),
        details={
            "appid": body["appid"],
            "mchid": body["mchid"],
            "trade_type": trade_type,
            "attach": str(body.get("attach") or ""),
            "openid": str(payer.get("openid")) if isinstance(payer, dict) else "",
        },
    )


def _expiry(body: Content) -> float:
    if not body.get("time_expire"):
        return time.time() + TWO_HOURS
    try:
        moment = datetime.datetime.fromisoformat(str(body["time_expire"]))
    except ValueError as error:
        raise Refused("PARAM_ERROR", "time_expire 格式应为rfc3339") from error
    if moment.tzinfo is None:
        raise Refused("PARAM_ERROR", "time_expire 格式应为rfc3339")
    if moment.timestamp() > time.time() + WEEK:
        raise Refused("PARAM_ERROR", "time_expire 最长7天")
    return moment.timestamp()


def _paid_payment(house: House, body: Content) -> Payment:
    world = house.world
    if body.get("transaction_id"):
        payment = world.payment_by_trade_no("wechat", str(body["transaction_id"]))
    else:
        payment = world.payment("wechat", str(body.get("out_trade_no") or ""))
    if payment is None:
        raise Refused("RESOURCE_NOT_EXISTS", "订单不存在")
    if payment.status != PaymentStatus.PAID:
        raise Refused("INVALID_REQUEST", "订单未支付")
    return payment


def _wanted_refund(payment: Payment, amount: object) -> int:
    if not isinstance(amount, dict) or amount.get("currency") != "CNY":
        raise Refused("PARAM_ERROR", "amount 无效")
    wanted, total = amount.get("refund"), amount.get("total")
    if not _is_fen(wanted) or not _is_fen(total):
        raise Refused("PARAM_ERROR", "amount.refund 和 amount.total 必须是正整数，单位为分")
    if total != payment.amount:
        raise Refused("INVALID_REQUEST", "订单金额或退款金额与之前请求不一致，请核实后再试")
    return wanted


def _check_limits(house: House, payment: Payment, wanted: int) -> None:
    refunds = house.world.refunds_of(payment)
    if payment.finished_at or time.time() - payment.paid_at > YEAR:
        raise Refused("INVALID_REQUEST", "订单已超过退款期限")
    if len(refunds) >= MAX_REFUNDS:
        raise Refused("INVALID_REQUEST", "一笔订单最多退款50次")
    if wanted > payment.amount - house.world.refunded(payment):
        raise Refused("INVALID_REQUEST", "退款金额大于可退金额")
    pause = house.pace.real(BETWEEN_REFUNDS)
    if refunds and time.time() - refunds[-1].created_at < pause:
        raise Refused("FREQUENCY_LIMITED", "同一笔订单的两次退款需间隔1分钟")


def _is_fen(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < 10**10
