"""kuaidi100's door: POST /poll subscribes to the track of a waybill."""

from typing import Any
from urllib.parse import parse_qsl

import orjson
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from simulator.addresses import is_web_address
from simulator.faults import Call, answer
from simulator.house import House, house_of
from simulator.rows import Parcel

MAX_NUMBER = 32
MEANINGS = {
    "200": "提交成功",
    "500": "服务器错误",
    "501": "重复订阅",
    "600": "您不是合法的订阅者",
    "601": "KEY已过期",
    "700": "订阅方的订阅数据存在错误",
    "701": "拒绝订阅的快递公司",
    "702": "识别不到该单号对应的快递公司",
}


async def subscribe(request: Request) -> Response:
    """Watch a parcel, or say why not."""
    form = dict(parse_qsl((await request.body()).decode("utf-8", "replace")))
    param = _read(form.get("param", ""))

    async def work() -> Response:
        return _say(_subscribe(house_of(request), form, param))

    call = Call("kd100", "subscribe", (str(param.get("number", "")),))
    return await answer(request, call, work, _say)


def _subscribe(house: House, form: dict[str, str], param: dict[str, Any]) -> str:
    """Return kuaidi100's returnCode."""
    if form.get("schema", "json") != "json" or not param:
        return "700"
    if param.get("key") != house.config.kd100_key:
        return "600"
    number, parameters = param.get("number"), param.get("parameters")
    if not isinstance(parameters, dict) or not isinstance(number, str):
        return "700"
    callback = str(parameters.get("callbackurl") or "")
    if not is_web_address(callback) or not 0 < len(number) <= MAX_NUMBER:
        return "700"
    return _watch(house, param, callback, str(parameters.get("salt") or ""))


def _watch(house: House, param: dict[str, Any], callback: str, salt: str) -> str:
    company, number = param.get("company"), param["number"]
    if not company or not isinstance(company, str):
        return "702"
    parcel = house.world.parcels.get(number)
    if parcel is None:
        places = {"origin": str(param.get("from") or ""), "destination": str(param.get("to") or "")}
        parcel = house.depot.add(Parcel(number, company, request=places))
    elif parcel.callback_url == callback and parcel.watch == "polling":
        return "501"
    house.depot.watch(parcel, callback, salt)
    return "200"


def _read(text: str) -> dict[str, Any]:
    try:
        param = orjson.loads(text)
    except ValueError:
        return {}
    return param if isinstance(param, dict) else {}


def _say(code: str) -> Response:
    message = MEANINGS.get(code, "")
    return JSONResponse({"result": code == "200", "returnCode": code, "message": message})


routes = [Route("/poll", subscribe, methods=["POST"])]
