"""Alipay's one door: gateway.do."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import orjson
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from simulator.alipay.methods import METHODS, Asked, Refused, open_trade
from simulator.alipay.signing import request_text, signed_answer
from simulator.cashier.pages import trouble_page
from simulator.faults import Call, answer
from simulator.house import House, house_of
from simulator.rows import Payment
from simulator.signing import is_signed

PAGE_PAY = "alipay.trade.page.pay"


@dataclass(frozen=True)
class BadCall(Exception):
    """A call that never reaches the business: code 40002 and the like."""

    code: str
    msg: str
    sub_code: str
    sub_msg: str

    def content(self) -> dict[str, str]:
        return {
            "code": self.code,
            "msg": self.msg,
            "sub_code": self.sub_code,
            "sub_msg": self.sub_msg,
        }


def _invalid(sub_code: str, sub_msg: str) -> BadCall:
    return BadCall("40002", "Invalid Arguments", sub_code, sub_msg)


def _missing(sub_code: str, sub_msg: str) -> BadCall:
    return BadCall("40001", "Missing Required Arguments", sub_code, sub_msg)


def read_call(house: House, fields: dict[str, str]) -> Asked:
    """
    Verify a call and read its business content.

    :raises BadCall: if anything about it is wrong
    """
    for name in ("app_id", "method", "sign", "sign_type", "timestamp", "version"):
        if not fields.get(name):
            raise _missing(f"isv.missing-{name.replace('_', '-')}", f"缺少 {name} 参数")
    if fields["app_id"] != house.config.alipay_app_id:
        raise _invalid("isv.invalid-app-id", "无效的AppID参数")
    if fields["sign_type"] != "RSA2":
        raise _invalid("isv.invalid-signature-type", "无效签名类型")
    key = house.keyring.public("alipay-app")
    if not is_signed(request_text(fields), fields["sign"].replace(" ", "+"), key):
        raise _invalid(
            "isv.invalid-signature", "验签出错，建议检查签名字符串或签名私钥与应用公钥是否匹配"
        )
    try:
        biz = orjson.loads(fields.get("biz_content", ""))
    except ValueError as error:
        raise _invalid("isv.invalid-parameter", "biz_content 不是合法的JSON") from error
    if not isinstance(biz, dict):
        raise _invalid("isv.invalid-parameter", "biz_content 不是对象")
    return Asked(house, fields, biz)


def open_page(house: House, fields: dict[str, str]) -> Payment:
    """
    Do what following a pay URL does: open the trade.

    :raises BadCall, Refused: if the URL is not one of the shop's, or its number is used up
    """
    if fields.get("method") != PAGE_PAY:
        raise _invalid("isv.invalid-method", "不存在的方法名")
    return open_trade(read_call(house, fields), "page")


async def gateway(request: Request) -> Response:
    """Answer one call of gateway.do."""
    house = house_of(request)
    fields = dict(parse_qsl(request.url.query, keep_blank_values=True))
    body = (await request.body()).decode("utf-8", "replace")
    fields |= dict(parse_qsl(body, keep_blank_values=True))
    if fields.get("method") == PAGE_PAY:
        return await _show_cashier(request, house, fields)
    node = _node(fields.get("method", ""))
    try:
        asked = read_call(house, fields)
        if fields["method"] not in METHODS:
            raise _invalid("isv.invalid-method", "不存在的方法名")
    except BadCall as bad:
        return _json(house, node, bad.content())
    operation, method = METHODS[fields["method"]]

    async def work() -> Response:
        try:
            content = method(asked)
        except Refused as refused:
            return _json(house, node, _refusal(refused))
        return _json(house, node, {"code": "10000", "msg": "Success", **content})

    subjects = (asked.text("out_trade_no"), asked.text("out_request_no"))
    return await answer(
        request,
        Call("alipay", operation, subjects),
        work,
        lambda code: _json(house, node, _refusal(Refused(code))),
    )


async def _show_cashier(request: Request, house: House, fields: dict[str, str]) -> Response:
    try:
        payment = open_page(house, fields)
    except BadCall as bad:
        return trouble_page(request, "alipay", bad.sub_code, bad.sub_msg)
    except Refused as refused:
        return trouble_page(request, "alipay", refused.sub_code, refused.sub_msg)
    await house.world.book.settled()
    return RedirectResponse(f"/pay/alipay/{payment.key}", 302)


def _node(method: str) -> str:
    return method.replace(".", "_") + "_response" if method in METHODS else "error_response"


def _refusal(refused: Refused) -> dict[str, str]:
    code, msg = ("20000", "Service Currently Unavailable")
    if refused.sub_code != "ACQ.SYSTEM_ERROR":
        code, msg = ("40004", "Business Failed")
    return {"code": code, "msg": msg, "sub_code": refused.sub_code, "sub_msg": refused.sub_msg}


def _json(house: House, node: str, content: dict[str, Any]) -> Response:
    body = signed_answer(node, content, house.keyring.private["alipay"])
    return Response(body, media_type="text/html;charset=utf-8")


routes = [Route("/gateway.do", gateway, methods=["GET", "POST"])]
