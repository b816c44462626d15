"""Machine shoppers: open payments and pay them or let them fail, many at once."""

from typing import Any
from urllib.parse import parse_qsl

from simulator.addresses import parts_of
from simulator.alipay.gateway import BadCall, open_page
from simulator.alipay.methods import Refused
from simulator.house import House
from simulator.rows import Payment
from simulator.till import CannotPay
from simulator.unionpay.doors import open_form
from simulator.unionpay.orders import Refused as UnionpayRefused

PAYERS = {"alipay": "2088102117948752", "wechat": "oSimulatedShopper0000000001"}


class BadOrder(Exception):
    """One item cannot be done; the others are."""


def decide(house: House, decision: str, item: dict[str, Any]) -> dict[str, Any]:
    """Pay one payment or let it fail; return what became of it, or the error."""
    number = item.get("out_trade_no", "")
    try:
        payment = _opened(house, item) or _known(house, number, str(item.get("channel", "")))
        if decision == "fail":
            house.till.fail(payment, str(item.get("reason") or "not enough money on the account"))
        elif decision == "finish":
            house.till.finish(payment)
        else:
            even_if_closed = item.get("even_if_closed") is True
            payer = str(item.get("payer") or PAYERS.get(payment.channel, "6216***********0018"))
            house.till.pay(payment, payer=payer, even_if_closed=even_if_closed)
    except (BadOrder, CannotPay) as error:
        return {"out_trade_no": number, "error": str(error)}
    return {
        "out_trade_no": payment.out_trade_no,
        "channel": payment.channel,
        "trade_no": payment.trade_no,
        "amount": payment.amount,
        "status": payment.status,
    }


def _opened(house: House, item: dict[str, Any]) -> Payment | None:
    """Follow the pay URL or post the form that the shop handed out, as a browser would."""
    url, form = item.get("pay_url"), item.get("form")
    if isinstance(form, dict):
        fields = form.get("fields")
        if not isinstance(fields, dict):
            raise BadOrder("form.fields is missing")
        return _open_form(
            house, str(form.get("action", "")), {k: str(v) for k, v in fields.items()}
        )
    if not url:
        return None
    parts = parts_of(str(url))
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    if parts.path == "/gateway.do":
        return _open_form(house, parts.path, query)
    key = query.get("pr", "") if parts.scheme == "weixin" else parts.path.rpartition("/")[2]
    payment = house.world.payments.get(key)
    if payment is None:
        raise BadOrder("nothing is behind this pay_url")
    return payment


def _open_form(house: House, action: str, fields: dict[str, str]) -> Payment:
    path = parts_of(action).path
    fields |= dict(parse_qsl(parts_of(action).query, keep_blank_values=True))
    try:
        if path == "/gateway.do":
            return open_page(house, fields)
        if path == "/gateway/api/frontTransReq.do":
            return open_form(house, fields)
    except BadCall as bad:
        raise BadOrder(f"{bad.sub_code}: {bad.sub_msg}") from bad
    except Refused as refused:
        raise BadOrder(f"{refused.sub_code}: {refused.sub_msg}") from refused
    except UnionpayRefused as refused:
        raise BadOrder(f"{refused.code}: {refused.message}") from refused
    raise BadOrder(f"no form is posted to {path!r}")


def _known(house: House, number: str, channel: str) -> Payment:
    found = [
        payment
        for payment in house.world.payments_numbered(number)
        if channel in ("", payment.channel)
    ]
    if not found:
        raise BadOrder("no channel knows this number")
    if len(found) > 1:
        raise BadOrder("several channels know this number; name one")
    return found[0]
