"""Alipay's notices: verified, and then read with their traps (rule book, Alipay 1-3)."""

from collections.abc import Mapping
from datetime import datetime

from django.http import HttpRequest

from apps.core import clock
from apps.payments.gateways.alipay.signing import NAME, is_notice_signed
from apps.payments.gateways.amounts import read_yuan
from apps.payments.gateways.base import BadNotice, NothingNew, Notice
from apps.payments.gateways.credentials import named
from apps.payments.gateways.facts import ChannelFact, FactKind
from apps.payments.gateways.forms import read_form

CHARSETS = {"utf-8": "utf-8", "gbk": "gbk"}
PAID = {"TRADE_SUCCESS", "TRADE_FINISHED"}
MOST_NOTICE_ID = 128


def read_notice(request: HttpRequest) -> Notice:
    """
    Verify a notice and say what it states.

    :raises BadNotice: if it is not Alipay's, or not about our application
    :raises NothingNew: if it says nothing that matters
    """
    charset = _charset(request.body)
    fields = read_form(request.body, charset=charset)
    if not is_notice_signed(fields, charset):
        raise BadNotice("the signature does not fit")
    if fields.get("app_id") != named(NAME, "app_id"):
        raise BadNotice("it is for another application")
    notice_id = fields.get("notify_id", "")
    if not 0 < len(notice_id) <= MOST_NOTICE_ID:
        raise BadNotice("it has no usable id")
    return Notice(
        provider=NAME, notice_id=notice_id, body=request.body.decode("ascii"), fact=_fact(fields)
    )


def payee_of(fields: Mapping[str, object]) -> str:
    return f"{fields.get('app_id', '')}/{fields.get('seller_id', '')}"


def read_time(text: object) -> datetime | None:
    """Return the moment of ``2026-11-20 14:00:00``, which Alipay means in China's time."""
    try:
        moment = datetime.strptime(str(text)[:19], "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007
    except ValueError:
        return None
    return moment.replace(tzinfo=clock.BUSINESS_ZONE)


def _charset(raw: bytes) -> str:
    """Return the charset that the form names, if it is one we read."""
    named_ones = [part[8:] for part in raw.lower().split(b"&") if part.startswith(b"charset=")]
    if not named_ones:
        return "utf-8"
    charset = CHARSETS.get(named_ones[0].decode("ascii", "replace"))
    if charset is None:
        raise BadNotice("its charset is not read here")
    return charset


def _fact(fields: Mapping[str, str]) -> ChannelFact:
    status = fields.get("trade_status", "")
    if fields.get("refund_fee") or fields.get("gmt_refund"):
        return _refund(fields)
    if status in PAID:
        return _payment(fields)
    if status == "TRADE_CLOSED":
        return _plain(fields, FactKind.CLOSE)
    if status == "WAIT_BUYER_PAY":
        raise NothingNew
    raise BadNotice("its trade_status is unknown")


def _payment(fields: Mapping[str, str]) -> ChannelFact:
    amount = read_yuan(fields.get("total_amount"))
    if amount is None:
        raise BadNotice("its amount is not one")
    return ChannelFact(
        provider=NAME,
        kind=FactKind.PAYMENT,
        is_success=True,
        out_trade_no=fields.get("out_trade_no", ""),
        channel_transaction_no=fields.get("trade_no", ""),
        amount=amount,
        payee=payee_of(fields),
        occurred_at=read_time(fields.get("gmt_payment")),
    )


def _refund(fields: Mapping[str, str]) -> ChannelFact:
    """A refund comes as TRADE_SUCCESS or TRADE_CLOSED again; ``refund_fee`` sums up all refunds so far."""
    if read_yuan(fields.get("refund_fee")) is None:
        raise BadNotice("its refunded amount is not one")
    return ChannelFact(
        provider=NAME,
        kind=FactKind.REFUND,
        is_success=True,
        out_trade_no=fields.get("out_trade_no", ""),
        channel_transaction_no=fields.get("trade_no", ""),
        payee=payee_of(fields),
        occurred_at=read_time(fields.get("gmt_refund")),
        out_refund_no=fields.get("out_biz_no", ""),
    )


def _plain(fields: Mapping[str, str], kind: FactKind) -> ChannelFact:
    return ChannelFact(
        provider=NAME,
        kind=kind,
        is_success=True,
        out_trade_no=fields.get("out_trade_no", ""),
        channel_transaction_no=fields.get("trade_no", ""),
        payee=payee_of(fields),
    )
