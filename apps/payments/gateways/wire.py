"""Every exchange with a channel goes out here and is logged, with secrets and people masked."""

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.apps import apps

from apps.core import clock
from apps.core.outgoing import Answer, OutgoingFailed, send
from apps.core.request_context import current_request_id

MOST_LOGGED = 8000
SHOWN = 4
_MASKED = (
    "sign|signature|signPubKeyCert|buyer_logon_id|buyer_user_id|buyer_id|buyer_open_id|openid|accNo|"
    "ciphertext|user_received_account|payer_client_ip|customerInfo|paySign|prepay_id"
)
_IN_JSON = re.compile(rf'("(?:{_MASKED})"\s*:\s*")([^"]*)(")')
_IN_FORM = re.compile(rf"(^|[&\n])((?:{_MASKED})=)([^&]*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request to a channel: what for, about which number of ours, and how it is sent."""

    provider: str
    operation: str
    reference: str
    method: str
    url: str
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


def exchange(call: Call) -> Answer:
    """
    Make a call and keep what was said.

    :raises OutgoingFailed: if no usable answer came
    """
    started = time.monotonic()
    try:
        answer = send(call.method, call.url, body=call.body or None, headers=call.headers)
    except OutgoingFailed as problem:
        _log(call, None, f"{type(problem).__name__}: {problem}", started)
        raise
    _log(call, answer, "", started)
    return answer


def masked(text: str) -> str:
    """Return a text of the wire with secrets and people shortened to a few characters."""
    text = _IN_JSON.sub(lambda found: found[1] + _short(found[2]) + found[3], text)
    return _IN_FORM.sub(lambda found: found[1] + found[2] + _short(found[3]), text)


def _short(value: str) -> str:
    return f"{value[:SHOWN]}***" if value else ""


def _log(call: Call, answer: Answer | None, problem: str, started: float) -> None:
    target = call.url.partition("?")[0] if call.method == "GET" else call.url
    request = f"{call.method} {target}\n{call.body.decode('utf-8', 'replace')}"
    apps.get_model("payments", "ChannelCall").objects.create(
        provider=call.provider,
        operation=call.operation,
        reference=call.reference[:32],
        request=_storable(masked(request)),
        status=answer.status if answer else None,
        response=_storable(masked(answer.text)) if answer else "",
        problem=_storable(problem)[:300],
        milliseconds=int((time.monotonic() - started) * 1000),
        request_id=current_request_id(),
        at=clock.now(),
    )


def _storable(text: str) -> str:
    return text.replace("\0", "�")[:MOST_LOGGED]
