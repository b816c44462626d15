"""What kuaidi100 pushes: a signed form with a parcel's whole track, newest line first or not."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from apps.core import clock
from apps.core.strict_json import read_strict_json
from apps.logistics.carriers.adapter import CarrierEvent
from apps.logistics.carriers.kd100.steps import step_of

MAX_TEXT, MAX_PLACE, MAX_CODE, MAX_WAYBILL = 500, 80, 16, 40
MAX_EVENTS = 500


class PushRefused(Exception):
    """A push that is not kuaidi100's, or cannot be read."""


@dataclass(frozen=True, slots=True)
class Push:
    """One push: whose track, all its events sorted by their time, and whether kuaidi100 has given up."""

    company: str
    waybill: str
    events: tuple[CarrierEvent, ...]
    is_aborted: bool
    message: str


def push_signature(param: str, salt: str) -> str:
    """Return the signature that kuaidi100 puts beside ``param``."""
    return hashlib.md5(f"{param}{salt}".encode(), usedforsecurity=False).hexdigest().upper()


def must_be_signed(param: str, signature: str, salt: str) -> None:
    """
    Check a push's signature; without a salt nothing is accepted.

    :raises PushRefused:
    """
    expected = push_signature(param, salt).encode()
    if not salt or not hmac.compare_digest(expected, signature.upper().encode()):
        raise PushRefused("the signature is not kuaidi100's")


def read_push(param: str) -> Push:
    """
    Return what a push says.

    :raises PushRefused: if it cannot be read
    """
    try:
        outer = read_strict_json(param.encode())
        result = outer["lastResult"]
        events = _events(result.get("data") or [], str(result.get("state", "")))
        return Push(
            company=str(result.get("com", ""))[:MAX_WAYBILL],
            waybill=_waybill(result["nu"]),
            events=events,
            is_aborted=outer.get("status") == "abort",
            message=str(outer.get("message", ""))[:MAX_TEXT],
        )
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as problem:
        raise PushRefused(f"it cannot be read: {problem!r}"[:200]) from problem


def _waybill(text: Any) -> str:
    if not isinstance(text, str) or not 1 <= len(text) <= MAX_WAYBILL:
        raise ValueError("a waybill has 1 to 40 characters")
    return text


def _events(lines: list[Mapping[str, Any]], state: str) -> tuple[CarrierEvent, ...]:
    """
    Read the lines, oldest first; they come newest first, so that order decides within one second.

    Where they have no codes of their own, the newest line carries the track's.
    """
    timed = [(_time(line), line) for line in lines[:MAX_EVENTS]]
    if timed and timed[0][0] >= timed[-1][0]:
        timed.reverse()
    timed.sort(key=lambda pair: pair[0])
    newest = len(timed) - 1
    return tuple(
        _event(at, line, str(line.get("statusCode") or (state if place == newest else "")))
        for place, (at, line) in enumerate(timed)
    )


def _time(line: Mapping[str, Any]) -> datetime:
    text = line.get("ftime") or line["time"]
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=clock.BUSINESS_ZONE)


def _event(at: datetime, line: Mapping[str, Any], code: str) -> CarrierEvent:
    return CarrierEvent(
        at=at,
        code=code[:MAX_CODE],
        step=step_of(code),
        text=str(line.get("context", ""))[:MAX_TEXT],
        place=str(line.get("areaName") or "")[:MAX_PLACE],
    )
