"""The JSON control API under /control/."""

import dataclasses
import datetime
from collections.abc import Callable
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from simulator import clock
from simulator.control import listing
from simulator.control.parcels import happen, show_parcel
from simulator.control.paying import decide
from simulator.control.requests import BadRequest
from simulator.house import House, house_of
from simulator.knobs import KINDS, BadKnob
from simulator.rows import Knob, NoticeStatus, SmsTemplate

LIMIT = 100_000


def door(work: Callable[[House, Request, Any], Any]) -> Callable[[Request], Any]:
    """Wrap a control call: JSON in, JSON out, booked before it is answered."""

    async def endpoint(request: Request) -> Response:
        house = house_of(request)
        if request.headers.get("sec-fetch-site", "") == "cross-site":
            return JSONResponse({"error": "not from another site"}, 403)
        raw = await request.body()
        try:
            body = orjson.loads(raw) if raw else {}
            content = work(house, request, body)
        except (BadRequest, BadKnob) as error:
            return JSONResponse({"error": str(error)}, 400)
        except LookupError as error:
            return JSONResponse({"error": f"there is no {error.args[0]}"}, 404)
        except ValueError as error:
            return JSONResponse({"error": f"not JSON: {error}"}, 400)
        await house.world.book.settled()
        return JSONResponse(content)

    return endpoint


def health(house: House, request: Request, body: Any) -> Any:
    return {"status": "ok", "payments": len(house.world.payments)}


def list_knobs(house: House, request: Request, body: Any) -> Any:
    return {
        "knobs": [dataclasses.asdict(knob) for knob in house.world.knobs.values()],
        "kinds": {name: dataclasses.asdict(kind) for name, kind in KINDS.items()},
    }


def turn_knob(house: House, request: Request, body: Any) -> Any:
    items = body if isinstance(body, list) else [body]
    return {"knobs": [dataclasses.asdict(_turn(house, item)) for item in items]}


def clear_knobs(house: House, request: Request, body: Any) -> Any:
    wanted = request.query_params
    key = request.path_params.get("key", "")
    if key and key not in house.world.knobs:
        raise LookupError(f"knob {key}")
    cleared = house.knobs.clear(
        key=key, channel=wanted.get("channel", ""), name=wanted.get("name", "")
    )
    return {"cleared": cleared}


def pay_one(house: House, request: Request, body: Any) -> Any:
    """Pay one payment, let it fail or end its time for refunds."""
    if not isinstance(body, dict):
        raise BadRequest("send an object")
    number = request.path_params["out_trade_no"]
    result = decide(house, _decision(request), {**body, "out_trade_no": number})
    if "error" in result:
        raise BadRequest(result["error"])
    return result


def pay_many(house: House, request: Request, body: Any) -> Any:
    if not isinstance(body, list):
        raise BadRequest("send a list")
    decision = _decision(request)
    items = [item if isinstance(item, dict) else {"out_trade_no": str(item)} for item in body]
    return {"results": [decide(house, decision, item) for item in items]}


def show_payment(house: House, request: Request, body: Any) -> Any:
    number = request.path_params["out_trade_no"]
    found = list(house.world.payments_numbered(number))
    if not found:
        raise LookupError(f"payment {number}")
    notices = [
        listing.notice_row(house.world, notice)
        for notice in house.world.notices.values()
        if notice.subject == number
    ]
    return {
        "payments": [listing.payment_row(house.world, payment) for payment in found],
        "notices": notices,
    }


def show_book(house: House, request: Request, body: Any) -> Any:
    wanted = request.query_params
    since = _moment(wanted.get("since", "0"))
    rows = [
        listing.payment_row(house.world, payment)
        for payment in house.world.payments.values()
        if wanted.get("channel", payment.channel) == payment.channel
        and listing.moved_since(house.world, payment, since)
    ]
    content: dict[str, Any] = {"totals": listing.totals(house.world, since), "count": len(rows)}
    if wanted.get("rows") != "0":
        content["rows"] = rows[-LIMIT:]
    return content


def list_messages(house: House, request: Request, body: Any) -> Any:
    wanted = request.query_params
    found = [
        listing.message_row(message)
        for message in reversed(house.world.messages.values())
        if wanted.get("to", message.to) in message.to
        and wanted.get("kind", message.kind) == message.kind
    ]
    return {"messages": found[: int(wanted.get("limit", "100"))]}


