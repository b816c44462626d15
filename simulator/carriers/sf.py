"""SF's open platform: waybills, cancelling, routes, at POST /std/service."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, quote_plus

import orjson
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from simulator import clock, numbers
from simulator.faults import Call, answer
from simulator.house import House, house_of
from simulator.rows import Parcel

Content = dict[str, Any]
MAX_ORDER_ID = 64
MAX_TRACKED = 10


class Rejected(Exception):
    """The platform refuses the call: apiResultCode A1xxx."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Refused(Exception):
    """The business refuses: success false with an errorCode."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(message or MEANINGS.get(code, code))
        self.code = code


MEANINGS = {
    "1011": "寄件地址不能为空",
    "1014": "到件地址不能为空",
    "1023": "订单号不能为空",
    "8016": "重复下单",
    "8024": "未下单",
    "8037": "已消单",
    "8096": "订单已收件，不能取消",
}


def digest(message: str, timestamp: str, check_word: str) -> str:
    """Return msgDigest: base64 of the MD5 of what Java's URLEncoder makes of the three."""
    text = quote_plus(message + timestamp + check_word, safe="*").replace("~", "%7E")
    return base64.b64encode(hashlib.md5(text.encode(), usedforsecurity=False).digest()).decode()


def create_order(house: House, message: Content) -> Content:
    """Hand out a waybill; the same order again gets the same one."""
    order_id = _order_id(message)
    sender, receiver = _contact(message, 1, "1011"), _contact(message, 2, "1014")
    found = _find(house, order_id)
    if found is not None:
        if found.request.get("message") != message:
            raise Refused("8016")
        return _waybill(found)
    waybill = "SF1" + numbers.serial_digits(12)
    parcel = Parcel(waybill, "shunfeng", order_id)
    parcel.request = {
        "message": message,
        "origin": str(sender.get("city") or ""),
        "destination": str(receiver.get("city") or ""),
    }
    return _waybill(house.depot.add(parcel))


def search_order(house: House, message: Content) -> Content:
    return _waybill(_existing(house, message))


def update_order(house: House, message: Content) -> Content:
    """Confirm (dealType 1) or cancel (2) an order."""
    parcel = _existing(house, message)
    if str(message.get("dealType", "")) == "2":
        if parcel.status == "CANCELLED":
            raise Refused("8037")
        if parcel.events:
            raise Refused("8096")
        house.depot.cancel(parcel)
    return {
        "orderId": parcel.order_id,
        "waybillNoInfoList": [{"waybillType": 1, "waybillNo": parcel.key}],
        "resStatus": 2,
    }


def search_routes(house: House, message: Content) -> Content:
    """Show where parcels are, by waybill (trackingType 1) or order (2)."""
    wanted = message.get("trackingNumber") or []
    wanted = wanted if isinstance(wanted, list) else [wanted]
    by_order = str(message.get("trackingType", "1")) == "2"
    answers = []
    for number in wanted[:MAX_TRACKED]:
        parcel = _find(house, str(number)) if by_order else house.world.parcels.get(str(number))
        events = parcel.events if parcel else []
        mail_no = parcel.key if parcel else str(number)
        answers.append({"mailNo": mail_no, "routes": [_route(event) for event in events]})
    return {"routeResps": answers}


SERVICES: dict[str, tuple[str, Callable[[House, Content], Content]]] = {
    "EXP_RECE_CREATE_ORDER": ("create", create_order),
    "EXP_RECE_SEARCH_ORDER_RESP": ("search", search_order),
    "EXP_RECE_UPDATE_ORDER": ("update", update_order),
    "EXP_RECE_SEARCH_ROUTES": ("routes", search_routes),
}


