"""WeChat's notices: signature first, then the seal, then what they state (rule book, WeChat 1-2)."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest

from apps.core.strict_json import MalformedJson, read_strict_json
from apps.payments.gateways.amounts import read_fen
from apps.payments.gateways.base import BadNotice, NothingNew, Notice
from apps.payments.gateways.credentials import named
from apps.payments.gateways.facts import ChannelFact, FactKind
from apps.payments.gateways.wechat.client import know_serial
from apps.payments.gateways.wechat.signing import NAME, must_be_from_wechat, unseal

MOST_NOTICE_ID = 128


def read_notice(request: HttpRequest) -> Notice:
    """
    Verify a notice and say what it states.

    :raises BadNotice: if it is not WeChat's, or not about our merchant
    :raises NothingNew: if it is about something that we never ask for
    """
    body = request.body
    know_serial(request.headers.get("Wechatpay-Serial", ""))
    must_be_from_wechat(request.headers, body)
    message = _object(body)
    notice_id, event = message.get("id"), message.get("event_type")
    resource = message.get("resource")
    if not (isinstance(notice_id, str) and 0 < len(notice_id) <= MOST_NOTICE_ID):
        raise BadNotice("it has no usable id")
    if not (isinstance(event, str) and isinstance(resource, dict)):
        raise BadNotice("it is incomplete")
    content = _object(unseal(resource))
    return Notice(
        provider=NAME, notice_id=notice_id, body=body.decode(), fact=_fact(event, content)
    )


def payment_fact(content: dict[str, Any]) -> ChannelFact:
    """Return the fact of a successful transaction, as notices and queries show it."""
    amount = content.get("amount")
    amount = amount if isinstance(amount, dict) else {}
    return ChannelFact(
        provider=NAME,
        kind=FactKind.PAYMENT,
        is_success=True,
        out_trade_no=_text(content, "out_trade_no"),
        channel_transaction_no=_text(content, "transaction_id"),
        amount=read_fen(amount.get("total")),
        currency=_text(amount, "currency"),
        payee=f"{_text(content, 'appid')}/{_text(content, 'mchid')}",
        occurred_at=read_time(content.get("success_time")),
    )


def read_time(text: object) -> datetime | None:
    """Return the moment of ``2026-11-20T14:00:00+08:00``."""
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _fact(event: str, content: dict[str, Any]) -> ChannelFact:
    if content.get("mchid") != named(NAME, "mch_id"):
        raise BadNotice("it is for another merchant")
    if event == "TRANSACTION.SUCCESS":
        if content.get("appid") != named(NAME, "app_id"):
            raise BadNotice("it is for another application")
        if content.get("trade_state") != "SUCCESS":
            raise BadNotice("its trade_state is not a success")
        fact = payment_fact(content)
        if fact.amount is None:
            raise BadNotice("its amount is not one")
        return fact
    if event in {"REFUND.SUCCESS", "REFUND.ABNORMAL", "REFUND.CLOSED"}:
        return _refund(event, content)
    raise NothingNew


def _refund(event: str, content: dict[str, Any]) -> ChannelFact:
    status = event.removeprefix("REFUND.")
    if content.get("refund_status") != status:
        raise BadNotice("it contradicts itself")
    sums = content.get("amount")
    amount = read_fen(sums.get("refund")) if isinstance(sums, dict) else None
    if amount is None:
        raise BadNotice("its amount is not one")
    return ChannelFact(
        provider=NAME,
        kind=FactKind.REFUND,
        is_success=status == "SUCCESS",
        out_trade_no=_text(content, "out_trade_no"),
        channel_transaction_no=_text(content, "transaction_id"),
        amount=amount,
        payee=f"/{_text(content, 'mchid')}",
        occurred_at=read_time(content.get("success_time")),
        out_refund_no=_text(content, "out_refund_no"),
        channel_refund_no=_text(content, "refund_id"),
        reason="" if status == "SUCCESS" else f"refund {status}",
    )


def _object(raw: bytes) -> dict[str, Any]:
    try:
        value = read_strict_json(raw)
    except MalformedJson as problem:
        raise BadNotice("it is not JSON that we read") from problem
    if not isinstance(value, dict):
        raise BadNotice("it is no object")
    return value


def _text(content: dict[str, Any], name: str) -> str:
    value = content.get(name, "")
    return value if isinstance(value, str) else ""
