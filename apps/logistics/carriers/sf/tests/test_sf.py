import base64
import hashlib
import json
from urllib.parse import parse_qs, quote

import pytest

from apps.core.outgoing import Answer, OutgoingFailed
from apps.logistics.carriers.adapter import CarrierRefused, Contact, Step, Waybill, WaybillOrder
from apps.logistics.carriers.sf import adapter as sf
from apps.logistics.carriers.sf.signature import message_digest

SENDER = Contact("云集仓", "13800000001", "浙江省", "杭州市", "余杭区", "文一西路 969 号")
RECIPIENT = Contact("张三", "13900000002", "广东省", "深圳市", "南山区", "科技园 1 栋 & 2 栋")
ORDER = WaybillOrder("26112012345678901234", SENDER, RECIPIENT, [("青瓷杯", 2)], 650)


class Wire:
    """The network of a test: answers in turn, and keeps what was sent."""

    def __init__(self, *answers):
        self.answers, self.sent = list(answers), []

    def __call__(self, method, url, *, body, headers):
        form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        self.sent.append(form)
        return self.answers.pop(0)


def says(code, data=None, *, outer="A1000", message=""):
    inner = {"success": code == "S0000", "errorCode": code, "errorMsg": message, "msgData": data}
    body = {"apiResultCode": outer, "apiErrorMsg": message, "apiResultData": json.dumps(inner)}
    return Answer(200, {}, json.dumps(body).encode())


@pytest.fixture
def wire(monkeypatch, settings):
    settings.SF_PARTNER_ID, settings.SF_CHECK_WORD = "EMSHOP", "word-of-sf"

    def with_answers(*answers):
        line = Wire(*answers)
        monkeypatch.setattr(sf, "send", line)
        return line

    return with_answers


MADE = {
    "orderId": ORDER.reference,
    "originCode": "571",
    "destCode": "755",
    "waybillNoInfoList": [{"waybillType": 1, "waybillNo": "SF1234567890123"}],
    "routeLabelInfo": [{"code": "1000", "routeLabelData": {"destRouteLabel": "755WE-AB-12"}}],
}


def test_the_digest_is_md5_over_javas_url_encoding():
    encoded = quote('{"a":"中 文*~"}1700000000000key', safe="-_.*").replace("%20", "+")
    expected = base64.b64encode(
        hashlib.md5(encoded.replace("~", "%7E").encode(), usedforsecurity=False).digest()
    )

    assert message_digest('{"a":"中 文*~"}', "1700000000000", "key") == expected.decode()


def test_a_waybill_is_asked_for_with_a_digest_that_fits_the_message(wire):
    line = wire(says("S0000", MADE))

    waybill = sf.SFExpress().request_waybill(ORDER)

    assert waybill == Waybill("SF1234567890123", "755WE-AB-12", "571")
    form = line.sent[0]
    assert form["serviceCode"] == "EXP_RECE_CREATE_ORDER"
    assert form["msgDigest"] == message_digest(form["msgData"], form["timestamp"], "word-of-sf")
    message = json.loads(form["msgData"])
    assert message["orderId"] == ORDER.reference
    assert message["totalWeight"] == "0.650"
    assert [each["contact"] for each in message["contactInfoList"]] == ["云集仓", "张三"]


def test_asking_twice_finds_the_first_waybill(wire):
    line = wire(says("8016", message="重复下单"), says("S0000", MADE))

    assert sf.SFExpress().request_waybill(ORDER).number == "SF1234567890123"
    assert [form["serviceCode"] for form in line.sent] == [
        "EXP_RECE_CREATE_ORDER",
        "EXP_RECE_SEARCH_ORDER_RESP",
    ]


def test_a_refusal_says_what_sf_said(wire):
    wire(says("1014", message="收件地址不能为空"))

    with pytest.raises(CarrierRefused, match="1014: 收件地址不能为空"):
        sf.SFExpress().request_waybill(ORDER)


def test_a_wrong_digest_is_a_refusal_of_the_gateway(wire):
    wire(says("S0000", outer="A1006", message="数字签名无效"))

    with pytest.raises(CarrierRefused, match="A1006"):
        sf.SFExpress().request_waybill(ORDER)


@pytest.mark.parametrize(
    "answer",
    [
        Answer(502, {}, b"bad gateway"),
        Answer(200, {}, b"<html>"),
        Answer(200, {}, b"[]"),
        Answer(200, {}, b'{"apiResultCode":"A1000","apiResultData":"{"}'),
        says("S0000", {"orderId": "1"}),
        says("S0000", {"waybillNoInfoList": []}),
    ],
)
def test_an_answer_that_cannot_be_used_leaves_the_outcome_open(wire, answer):
    wire(answer)

    with pytest.raises(OutgoingFailed):
        sf.SFExpress().request_waybill(ORDER)


@pytest.mark.parametrize("code", ["S0000", "8037"])
def test_cancelling_twice_is_as_good_as_once(wire, code):
    line = wire(says(code, {}))

    sf.SFExpress().cancel_waybill(reference=ORDER.reference, waybill="SF1234567890123")

    assert json.loads(line.sent[0]["msgData"])["dealType"] == 2


def test_routes_come_oldest_first_with_their_meaning(wire):
    routes = [
        {"acceptTime": "2026-11-20 18:00:00", "opCode": "80", "remark": "已签收"},
        {
            "acceptTime": "2026-11-20 08:30:00",
            "opCode": "50",
            "remark": "已收取",
            "acceptAddress": "杭州",
        },
        {"acceptTime": "2026-11-20 12:00:00", "opCode": "999", "remark": "新的说法"},
    ]
    wire(says("S0000", {"routeResps": [{"mailNo": "SF1234567890123", "routes": routes}]}))

    events = sf.SFExpress().list_events(waybill="SF1234567890123", phone="13900000002")

    assert [event.step for event in events] == [Step.PICKED_UP, Step.IN_TRANSIT, Step.SIGNED]
    assert events[0].at.isoformat() == "2026-11-20T08:30:00+08:00"
    assert events[0].place == "杭州"
