"""Alipay: page pay and QR (precreate), query, close, refund. RSA2 in both directions."""

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.http import HttpRequest

from apps.core import clock
from apps.core.outgoing import OutgoingFailed
from apps.payments.gateways.addresses import notice_url, return_url
from apps.payments.gateways.alipay.notices import read_notice, read_time
from apps.payments.gateways.alipay.signing import NAME, read_answer, signed_request
from apps.payments.gateways.amounts import as_yuan, read_yuan
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
from apps.payments.gateways.wire import Call, exchange

if TYPE_CHECKING:
    from apps.payments.models import Payment, Refund

GOOD = "10000"
BUSINESS_FAILED = "40004"
FINAL_REFUSALS = {
    "ACQ.REASON_TRADE_REFUND_FEE_ERR",
    "ACQ.REFUND_AMT_NOT_EQUAL_TOTAL",
    "ACQ.DISCORDANT_REPEAT_REQUEST",
    "ACQ.TRADE_STATUS_ERROR",
    "ACQ.TRADE_HAS_FINISHED",
    "ACQ.TRADE_NOT_ALLOW_REFUND",
    "ACQ.TRADE_NOT_EXIST",
    "ACQ.INVALID_PARAMETER",
}


class Alipay:
    """Alipay's open gateway."""

    name = NAME
    scenes: tuple[Scene, ...] = (Scene.PAGE, Scene.QR)
    max_refunds: int | None = 300
    refund_window = timedelta(days=365)

    @property
    def refund_gap(self) -> timedelta:
        return timedelta(seconds=int(credentials_of(NAME)["refund_gap_seconds"]))

    def payee(self) -> str:
        return f"{named(NAME, 'app_id')}/{named(NAME, 'seller_id')}"

    def create_charge(self, payment: "Payment", *, payer_ip: str, open_id: str) -> Charge:
        content = {
            "out_trade_no": payment.out_trade_no,
            "total_amount": as_yuan(payment.amount),
            "subject": payment.subject,
            "time_expire": _spoken(payment.expires_at),
        }
        if payment.scene == Scene.PAGE:
            content["product_code"] = "FAST_INSTANT_TRADE_PAY"
            fields = _request(
                "alipay.trade.page.pay", content, return_to=return_url(payment.number)
            )
            url = f"{named(NAME, 'gateway_url')}?{urlencode(fields)}"
            return Charge(kind=ChargeKind.REDIRECT, payment_number=payment.number, url=url)
        answer = _ask("alipay.trade.precreate", content, payment.out_trade_no)
        if answer.get("code") != GOOD:
            raise ChannelRefused(reason=_reason(answer))
        text = str(answer.get("qr_code", ""))
        return Charge(kind=ChargeKind.QR, payment_number=payment.number, qr_text=text)

    def read_notice(self, request: HttpRequest) -> Notice:
        return read_notice(request)

    def query(self, payment: "Payment") -> ChannelFact | None:
        answer = _ask("alipay.trade.query", {"out_trade_no": payment.out_trade_no})
        if answer.get("code") != GOOD:
            return None  # it does not exist before the shopper has opened it
        status = answer.get("trade_status")
        if status in {"TRADE_SUCCESS", "TRADE_FINISHED"}:
            return _paid(payment, answer)
        if status == "TRADE_CLOSED":
            return _closed(payment)
        return None

    def close(self, payment: "Payment") -> CloseAnswer:
        answer = _ask("alipay.trade.close", {"out_trade_no": payment.out_trade_no})
        if answer.get("code") == GOOD:
            return CloseAnswer(is_closed=True)
        if answer.get("sub_code") == "ACQ.TRADE_NOT_EXIST":
            return CloseAnswer(is_closed=is_past_paying(payment))
        fact = self.query(payment)
        if fact is None:
            return CloseAnswer(is_closed=False)
        is_closed = fact.kind is FactKind.CLOSE
        return CloseAnswer(is_closed=is_closed, fact=None if is_closed else fact)

    def refund(self, refund: "Refund") -> RefundAnswer:
        content = {
            "out_trade_no": refund.payment.out_trade_no,
            "out_request_no": refund.number,
            "refund_amount": as_yuan(refund.amount),
            "refund_reason": refund.get_reason_display(),
        }
        answer = _ask("alipay.trade.refund", content, refund.number)
        if answer.get("code") == GOOD:
            if answer.get("fund_change") == "Y":
                return RefundAnswer(outcome=RefundOutcome.SUCCEEDED)
            asked = self.query_refund(refund)  # accepted, or done before: not the same as paid back
            is_open = asked.outcome is RefundOutcome.UNKNOWN
            return RefundAnswer(outcome=RefundOutcome.ACCEPTED) if is_open else asked
        is_final = answer.get("sub_code") in FINAL_REFUSALS
        outcome = RefundOutcome.REFUSED if is_final else RefundOutcome.FAILED
        return RefundAnswer(outcome=outcome, reason=_reason(answer))

    def query_refund(self, refund: "Refund") -> RefundAnswer:
        content = {
            "out_trade_no": refund.payment.out_trade_no,
            "out_request_no": refund.number,
        }
        answer = _ask("alipay.trade.fastpay.refund.query", content, refund.number)
        is_done = answer.get("code") == GOOD and answer.get("refund_status") == "REFUND_SUCCESS"
        is_ours = answer.get("out_request_no") == refund.number
        if is_done and is_ours and read_yuan(answer.get("refund_amount")) == refund.amount:
            return RefundAnswer(outcome=RefundOutcome.SUCCEEDED)
        return RefundAnswer(outcome=RefundOutcome.UNKNOWN)


