"""Bank cards through UnionPay's online gateway 5.1.0: front form, back notices, query, refund."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.http import HttpRequest

from apps.core import clock
from apps.core.outgoing import OutgoingFailed
from apps.payments.gateways.addresses import notice_url, return_url
from apps.payments.gateways.amounts import as_fen, read_fen_text
from apps.payments.gateways.base import (
    BadNotice,
    CloseAnswer,
    NothingNew,
    Notice,
    RefundAnswer,
    RefundOutcome,
    is_past_paying,
)
from apps.payments.gateways.charges import Charge, ChargeKind, Scene
from apps.payments.gateways.credentials import credentials_of, named
from apps.payments.gateways.facts import ChannelFact, FactKind
from apps.payments.gateways.forms import read_form
from apps.payments.gateways.unionpay.signing import NAME, must_be_from_unionpay, signed_fields
from apps.payments.gateways.wire import Call, exchange

if TYPE_CHECKING:
    from apps.payments.models import Payment, Refund

CONSUMPTION, REFUND, QUERY = "01", "04", "00"
GOOD, GOOD_WITH_A_FLAW = "00", "A6"
PENDING = {"03", "04", "05"}
DUPLICATE, NOT_THERE, BUSY = "12", "34", "06"
FINAL_REFUSALS = {"35", "36"}
CNY = "156"


class UnionPay:
    """UnionPay's online gateway."""

    name = NAME
    scenes: tuple[Scene, ...] = (Scene.PAGE,)
    max_refunds: int | None = None
    refund_window = timedelta(days=330)

    @property
    def refund_gap(self) -> timedelta:
        return timedelta(seconds=int(credentials_of(NAME)["refund_gap_seconds"]))

    def payee(self) -> str:
        return named(NAME, "mer_id")

    def create_charge(self, payment: "Payment", *, payer_ip: str, open_id: str) -> Charge:
        fields = signed_fields(
            _common(CONSUMPTION, "01")
            | {
                "orderId": payment.out_trade_no,
                "txnTime": _stamp(payment.created_at),
                "txnAmt": str(as_fen(payment.amount)),
                "currencyCode": CNY,
                "payTimeout": _stamp(payment.expires_at),
                "frontUrl": return_url(payment.number),
                "backUrl": notice_url("unionpay"),
                "orderDesc": payment.subject[:32],
                "customerIp": payer_ip,
            }
        )
        url = f"{_base()}/gateway/api/frontTransReq.do"
        return Charge(kind=ChargeKind.FORM, payment_number=payment.number, url=url, fields=fields)

    def read_notice(self, request: HttpRequest) -> Notice:
        fields = read_form(request.body)
        must_be_from_unionpay(fields)
        if fields.get("merId") != named(NAME, "mer_id"):
            raise BadNotice("it is for another merchant")
        fact = _fact(fields)
        notice_id = (
            f"{fields.get('txnType')}:{fact.channel_transaction_no or fact.channel_refund_no}"
        )
        body = request.body.decode("ascii")
        return Notice(provider=NAME, notice_id=notice_id, body=body, fact=fact)

    def query(self, payment: "Payment") -> ChannelFact | None:
        answer = _query(payment.out_trade_no, payment.created_at)
        is_good = answer.get("respCode") == GOOD
        if is_good and answer.get("origRespCode") in {GOOD, GOOD_WITH_A_FLAW}:
            return _payment(answer)
        return None

    def close(self, payment: "Payment") -> CloseAnswer:
        """UnionPay knows no close: the order ends at its payTimeout."""
        fact = self.query(payment)
        return CloseAnswer(is_closed=fact is None and is_past_paying(payment), fact=fact)

    def refund(self, refund: "Refund") -> RefundAnswer:
        answer = _ask(
            "refund",
            "backTransReq.do",
            refund.number,
            _common(REFUND, "00")
            | {
                "orderId": refund.number,
                "txnTime": _stamp(refund.created_at),
                "txnAmt": str(as_fen(refund.amount)),
                "origQryId": refund.payment.channel_transaction_no,
                "backUrl": notice_url("unionpay"),
            },
        )
        code = answer.get("respCode", "")
        if code == DUPLICATE:
            asked = self.query_refund(refund)
            is_open = asked.outcome is RefundOutcome.UNKNOWN
            return RefundAnswer(outcome=RefundOutcome.ACCEPTED) if is_open else asked
        if code == GOOD or code in PENDING:
            return RefundAnswer(
                outcome=RefundOutcome.ACCEPTED, channel_refund_no=answer.get("queryId", "")
            )
        if code == BUSY:
            return RefundAnswer(outcome=RefundOutcome.UNKNOWN, reason=_reason(answer))
        is_final = code in FINAL_REFUSALS
        outcome = RefundOutcome.REFUSED if is_final else RefundOutcome.FAILED
        return RefundAnswer(outcome=outcome, reason=_reason(answer))

    def query_refund(self, refund: "Refund") -> RefundAnswer:
        answer = _query(refund.number, refund.created_at)
        if answer.get("respCode") != GOOD:
            return RefundAnswer(outcome=RefundOutcome.UNKNOWN, reason=_reason(answer))
        code = answer.get("origRespCode", "")
        if code == GOOD and read_fen_text(answer.get("txnAmt")) != refund.amount:
            raise OutgoingFailed("UnionPay answers about another refund")
        outcome = {GOOD: RefundOutcome.SUCCEEDED}.get(
            code, RefundOutcome.ACCEPTED if code in PENDING else RefundOutcome.FAILED
        )
        return RefundAnswer(
            outcome=outcome,
            channel_refund_no=answer.get("queryId", ""),
            reason="" if code == GOOD else f"{code} {answer.get('origRespMsg', '')}"[:300],
        )


