"""WeChat Pay v3: native QR and JSAPI, query, close, refund."""

import logging
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.http import HttpRequest

from apps.core import clock
from apps.core.outgoing import OutgoingFailed
from apps.payments.gateways.addresses import notice_url, refund_notice_url
from apps.payments.gateways.amounts import as_fen
from apps.payments.gateways.base import (
    ChannelRefused,
    CloseAnswer,
    Notice,
    RefundAnswer,
    RefundOutcome,
    is_past_paying,
)
from apps.payments.gateways.charges import Charge, ChargeKind, Scene
from apps.payments.gateways.credentials import credentials_of, named
from apps.payments.gateways.facts import ChannelFact, FactKind
from apps.payments.gateways.wechat.client import Reply, ask
from apps.payments.gateways.wechat.notices import payment_fact, read_notice
from apps.payments.gateways.wechat.signing import NAME, jsapi_fields

if TYPE_CHECKING:
    from apps.payments.models import Payment, Refund

log = logging.getLogger(__name__)

ORDERS = "/v3/pay/transactions"
REFUNDS = "/v3/refund/domestic/refunds"
GONE = {"ORDERCLOSED", "ORDER_CLOSED"}
NOT_THERE = {"ORDERNOTEXIST", "ORDER_NOT_EXIST", "RESOURCE_NOT_EXISTS"}
TOO_OFTEN = {"FREQUENCY_LIMITED", "RATELIMIT_EXCEEDED", "RATE_LIMITED"}
MAY_WORK_LATER = {"NOT_ENOUGH", "USER_ACCOUNT_ABNORMAL"}
OUTCOMES = {
    "SUCCESS": RefundOutcome.SUCCEEDED,
    "PROCESSING": RefundOutcome.ACCEPTED,
    "ABNORMAL": RefundOutcome.FAILED,
    "CLOSED": RefundOutcome.FAILED,
}


class WechatPay:
    """WeChat Pay's API v3."""

    name = NAME
    scenes: tuple[Scene, ...] = (Scene.QR, Scene.JSAPI)
    max_refunds: int | None = 50
    refund_window = timedelta(days=365)

    @property
    def refund_gap(self) -> timedelta:
        return timedelta(seconds=int(credentials_of(NAME)["refund_gap_seconds"]))

    def payee(self) -> str:
        return f"{named(NAME, 'app_id')}/{named(NAME, 'mch_id')}"

    def create_charge(self, payment: "Payment", *, payer_ip: str, open_id: str) -> Charge:
        content: dict[str, object] = {
            "appid": named(NAME, "app_id"),
            "mchid": named(NAME, "mch_id"),
            "description": payment.subject[:127],
            "out_trade_no": payment.out_trade_no,
            "time_expire": _spoken(payment),
            "notify_url": notice_url("wechat"),
            "amount": {"total": as_fen(payment.amount), "currency": payment.currency},
        }
        if payer_ip:
            content["scene_info"] = {"payer_client_ip": payer_ip}
        if payment.scene == Scene.JSAPI:
            return _jsapi(payment, content | {"payer": {"openid": open_id}})
        reply = ask("native", payment.out_trade_no, "POST", f"{ORDERS}/native", content)
        _must_be_taken(reply)
        return Charge(
            kind=ChargeKind.QR,
            payment_number=payment.number,
            qr_text=str(reply.content.get("code_url", "")),
        )

    def read_notice(self, request: HttpRequest) -> Notice:
        return read_notice(request)

    def query(self, payment: "Payment") -> ChannelFact | None:
        path = f"{ORDERS}/out-trade-no/{payment.out_trade_no}?mchid={named(NAME, 'mch_id')}"
        reply = ask("query", payment.out_trade_no, "GET", path)
        if not reply.is_good:
            return None
        if reply.content.get("out_trade_no") != payment.out_trade_no:
            raise OutgoingFailed("WeChat answers about another order")
        state = reply.content.get("trade_state")
        if state == "SUCCESS" or (state == "REFUND" and payment.refunding_amount > 0):
            return payment_fact(dict(reply.content))
        if state in {"CLOSED", "REVOKED", "REFUND"}:
            return _closed(payment, str(state))
        return None

    def close(self, payment: "Payment") -> CloseAnswer:
        path = f"{ORDERS}/out-trade-no/{payment.out_trade_no}/close"
        content = {"mchid": named(NAME, "mch_id")}
        reply = ask("close", payment.out_trade_no, "POST", path, content)
        if reply.is_good or reply.code in GONE:
            return CloseAnswer(is_closed=True)
        if reply.code == "ORDERPAID":
            fact = self.query(payment)
            is_closed = fact is not None and fact.kind is FactKind.CLOSE
            return CloseAnswer(is_closed=is_closed, fact=None if is_closed else fact)
        if reply.code in NOT_THERE:
            return CloseAnswer(is_closed=is_past_paying(payment))
        return CloseAnswer(is_closed=False)

    def refund(self, refund: "Refund") -> RefundAnswer:
        payment = refund.payment
        content = {
            "out_trade_no": payment.out_trade_no,
            "out_refund_no": refund.number,
            "reason": refund.get_reason_display(),
            "notify_url": refund_notice_url("wechat"),
            "amount": {
                "refund": as_fen(refund.amount),
                "total": as_fen(payment.amount),
                "currency": payment.currency,
            },
        }
        reply = ask("refund", refund.number, "POST", REFUNDS, content)
        if reply.code in TOO_OFTEN:
            return RefundAnswer(outcome=RefundOutcome.UNKNOWN, reason=reply.reason)
        if reply.is_good:
            return _read_refund(refund, reply)
        may_work = reply.code in MAY_WORK_LATER
        outcome = RefundOutcome.FAILED if may_work else RefundOutcome.REFUSED
        return RefundAnswer(outcome=outcome, reason=reply.reason)

    def query_refund(self, refund: "Refund") -> RefundAnswer:
        reply = ask("refund_query", refund.number, "GET", f"{REFUNDS}/{refund.number}")
        if reply.is_good:
            return _read_refund(refund, reply)
        return RefundAnswer(outcome=RefundOutcome.UNKNOWN, reason=reply.reason)