def _paid(payment: "Payment", answer: dict[str, object]) -> ChannelFact:
    """An answer names no payee: it is the account that we signed the question with."""
    return ChannelFact(
        provider=NAME,
        kind=FactKind.PAYMENT,
        is_success=True,
        out_trade_no=str(answer.get("out_trade_no", "")),
        channel_transaction_no=str(answer.get("trade_no", "")),
        amount=read_yuan(answer.get("total_amount")),
        payee=f"{named(NAME, 'app_id')}/{named(NAME, 'seller_id')}",
        occurred_at=read_time(answer.get("send_pay_date")),
    )


def _closed(payment: "Payment") -> ChannelFact:
    return ChannelFact(
        provider=NAME,
        kind=FactKind.CLOSE,
        is_success=True,
        out_trade_no=payment.out_trade_no,
        payee=payment.payee,
    )


def _ask(method: str, content: dict[str, str], reference: str = "") -> dict[str, object]:
    """
    Call a method and return its verified answer.

    :raises OutgoingFailed: if Alipay does not answer, or says that it cannot work at the moment
    """
    fields = _request(method, content)
    answer = exchange(
        Call(
            provider=NAME,
            operation=method.removeprefix("alipay.trade."),
            reference=reference or content["out_trade_no"],
            method="POST",
            url=f"{named(NAME, 'gateway_url')}?charset=utf-8",
            body=urlencode(fields).encode(),
            headers={"Content-Type": "application/x-www-form-urlencoded;charset=utf-8"},
        )
    )
    node = method.replace(".", "_") + "_response"
    found = read_answer(answer.body, node)
    if found.get("code") not in {GOOD, BUSINESS_FAILED}:
        raise OutgoingFailed(f"Alipay: {_reason(found)}")
    if found.get("sub_code") in {"ACQ.SYSTEM_ERROR", "aop.ACQ.SYSTEM_ERROR"}:
        raise OutgoingFailed(f"Alipay: {_reason(found)}")
    number = found.get("out_trade_no")
    if number is not None and number != content["out_trade_no"]:
        raise OutgoingFailed("Alipay answers about another trade")
    return found


def _request(method: str, content: dict[str, str], *, return_to: str = "") -> dict[str, str]:
    return signed_request(
        {
            "app_id": named(NAME, "app_id"),
            "method": method,
            "format": "JSON",
            "charset": "utf-8",
            "sign_type": "RSA2",
            "timestamp": _spoken(clock.real_now()),
            "version": "1.0",
            "notify_url": notice_url("alipay"),
            "return_url": return_to,
            "biz_content": json.dumps(content, ensure_ascii=False, separators=(",", ":")),
        }
    )


def _spoken(moment: datetime) -> str:
    return moment.astimezone(clock.BUSINESS_ZONE).strftime("%Y-%m-%d %H:%M:%S")


def _reason(answer: dict[str, object]) -> str:
    code = answer.get("sub_code") or answer.get("code")
    return f"{code} {answer.get('sub_msg') or answer.get('msg')}"[:300]
