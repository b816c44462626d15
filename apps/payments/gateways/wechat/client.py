"""One signed question to WeChat, and its verified answer."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import orjson
from django.utils.datastructures import CaseInsensitiveMapping

from apps.core.outgoing import OutgoingFailed
from apps.core.strict_json import MalformedJson, read_strict_json
from apps.payments.gateways.base import BadNotice
from apps.payments.gateways.credentials import named
from apps.payments.gateways.wechat.platform_keys import (
    keep_certificates,
    may_refresh_for,
    newest_key_id,
)
from apps.payments.gateways.wechat.signing import (
    NAME,
    authorization,
    must_be_from_wechat,
    unseal,
)
from apps.payments.gateways.wire import Call, exchange

log = logging.getLogger(__name__)

SERVER_ERRORS = 500
NO_CONTENT = 204


@dataclass(frozen=True, slots=True)
class Reply:
    """A verified answer: its status and content; ``code`` is WeChat's word for what is wrong."""

    status: int
    content: Mapping[str, Any]

    @property
    def is_good(self) -> bool:
        return self.status in {200, NO_CONTENT}

    @property
    def code(self) -> str:
        return str(self.content.get("code", "")) if not self.is_good else ""

    @property
    def reason(self) -> str:
        return f"{self.code} {self.content.get('message', '')}"[:300]


def ask(
    operation: str,
    reference: str,
    method: str,
    path: str,
    content: Mapping[str, Any] | None = None,
) -> Reply:
    """
    Make one call.

    :raises OutgoingFailed: no answer, an error of WeChat's own, or one that is not WeChat's
    """
    body = orjson.dumps(content) if content is not None else b""
    answer = exchange(_call(operation, reference, method, path, body))
    if answer.status >= SERVER_ERRORS:
        raise OutgoingFailed(f"WeChat: {answer.status}")
    headers = CaseInsensitiveMapping(answer.headers)
    know_serial(headers.get("Wechatpay-Serial", ""))
    try:
        must_be_from_wechat(headers, answer.body)
    except BadNotice as problem:
        raise OutgoingFailed("WeChat's answer is not signed by WeChat") from problem
    if answer.status == 401:  # noqa: PLR2004
        raise OutgoingFailed("WeChat does not know our signature")
    return Reply(answer.status, _content(answer.body))


def know_serial(serial: str) -> None:
    """Get WeChat's certificates if this serial may be a new one of them."""
    if not may_refresh_for(serial):
        return
    try:
        answer = exchange(_call("certificates", "", "GET", "/v3/certificates", b""))
        keep_certificates(_certificates(answer.body))
    except (OutgoingFailed, BadNotice, KeyError, TypeError, AttributeError, ValueError):
        log.warning("WeChat's certificates could not be had", exc_info=True)


def _certificates(body: bytes) -> dict[str, str]:
    """Return certificates by serial. They are sealed with our APIv3 key, so nobody else can have made them."""
    rows = _content(body).get("data")
    return {
        str(row["serial_no"]): unseal(row["encrypt_certificate"]).decode()
        for row in (rows if isinstance(rows, list) else [])
    }


def _call(operation: str, reference: str, method: str, path: str, body: bytes) -> Call:
    url = named(NAME, "base_url").rstrip("/") + path
    parts = urlsplit(url)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    return Call(
        provider=NAME,
        operation=operation,
        reference=reference,
        method=method,
        url=url,
        body=body,
        headers={
            "Authorization": authorization(method, target, body),
            "Accept": "application/json",
            "Content-Type": "application/json",
            "Wechatpay-Serial": newest_key_id(),
        },
    )


def _content(body: bytes) -> Mapping[str, Any]:
    if not body:
        return {}
    try:
        value = read_strict_json(body)
    except MalformedJson as problem:
        raise OutgoingFailed("WeChat's answer cannot be read") from problem
    return value if isinstance(value, dict) else {}
