"""The control room's buttons: plain forms that do what the control API does."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlencode

import orjson
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from simulator.carriers.parcels import BadEvent
from simulator.cashier.pages import see_other
from simulator.control.doors import turn_knob
from simulator.control.parcels import happen
from simulator.control.requests import BadRequest
from simulator.house import House, house_of
from simulator.knobs import BadKnob

Form = dict[str, str]
FASTEST = 1e6


def switch(work: Callable[[House, Request, Form], None]) -> Callable[[Request], Any]:
    """Wrap a button: do it, book it, back to the room, with the complaint if there is one."""

    async def endpoint(request: Request) -> Response:
        if request.headers.get("sec-fetch-site", "") == "cross-site":
            return JSONResponse({"error": "not from another site"}, 403)
        house = house_of(request)
        text = (await request.body()).decode("utf-8", "replace")
        complaint = ""
        try:
            work(house, request, dict(parse_qsl(text)))
        except (BadRequest, BadKnob, BadEvent, ValueError) as error:
            complaint = str(error)
        except LookupError as error:
            complaint = f"there is no {error.args[0]}"
        await house.world.book.settled()
        return see_other("/?" + urlencode({"complaint": complaint}) if complaint else "/")

    return endpoint


def turn(house: House, request: Request, form: Form) -> None:
    item: dict[str, Any] = {
        name: form[name] for name in ("channel", "name", "match", "operation") if form.get(name)
    }
    if form.get("count"):
        item["count"] = int(form["count"])
    if form.get("value"):
        item["value"] = _value(form["value"])
    turn_knob(house, request, item)


def clear(house: House, request: Request, form: Form) -> None:
    house.knobs.clear(key=form.get("key", ""))


def set_pace(house: House, request: Request, form: Form) -> None:
    scale = float(form.get("time_scale", ""))
    if not 0 < scale <= FASTEST:
        raise BadRequest("time_scale must be above 0 and at most 1000000")
    house.quicken(scale)


def send_again(house: House, request: Request, form: Form) -> None:
    notice = house.world.notices.get(form.get("key", ""))
    if notice is None:
        raise LookupError("notice")
    house.postman.send_again(notice)


def move_parcel(house: House, request: Request, form: Form) -> None:
    happen(house, request, {"do": form.get("do", "advance")})


def _value(text: str) -> Any:
    """Read numbers and objects; anything else is a word."""
    try:
        return orjson.loads(text)
    except ValueError:
        return text


routes = [
    Route("/room/knobs", switch(turn), methods=["POST"]),
    Route("/room/knobs/clear", switch(clear), methods=["POST"]),
    Route("/room/clock", switch(set_pace), methods=["POST"]),
    Route("/room/notices", switch(send_again), methods=["POST"]),
    Route("/room/parcels/{waybill}", switch(move_parcel), methods=["POST"]),
]
