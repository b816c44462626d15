"""Things that happen to parcels because somebody says so."""

import dataclasses
import datetime
from typing import Any

from starlette.requests import Request

from simulator import clock
from simulator.carriers.parcels import DEEDS, STATES, BadEvent, Step, event_row
from simulator.control.requests import BadRequest
from simulator.house import House
from simulator.rows import Parcel


def show_parcel(house: House, request: Request, body: Any) -> Any:
    return _row(_parcel(house, request.path_params["waybill"], {}))


def happen(house: House, request: Request, body: Any) -> Any:
    """Advance a parcel, or let one of the named or numbered things happen to it."""
    if not isinstance(body, dict):
        raise BadRequest("send an object")
    parcel = _parcel(house, request.path_params["waybill"], body)
    try:
        _do(house, parcel, body)
    except BadEvent as error:
        raise BadRequest(str(error)) from error
    return _row(parcel)


def _do(house: House, parcel: Parcel, body: dict[str, Any]) -> None:
    deed = str(body.get("do") or ("" if "state" in body else "advance"))
    if deed == "advance":
        house.depot.advance(parcel)
    elif deed == "abort":
        house.depot.abort(parcel, str(body.get("reason") or "3天查询无记录"))
    else:
        words, at = str(body.get("words") or ""), _moment(body.get("at"))
        house.depot.happen(parcel, _step(deed, body), words=words, at=at)


def _step(deed: str, body: dict[str, Any]) -> Step:
    if deed in DEEDS:
        return DEEDS[deed]
    state = body.get("state")
    if deed == "" and isinstance(state, int) and state in STATES:
        return STATES[state]
    raise BadEvent(
        f"do one of advance, abort, {', '.join(DEEDS)}; or give a state of {sorted(STATES)}"
    )


def _parcel(house: House, waybill: str, body: dict[str, Any]) -> Parcel:
    parcel = house.world.parcels.get(waybill)
    if parcel is None and body.get("company"):
        parcel = house.depot.add(Parcel(waybill, str(body["company"])))
    if parcel is None:
        raise LookupError(f"parcel {waybill}")
    return parcel


def _moment(text: object) -> float:
    if not text:
        return 0.0
    try:
        moment = datetime.datetime.fromisoformat(str(text))
        moment = moment.replace(tzinfo=moment.tzinfo or clock.CHINA).astimezone(clock.CHINA)
    except (ValueError, OverflowError) as error:
        raise BadRequest("at must be an ISO moment") from error
    return moment.timestamp()


def _row(parcel: Parcel) -> dict[str, Any]:
    return dataclasses.asdict(parcel) | {"events": [event_row(event) for event in parcel.events]}