def _fact(fields: Mapping[str, str]) -> ChannelFact:
    is_good = fields.get("respCode") in {GOOD, GOOD_WITH_A_FLAW}
    if fields.get("txnType") == CONSUMPTION:
        if not is_good:
            raise NothingNew  # the shopper may try another card on the same order
        fact = _payment(fields)
        if fact.amount is None:
            raise BadNotice("its amount is not one")
        return fact
    if fields.get("txnType") != REFUND:
        raise NothingNew
    return ChannelFact(
        provider=NAME,
        kind=FactKind.REFUND,
        is_success=is_good,
        channel_refund_no=fields.get("queryId", ""),
        amount=read_fen_text(fields.get("txnAmt")),
        payee=fields.get("merId", ""),
        out_refund_no=fields.get("orderId", ""),
        reason="" if is_good else _reason(fields),
    )


def _payment(fields: Mapping[str, str]) -> ChannelFact:
    return ChannelFact(
        provider=NAME,
        kind=FactKind.PAYMENT,
        is_success=True,
        out_trade_no=fields.get("orderId", ""),
        channel_transaction_no=fields.get("queryId", ""),
        amount=read_fen_text(fields.get("txnAmt")),
        currency="CNY" if fields.get("currencyCode") == CNY else fields.get("currencyCode", ""),
        payee=fields.get("merId", ""),
        occurred_at=None,
    )


def _query(order_id: str, sent_at: datetime) -> dict[str, str]:
    fields = _common(QUERY, "00") | {"orderId": order_id, "txnTime": _stamp(sent_at)}
    return _ask("query", "queryTrans.do", order_id, fields)


def _ask(operation: str, door: str, reference: str, fields: dict[str, str]) -> dict[str, str]:
    """
    Make one call and return its verified answer.

    :raises OutgoingFailed: no answer, or one that is not UnionPay's
    """
    answer = exchange(
        Call(
            provider=NAME,
            operation=operation,
            reference=reference,
            method="POST",
            url=f"{_base()}/gateway/api/{door}",
            body=urlencode(signed_fields(fields)).encode(),
            headers={"Content-Type": "application/x-www-form-urlencoded;charset=UTF-8"},
        )
    )
    found = _pairs(answer.text)
    try:
        must_be_from_unionpay(found)
    except BadNotice as problem:
        raise OutgoingFailed("UnionPay's answer is not signed by UnionPay") from problem
    if (
        found.get("orderId", reference) != reference
        or found.get("merId", _merchant()) != _merchant()
    ):
        raise OutgoingFailed("UnionPay answers about another order")
    return found


def _pairs(text: str) -> dict[str, str]:
    """Read ``a=1&b=2`` whose values stand as they are, not percent-encoded."""
    parts = [part.partition("=") for part in text.split("&")]
    found = {name: value for name, _, value in parts}
    if len(found) != len(parts):
        raise OutgoingFailed("UnionPay's answer cannot be read")
    return found


def _common(txn_type: str, sub_type: str) -> dict[str, str]:
    return {
        "version": "5.1.0",
        "encoding": "UTF-8",
        "signMethod": "01",
        "txnType": txn_type,
        "txnSubType": sub_type,
        "bizType": "000201",
        "channelType": "07",
        "accessType": "0",
        "merId": _merchant(),
    }


def _merchant() -> str:
    return named(NAME, "mer_id")


def _base() -> str:
    return named(NAME, "base_url").rstrip("/")


def _stamp(moment: datetime) -> str:
    return moment.astimezone(clock.BUSINESS_ZONE).strftime("%Y%m%d%H%M%S")


def _reason(answer: Mapping[str, str]) -> str:
    return f"{answer.get('respCode', '')} {answer.get('respMsg', '')}"[:300]