def list_notices(house: House, request: Request, body: Any) -> Any:
    wanted = request.query_params
    found = [
        listing.notice_row(house.world, notice)
        for notice in reversed(house.world.notices.values())
        if wanted.get("channel", notice.channel) == notice.channel
        and wanted.get("subject", notice.subject) == notice.subject
        and wanted.get("status", notice.status) == notice.status
    ]
    return {"notices": found[: int(wanted.get("limit", "100"))]}


def resend(house: House, request: Request, body: Any) -> Any:
    """Post notices again: by key, by subject, or all that were not delivered."""
    if not isinstance(body, dict):
        raise BadRequest("send an object")
    chosen = [
        notice
        for notice in house.world.notices.values()
        if body.get("key", notice.key) == notice.key
        and body.get("subject", notice.subject) == notice.subject
        and body.get("channel", notice.channel) == notice.channel
        and (body.keys() & {"key", "subject"} or notice.status != NoticeStatus.DELIVERED)
    ]
    for notice in chosen:
        house.postman.send_again(notice)
    return {"resent": len(chosen)}


def register_templates(house: House, request: Request, body: Any) -> Any:
    """Register SMS templates, as a merchant does in the provider's console."""
    if not isinstance(body, dict) or not all(isinstance(text, str) for text in body.values()):
        raise BadRequest("send an object of template codes and texts")
    for code, text in body.items():
        house.world.add(SmsTemplate(code, text), "sms template registered")
    return {"registered": len(body)}


def show_clock(house: House, request: Request, body: Any) -> Any:
    return {"now": clock.now().isoformat(), "time_scale": house.pace.scale}


def set_clock(house: House, request: Request, body: Any) -> Any:
    scale = body.get("time_scale") if isinstance(body, dict) else None
    if isinstance(scale, bool) or not isinstance(scale, int | float) or not 0 < scale <= 1e6:  # noqa: PLR2004
        raise BadRequest("time_scale must be a number above 0 and at most 1000000")
    house.quicken(float(scale))
    return show_clock(house, request, body)


def _decision(request: Request) -> str:
    decision: str = request.path_params["decision"]
    if decision not in ("pay", "fail", "finish"):
        raise LookupError(f"decision {decision}; there are pay, fail and finish")
    return decision


def _turn(house: House, item: Any) -> Knob:
    if not isinstance(item, dict):
        raise BadRequest("a knob is an object")
    unknown = item.keys() - {"channel", "name", "value", "count", "match", "operation"}
    if unknown:
        raise BadRequest(f"a knob has no {', '.join(sorted(unknown))}")
    count = item.get("count")
    if count is not None and (isinstance(count, bool) or not isinstance(count, int) or count < 1):
        raise BadRequest("count must be a whole number from 1, or null for 'until cleared'")
    return house.knobs.set(
        str(item.get("channel", "")),
        str(item.get("name", "")),
        value=item.get("value"),
        count=count,
        match=str(item.get("match") or ""),
        operation=str(item.get("operation") or ""),
    )


def _moment(text: str) -> float:
    """Read a Unix time or an ISO moment."""
    try:
        return float(text)
    except ValueError:
        pass
    try:
        moment = datetime.datetime.fromisoformat(text.replace(" ", "+"))
        return moment.replace(tzinfo=moment.tzinfo or clock.CHINA).timestamp()
    except (ValueError, OverflowError) as error:
        raise BadRequest("since must be a Unix time or an ISO moment") from error


routes = [
    Route("/control/health", door(health)),
    Route("/control/knobs", door(list_knobs)),
    Route("/control/knobs", door(turn_knob), methods=["POST"]),
    Route("/control/knobs", door(clear_knobs), methods=["DELETE"]),
    Route("/control/knobs/{key}", door(clear_knobs), methods=["DELETE"]),
    Route("/control/payments/{decision}", door(pay_many), methods=["POST"]),
    Route("/control/payments/{out_trade_no}/{decision}", door(pay_one), methods=["POST"]),
    Route("/control/payments/{out_trade_no}", door(show_payment)),
    Route("/control/book", door(show_book)),
    Route("/control/messages", door(list_messages)),
    Route("/control/notices", door(list_notices)),
    Route("/control/notices/resend", door(resend), methods=["POST"]),
    Route("/control/parcels/{waybill}", door(show_parcel)),
    Route("/control/parcels/{waybill}/events", door(happen), methods=["POST"]),
    Route("/control/sms-templates", door(register_templates), methods=["POST"]),
    Route("/control/clock", door(show_clock)),
    Route("/control/clock", door(set_clock), methods=["POST"]),
]
