"""SMS through Aliyun's Dysmsapi: SendSms of 2017-05-25, RPC style, signed with HMAC-SHA1."""

import base64
import hashlib
import hmac
import json
import uuid
from collections.abc import Mapping
from urllib.parse import quote, urlencode

from django.conf import settings

from apps.core import clock
from apps.core.outgoing import OutgoingFailed, send
from apps.messaging.models import OutgoingMessage
from apps.messaging.senders.not_sent import NotSent

HTTP_OK = 200
# What no second attempt can change; everything else may be different in a minute.
FINAL_CODES = frozenset(
    {
        "isv.MOBILE_NUMBER_ILLEGAL",
        "isv.TEMPLATE_MISSING_PARAMETERS",
        "isv.TEMPLATE_PARAMS_ILLEGAL",
        "isv.INVALID_PARAMETERS",
        "isv.BLACK_KEY_CONTROL_LIMIT",
        "MOBILE_IN_BLACK",
    }
)


class AliyunSms:
    """The adapter of one account at Aliyun; in development the same protocol leads to the simulator."""

    def send(self, message: OutgoingMessage) -> str:
        if not settings.SMS_ACCESS_KEY_ID:
            raise NotSent("no SMS account is configured (EMSHOP_SMS_ACCESS_KEY_ID)")
        body = urlencode(self._signed(message)).encode()
        try:
            answer = send(
                "POST",
                settings.SMS_BASE_URL,
                body=body,
                headers={"Content-Type": "application/x-www-form-urlencoded"},
            )
        except OutgoingFailed as problem:
            raise NotSent(str(problem)) from problem
        return _read(answer.status, answer.text)

    def _signed(self, message: OutgoingMessage) -> dict[str, str]:
        params = {
            "Action": "SendSms",
            "Version": "2017-05-25",
            "RegionId": "cn-hangzhou",
            "Format": "JSON",
            "AccessKeyId": settings.SMS_ACCESS_KEY_ID,
            "SignatureMethod": "HMAC-SHA1",
            "SignatureVersion": "1.0",
            "SignatureNonce": uuid.uuid4().hex,
            "Timestamp": clock.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
            "PhoneNumbers": message.target,
            "SignName": settings.SMS_SIGN_NAME,
            "TemplateCode": message.template_code,
            "TemplateParam": json.dumps(message.params, ensure_ascii=False),
            "OutId": str(message.pk),
        }
        return {**params, "Signature": sign("POST", params, settings.SMS_ACCESS_KEY_SECRET)}


def sign(method: str, params: Mapping[str, str], secret: str) -> str:
    """Return the signature that Aliyun's RPC protocol asks for."""
    query = "&".join(f"{_encode(name)}={_encode(params[name])}" for name in sorted(params))
    text = f"{method}&{_encode('/')}&{_encode(query)}"
    digest = hmac.new(f"{secret}&".encode(), text.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


def _encode(text: str) -> str:
    return quote(text, safe="~")


def _read(status: int, text: str) -> str:
    """Return the provider's id of a message that was taken."""
    try:
        answer = json.loads(text)
        code, biz_id = str(answer["Code"]), str(answer.get("BizId", ""))
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        raise NotSent(f"an answer that cannot be read (HTTP {status})") from problem
    if code != "OK" or status != HTTP_OK:
        raise NotSent(f"{code}: {answer.get('Message', '')}", is_final=code in FINAL_CODES)
    return biz_id
