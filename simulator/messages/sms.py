"""Aliyun's Dysmsapi: SendSms, signed with HMAC-SHA1."""

import base64
import datetime
import hashlib
import hmac
import re
import time
from typing import Any
from urllib.parse import parse_qsl, quote

import orjson
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from simulator import numbers
from simulator.faults import Call, answer
from simulator.house import House, house_of
from simulator.rows import Message

PHONES = re.compile(r"(\+?[0-9]{5,20})(,\+?[0-9]{5,20})*")
TOLERANCE = 900
NAMED = ("SignName", "TemplateCode")
MEANINGS = {
    "isv.BUSINESS_LIMIT_CONTROL": "触发分钟级流控Permits:1",
    "isv.MOBILE_NUMBER_ILLEGAL": "非法手机号",
    "isv.INVALID_PARAMETERS": "参数异常",
    "isv.INVALID_JSON_PARAM": "JSON参数不合法，只接受字符串值",
    "isv.SMS_TEMPLATE_ILLEGAL": "短信模版不合法",
    "isv.SMS_SIGNATURE_ILLEGAL": "短信签名不合法",
    "isv.AMOUNT_NOT_ENOUGH": "账户余额不足",
    "isv.OUT_OF_SERVICE": "业务停机",
}


class Rejected(Exception):
    """The gateway refuses the call before the business sees it."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


def signature(method: str, fields: dict[str, str], secret: str) -> str:
    """Return the RPC signature of Aliyun."""
    pairs = "&".join(f"{_encode(k)}={_encode(v)}" for k, v in sorted(fields.items()))
    text = f"{method}&{_encode('/')}&{_encode(pairs)}"
    mac = hmac.new(f"{secret}&".encode(), text.encode(), hashlib.sha1)
    return base64.b64encode(mac.digest()).decode()


async def send_sms(request: Request) -> Response:
    """Take a message for a phone."""
    house = house_of(request)
    fields = dict(parse_qsl(request.url.query, keep_blank_values=True))
    body = (await request.body()).decode("utf-8", "replace")
    fields |= dict(parse_qsl(body, keep_blank_values=True))
    try:
        _check(house, request.method, fields)
    except Rejected as rejected:
        content = {"RequestId": numbers.request_id(), "Code": rejected.code}
        return JSONResponse(content | {"Message": str(rejected)}, rejected.status)

    async def work() -> Response:
        return _say(_take(house, fields))

    call = Call("sms", "send", tuple(fields.get("PhoneNumbers", "").split(",")))
    return await answer(request, call, work, _say)


def _encode(text: str) -> str:
    return quote(text, safe="-_.~")


def _check(house: House, method: str, fields: dict[str, str]) -> None:
    given = fields.pop("Signature", "")
    if fields.get("AccessKeyId") != house.config.sms_access_key_id:
        raise Rejected(404, "InvalidAccessKeyId.NotFound", "Specified access key is not found.")
    if fields.get("SignatureMethod") != "HMAC-SHA1" or fields.get("SignatureVersion") != "1.0":
        raise Rejected(400, "InvalidSignatureMethod", "Only HMAC-SHA1, version 1.0, is known.")
    expected = signature(method, fields, house.config.sms_access_key_secret)
    if not hmac.compare_digest(expected.encode(), given.encode()):
        message = "Specified signature is not matched with our calculation."
        raise Rejected(400, "SignatureDoesNotMatch", message)
    if not _is_fresh(fields.get("Timestamp", "")):
        raise Rejected(400, "InvalidTimeStamp.Expired", "Specified time stamp is expired.")
    if not house.sms_nonces.is_new(fields.get("SignatureNonce", "")):
        raise Rejected(400, "SignatureNonceUsed", "Specified signature nonce was used already.")
    if fields.get("Action") != "SendSms" or fields.get("Version") != "2017-05-25":
        message = "Specified api is not found, please check your url and method."
        raise Rejected(404, "InvalidAction.NotFound", message)


def _is_fresh(timestamp: str) -> bool:
    try:
        moment = datetime.datetime.strptime(timestamp, "%Y-%m-%dT%H:%M:%S%z")
    except ValueError:
        return False
    return abs(moment.timestamp() - time.time()) <= TOLERANCE


def _take(house: House, fields: dict[str, str]) -> str:
    """Keep the message; return Aliyun's code."""
    if not PHONES.fullmatch(fields.get("PhoneNumbers", "")):
        return "isv.MOBILE_NUMBER_ILLEGAL"
    if not all(fields.get(name) for name in NAMED):
        return "isv.INVALID_PARAMETERS"
    try:
        values = orjson.loads(fields.get("TemplateParam") or "{}")
    except ValueError:
        return "isv.INVALID_JSON_PARAM"
    if not isinstance(values, dict):
        return "isv.INVALID_JSON_PARAM"
    for phone in fields["PhoneNumbers"].split(","):
        if not house.knobs.take("sms", "drop", phone):
            _keep(house, phone, fields, values)
    return "OK"


def _keep(house: House, phone: str, fields: dict[str, str], values: dict[str, Any]) -> None:
    text = written_out(house, fields["TemplateCode"], values)
    message = Message(
        key=numbers.new_key(),
        kind="sms",
        to=phone,
        sender=fields["SignName"],
        subject=fields["TemplateCode"],
        text=f"【{fields['SignName']}】{text}",
        at=time.time(),
        details={"params": values, "out_id": fields.get("OutId", "")},
    )
    house.world.add(message, "sms taken")


def written_out(house: House, code: str, values: dict[str, Any]) -> str:
    """Return the template with its values, or the values alone if nobody registered it."""
    template = house.world.sms_templates.get(code)
    if template is None:
        pairs = "，".join(f"{name}：{value}" for name, value in values.items())
        return f"{code} {pairs}"
    return re.sub(r"\$\{(\w+)\}", lambda found: str(values.get(found[1], "")), template.text)


def _say(code: str) -> Response:
    content = {"RequestId": numbers.request_id(), "Code": code}
    if code == "OK":
        content |= {"Message": "OK", "BizId": numbers.serial_digits(18) + "^0"}
    else:
        content |= {"Message": MEANINGS.get(code, code)}
    return JSONResponse(content)


routes = [
    Route("/sms", send_sms, methods=["GET", "POST"]),
    Route("/sms/", send_sms, methods=["GET", "POST"]),
]
