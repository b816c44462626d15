"""SF-Express: waybills and routes through its service gateway."""

import json
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings

from apps.core import clock
from apps.core.outgoing import OutgoingFailed, send
from apps.logistics.carriers.adapter import (
    CarrierEvent,
    CarrierRefused,
    Contact,
    Waybill,
    WaybillOrder,
)
from apps.logistics.carriers.sf.signature import message_digest
from apps.logistics.carriers.sf.steps import step_of

GATEWAY_OK, SERVICE_OK = "A1000", "S0000"
ORDERED_BEFORE, CANCELLED_BEFORE = "8016", "8037"
HTTP_OK = 200
MAX_TEXT = 500


class SFExpress:
    """The waybill service of SF-Express (丰桥 standard API)."""

    name = "sf"

    def request_waybill(self, order: WaybillOrder) -> Waybill:
        """
        Ask for a waybill; the same reference gets the same waybill.

        :raises CarrierRefused: if SF will not carry it
        :raises OutgoingFailed: if no usable answer came
        """
        code, data = _call("EXP_RECE_CREATE_ORDER", _order_message(order))
        if code == ORDERED_BEFORE:
            question = {"searchType": "1", "orderId": order.reference, "language": "zh-CN"}
            code, data = _call("EXP_RECE_SEARCH_ORDER_RESP", question)
        _must_be_ok(code, data)
        return _read_waybill(data.get("msgData"))

    def cancel_waybill(self, *, reference: str, waybill: str) -> None:
        """
        Cancel a waybill; one that was cancelled before stays so.

        :raises CarrierRefused: if the parcel is on its way
        :raises OutgoingFailed: if no usable answer came
        """
        message = {
            "orderId": reference,
            "dealType": 2,
            "language": "zh-CN",
            "waybillNoInfoList": [{"waybillType": 1, "waybillNo": waybill}],
        }
        code, data = _call("EXP_RECE_UPDATE_ORDER", message)
        if code != CANCELLED_BEFORE:
            _must_be_ok(code, data)

    def list_events(self, *, waybill: str, phone: str) -> list[CarrierEvent]:
        """
        Return the route of a waybill, oldest first.

        :raises CarrierRefused, OutgoingFailed:
        """
        message = {
            "language": "zh-CN",
            "trackingType": "1",
            "trackingNumber": [waybill],
            "methodType": "1",
            "checkPhoneNo": phone[-4:],
        }
        code, data = _call("EXP_RECE_SEARCH_ROUTES", message)
        _must_be_ok(code, data)
        return _read_routes(data.get("msgData"), waybill)


def _call(service: str, message: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """Return SF's error code (S0000 = well) and the service's answer."""
    text = json.dumps(message, ensure_ascii=False, separators=(",", ":"))
    timestamp = str(int(clock.now().timestamp() * 1000))
    form = {
        "partnerID": settings.SF_PARTNER_ID,
        "requestID": uuid.uuid4().hex,
        "serviceCode": service,
        "timestamp": timestamp,
        "msgDigest": message_digest(text, timestamp, settings.SF_CHECK_WORD),
        "msgData": text,
    }
    answer = send(
        "POST",
        f"{settings.SF_BASE_URL.rstrip('/')}/std/service",
        body=urlencode(form).encode(),
        headers={"Content-Type": "application/x-www-form-urlencoded;charset=UTF-8"},
    )
    if answer.status != HTTP_OK:
        raise OutgoingFailed(f"sf: HTTP {answer.status}")
    outer = _object(answer.text)
    if outer.get("apiResultCode") != GATEWAY_OK:
        raise CarrierRefused(_said(outer.get("apiResultCode"), outer.get("apiErrorMsg")))
    data = _object(outer.get("apiResultData"))
    return str(data.get("errorCode")), data


def _must_be_ok(code: str, data: Mapping[str, Any]) -> None:
    if code != SERVICE_OK or data.get("success") not in {True, "true"}:
        raise CarrierRefused(_said(code, data.get("errorMsg")))


def _order_message(order: WaybillOrder) -> dict[str, Any]:
    return {
        "language": "zh-CN",
        "orderId": order.reference,
        "cargoDetails": [{"name": name[:60], "count": count} for name, count in order.goods],
        "contactInfoList": [_contact(1, order.sender), _contact(2, order.recipient)],
        "expressTypeId": 2,
        "payMethod": 1,
        "parcelQty": 1,
        "totalWeight": f"{order.weight_grams / 1000:.3f}",
        "isReturnRoutelabel": 1,
    }


def _contact(kind: int, contact: Contact) -> dict[str, Any]:
    return {
        "contactType": kind,
        "contact": contact.name,
        "mobile": contact.phone,
        "country": "CN",
        "province": contact.province,
        "city": contact.city,
        "county": contact.district,
        "address": contact.street,
    }


def _read_waybill(data: Any) -> Waybill:
    data = _object(data)
    try:
        numbers = [
            each["waybillNo"]
            for each in data["waybillNoInfoList"]
            if str(each.get("waybillType", 1)) == "1"
        ]
        number = str(numbers[0])
    except (KeyError, IndexError, TypeError, AttributeError) as problem:
        raise OutgoingFailed("sf: an answer without a waybill") from problem
    return Waybill(
        number=number,
        sorting_code=str(_sorting_code(data) or data.get("destCode") or "")[:40],
        origin_code=str(data.get("originCode") or "")[:40],
    )


def _sorting_code(data: Mapping[str, Any]) -> Any:
    try:
        return data["routeLabelInfo"][0]["routeLabelData"]["destRouteLabel"]
    except (KeyError, IndexError, TypeError):
        return None


def _read_routes(data: Any, waybill: str) -> list[CarrierEvent]:
    try:
        events = [
            _event(route)
            for each in _object(data).get("routeResps") or []
            if each.get("mailNo") == waybill
            for route in each.get("routes") or []
        ]
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        raise OutgoingFailed("sf: a route that cannot be read") from problem
    return sorted(events, key=lambda event: event.at)


def _event(route: Mapping[str, Any]) -> CarrierEvent:
    at = datetime.strptime(route["acceptTime"], "%Y-%m-%d %H:%M:%S").replace(
        tzinfo=clock.BUSINESS_ZONE
    )
    code = str(route.get("opCode", ""))
    return CarrierEvent(
        at=at,
        code=code[:16],
        step=step_of(code),
        text=str(route.get("remark", ""))[:MAX_TEXT],
        place=str(route.get("acceptAddress", ""))[:80],
    )


def _object(value: Any) -> Mapping[str, Any]:
    """Return a JSON object that came as itself or as text."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError as problem:
            raise OutgoingFailed("sf: not JSON") from problem
    if not isinstance(value, dict):
        raise OutgoingFailed("sf: not a JSON object")
    return value


def _said(code: Any, text: Any) -> str:
    return f"{code}: {text}"[:200]