def _jsapi(payment: "Payment", content: dict[str, object]) -> Charge:
    reply = ask("jsapi", payment.out_trade_no, "POST", f"{ORDERS}/jsapi", content)
    _must_be_taken(reply)
    fields = jsapi_fields(str(reply.content.get("prepay_id", "")))
    page = credentials_of(NAME).get("jsapi_url", "")
    url = f"{page}?{urlencode(fields)}" if page else ""
    return Charge(kind=ChargeKind.JSAPI, payment_number=payment.number, url=url, fields=fields)


def _must_be_taken(reply: Reply) -> None:
    if not reply.is_good:
        raise ChannelRefused(reason=reply.reason)


def _closed(payment: "Payment", state: str) -> ChannelFact:
    if state == "REFUND":  # somebody sent it back at the channel before we knew that it was paid
        log.error("refunded at the channel, not by us", extra={"payment": payment.number})
    return ChannelFact(
        provider=NAME,
        kind=FactKind.CLOSE,
        is_success=True,
        out_trade_no=payment.out_trade_no,
        payee=payment.payee,
    )


def _read_refund(refund: "Refund", reply: Reply) -> RefundAnswer:
    amount = reply.content.get("amount")
    is_ours = reply.content.get("out_refund_no") == refund.number
    is_whole = isinstance(amount, dict) and amount.get("refund") == as_fen(refund.amount)
    if not (is_ours and is_whole):
        raise OutgoingFailed("WeChat answers about another refund")
    status = str(reply.content.get("status", ""))
    return RefundAnswer(
        outcome=OUTCOMES.get(status, RefundOutcome.ACCEPTED),
        channel_refund_no=str(reply.content.get("refund_id", "")),
        reason="" if status == "SUCCESS" else f"refund {status}",
    )


def _spoken(payment: "Payment") -> str:
    return payment.expires_at.astimezone(clock.BUSINESS_ZONE).isoformat(timespec="seconds")
