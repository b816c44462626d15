"""kuaidi100's pushes: the whole track, newest first, signed with the subscriber's salt."""

import hashlib
import json
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

import orjson

from simulator import clock
from simulator.channels import Draft, Envelope
from simulator.rows import Notice, Parcel

HALF_HOUR = 1800.0


class Kuaidi100:
    """Pushes to callbackurl until the answer says result true."""

    name = "kd100"
    schedule = (HALF_HOUR, HALF_HOUR, HALF_HOUR)

    @staticmethod
    def push(parcel: Parcel, reason: str = "") -> Draft:
        """Return what is pushed now about this parcel."""
        watch = parcel.watch or "polling"
        param = {
            "status": watch,
            "billstatus": "check" if parcel.state == 3 else "got",  # noqa: PLR2004
            "message": reason,
            "autoCheck": "0",
            "comOld": "",
            "comNew": "",
            "lastResult": {
                "message": "ok" if watch != "abort" else reason,
                "state": str(max(parcel.state, 0)),
                "status": "200",
                "condition": "F00",
                "ischeck": "1" if watch == "shutdown" else "0",
                "com": parcel.company,
                "nu": parcel.key,
                "data": [_data(event) for event in reversed(parcel.events)],
            },
        }
        return Draft(parcel.callback_url, "push", {"param": param, "salt": parcel.salt})

    def seal(self, notice: Notice) -> Envelope:
        tricks = notice.tricks
        param = json.loads(json.dumps(notice.content["param"]))
        if change := tricks.get("changed_field"):
            _set_field(param, change["field"], change["value"])
        text = json.dumps(param, ensure_ascii=False)
        salt = "a stranger's salt" if tricks.get("wrong_key") else notice.content["salt"]
        sign = push_sign(text, salt)
        if change := tricks.get("tampered"):
            _set_field(param, change["field"], change["value"])
            text = json.dumps(param, ensure_ascii=False)
        return Envelope(
            urlencode({"sign": sign, "param": text}).encode(),
            {"Content-Type": "application/x-www-form-urlencoded"},
        )

    def is_accepted(self, status: int, body: bytes) -> bool:
        try:
            answer = orjson.loads(body)
        except ValueError:
            return False
        return status == HTTPStatus.OK and isinstance(answer, dict) and answer.get("result") is True


def push_sign(param: str, salt: str) -> str:
    """Return the upper-case MD5 over text and salt."""
    return hashlib.md5((param + salt).encode(), usedforsecurity=False).hexdigest().upper()


def _data(event: dict[str, Any]) -> dict[str, str]:
    spoken = clock.spoken(clock.at(float(event["at"])))
    return {
        "context": event["words"],
        "time": spoken,
        "ftime": spoken,
        "status": event["status"],
        "statusCode": str(event["state"]),
        "areaName": event["place"],
    }


def _set_field(content: dict[str, Any], path: str, value: Any) -> None:
    *parents, name = path.split(".")
    for parent in parents:
        content = content[parent]
    content[name] = value