async def service(request: Request) -> Response:
    """Answer one call of the platform."""
    house = house_of(request)
    form = dict(
        parse_qsl((await request.body()).decode("utf-8", "replace"), keep_blank_values=True)
    )
    try:
        message = _check(house, form)
        operation, work = _service(form)
    except Rejected as rejected:
        return _envelope(rejected.code, str(rejected), "")

    async def do() -> Response:
        try:
            return _result(work(house, message))
        except Refused as refused:
            return _refusal(refused)

    call = Call("sf", operation, (str(message.get("orderId", "")),))
    return await answer(request, call, do, lambda code: _refusal(Refused(code)))


def _check(house: House, form: dict[str, str]) -> Content:
    for name in ("partnerID", "requestID", "serviceCode", "timestamp", "msgDigest", "msgData"):
        if not form.get(name):
            raise Rejected("A1001", f"必传参数不可为空: {name}")
    if form["partnerID"] != house.config.sf_partner_id:
        raise Rejected("A1004", "无对应服务权限")
    expected = digest(form["msgData"], form["timestamp"], house.config.sf_check_word)
    if not hmac.compare_digest(expected.encode(), form["msgDigest"].encode()):
        raise Rejected("A1006", "数字签名无效")
    try:
        message = orjson.loads(form["msgData"])
    except ValueError as error:
        raise Rejected("A1001", "msgData 不是JSON") from error
    if not isinstance(message, dict):
        raise Rejected("A1001", "msgData 不是JSON对象")
    return message


def _service(form: dict[str, str]) -> tuple[str, Callable[[House, Content], Content]]:
    try:
        return SERVICES[form["serviceCode"]]
    except KeyError as error:
        raise Rejected("A1004", "无对应服务权限") from error


def _order_id(message: Content) -> str:
    order_id = message.get("orderId")
    if not isinstance(order_id, str) or not 0 < len(order_id) <= MAX_ORDER_ID:
        raise Refused("1023")
    return order_id


def _contact(message: Content, kind: int, code: str) -> Content:
    listed = message.get("contactInfoList")
    for contact in listed if isinstance(listed, list) else []:
        if isinstance(contact, dict) and contact.get("contactType") == kind:
            if not contact.get("address"):
                break
            return contact
    raise Refused(code)


def _find(house: House, order_id: str) -> Parcel | None:
    return house.world.parcel_of_order(order_id)


def _existing(house: House, message: Content) -> Parcel:
    parcel = _find(house, _order_id(message))
    if parcel is None:
        raise Refused("8024")
    return parcel


def _waybill(parcel: Parcel) -> Content:
    return {
        "orderId": parcel.order_id,
        "originCode": "755",
        "destCode": "010",
        "filterResult": 2,
        "remark": "",
        "waybillNoInfoList": [{"waybillType": 1, "waybillNo": parcel.key}],
        "routeLabelInfo": [
            {
                "code": "1000",
                "routeLabelData": {
                    "waybillNo": parcel.key,
                    "sourceTransferCode": "755W",
                    "destRouteLabel": "010WE-BA-041",
                    "proCode": "T4",
                    "twoDimensionCode": f"MMM={{'k1':'010','k5':'{parcel.key}'}}",
                },
            }
        ],
    }


def _route(event: dict[str, Any]) -> dict[str, str]:
    return {
        "acceptTime": clock.spoken(clock.at(float(event["at"]))),
        "acceptAddress": event["place"],
        "opCode": event["op_code"],
        "remark": event["words"],
    }


def _result(content: Content) -> Response:
    data = {"success": True, "errorCode": "S0000", "errorMsg": None, "msgData": content}
    return _envelope("A1000", "", json.dumps(data, ensure_ascii=False))


def _refusal(refused: Refused) -> Response:
    data = {
        "success": False, "errorCode": refused.code, "errorMsg": str(refused), "msgData": None,
    }  # fmt: skip
    return _envelope("A1000", "", json.dumps(data, ensure_ascii=False))


def _envelope(code: str, message: str, data: str) -> Response:
    return JSONResponse(
        {
            "apiErrorMsg": message,
            "apiResponseID": numbers.request_id(),
            "apiResultCode": code,
            "apiResultData": data,
        }
    )


routes = [Route("/std/service", service, methods=["POST"])]
