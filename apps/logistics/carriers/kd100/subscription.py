"""Ask kuaidi100 to follow a parcel and to push what happens to it."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.conf import settings

from apps.core.outgoing import OutgoingFailed, send
from apps.logistics.carriers.adapter import CarrierRefused

HTTP_OK = 200
ACCEPTED, SUBSCRIBED_BEFORE = "200", "501"
BUSY = {"500", "503", "601"}


def subscribe(*, company: str, waybill: str, phone: str, callback_url: str) -> None:
    """
    Subscribe one waybill; doing so twice is harmless.

    :raises CarrierRefused: if kuaidi100 will not follow it
    :raises OutgoingFailed: if no usable answer came
    """
    param = {
        "company": company,
        "number": waybill,
        "key": settings.KD100_KEY,
        "parameters": {
            "callbackurl": callback_url,
            "salt": settings.KD100_SALT,
            "resultv2": "4",
            "phone": phone,
        },
    }
    form = {"schema": "json", "param": json.dumps(param, separators=(",", ":"))}
    answer = send(
        "POST",
        f"{settings.KD100_BASE_URL.rstrip('/')}/poll",
        body=urlencode(form).encode(),
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    if answer.status != HTTP_OK:
        raise OutgoingFailed(f"kd100: HTTP {answer.status}")
    _must_be_accepted(_object(answer.text))


def _must_be_accepted(said: Mapping[str, Any]) -> None:
    code = str(said.get("returnCode"))
    if code in {ACCEPTED, SUBSCRIBED_BEFORE}:
        return
    text = f"{code}: {said.get('message')}"[:200]
    raise OutgoingFailed(f"kd100: {text}") if code in BUSY else CarrierRefused(text)


def _object(text: str) -> Mapping[str, Any]:
    try:
        said = json.loads(text)
    except ValueError as problem:
        raise OutgoingFailed("kd100: not JSON") from problem
    if not isinstance(said, dict):
        raise OutgoingFailed("kd100: not a JSON object")
    return said
