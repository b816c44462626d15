import hashlib
import json
from urllib.parse import parse_qs

import pytest

from apps.core.outgoing import Answer, OutgoingFailed
from apps.logistics.carriers.adapter import CarrierRefused, Step
from apps.logistics.carriers.kd100 import subscription
from apps.logistics.carriers.kd100.pushes import (
    PushRefused,
    must_be_signed,
    push_signature,
    read_push,
)
from apps.logistics.carriers.kd100.steps import step_of


def a_push(*lines, status="polling", state="0", **result):
    result = {
        "com": "yuantong",
        "nu": "YT8812345678901",
        "state": state,
        "data": list(lines),
    } | result
    return json.dumps({"status": status, "message": "", "lastResult": result}, ensure_ascii=False)


def a_line(time, context, **more):
    return {"time": time, "ftime": time, "context": context, **more}


@pytest.mark.parametrize(
    ("code", "step"),
    [
        ("0", Step.IN_TRANSIT),
        ("1", Step.PICKED_UP),
        ("2", Step.EXCEPTION),
        ("3", Step.SIGNED),
        ("4", Step.RETURNED),
        ("5", Step.DELIVERING),
        ("6", Step.RETURNING),
        ("7", Step.IN_TRANSIT),
        ("8", Step.IN_TRANSIT),
        ("14", Step.REFUSED),
        ("101", Step.ANNOUNCED),
        ("103", Step.PICKED_UP),
        ("1001", Step.IN_TRANSIT),
        ("203", Step.REFUSED),
        ("204", Step.EXCEPTION),
        ("304", Step.SIGNED),
        ("501", Step.DELIVERING),
        ("", Step.ANNOUNCED),
        ("99", Step.ANNOUNCED),
        ("abc", Step.ANNOUNCED),
        ("１０３", Step.ANNOUNCED),
    ],
)
def test_the_table_of_states(code, step):
    assert step_of(code) == step


def test_the_signature_is_upper_case_md5_of_param_and_salt():
    assert (
        push_signature("{}", "salt")
        == hashlib.md5(b"{}salt", usedforsecurity=False).hexdigest().upper()
    )
    must_be_signed("{}", push_signature("{}", "salt"), "salt")
    must_be_signed("{}", push_signature("{}", "salt").lower(), "salt")


@pytest.mark.parametrize(
    ("param", "signature", "salt"),
    [
        ("{}", "", "salt"),
        ("{ }", push_signature("{}", "salt"), "salt"),
        ("{}", push_signature("{}", "other"), "salt"),
        ("{}", push_signature("{}", ""), ""),
        ("{}", "中" * 32, "salt"),
    ],
)
def test_a_wrong_signature_is_refused(param, signature, salt):
    with pytest.raises(PushRefused):
        must_be_signed(param, signature, salt)


def test_events_are_sorted_by_their_time():
    push = read_push(
        a_push(
            a_line("2026-11-21 09:00:00", "派件", statusCode="5", areaName="广东,深圳市"),
            a_line("2026-11-20 08:00:00", "揽收", statusCode="103"),
            a_line("2026-11-20 20:00:00", "转运", statusCode="1002"),
        )
    )

    assert [event.step for event in push.events] == [
        Step.PICKED_UP,
        Step.IN_TRANSIT,
        Step.DELIVERING,
    ]
    assert push.events[2].place == "广东,深圳市"
    assert push.events[0].at.isoformat() == "2026-11-20T08:00:00+08:00"
    assert not push.is_aborted


def test_within_one_second_the_line_that_was_told_later_stands_first():
    at = "2026-11-20 08:00:00"

    push = read_push(a_push(a_line(at, "派件", statusCode="5"), a_line(at, "揽收", statusCode="1")))

    assert [event.step for event in push.events] == [Step.PICKED_UP, Step.DELIVERING]


def test_without_codes_of_their_own_only_the_newest_line_carries_the_state():
    push = read_push(
        a_push(
            a_line("2026-11-21 09:00:00", "已签收"),
            a_line("2026-11-20 08:00:00", "揽收"),
            state="3",
        )
    )

    assert [event.step for event in push.events] == [Step.ANNOUNCED, Step.SIGNED]


def test_an_abort_is_told_even_without_a_track():
    push = read_push(a_push(status="abort"))

    assert push.is_aborted
    assert push.events == ()


@pytest.mark.parametrize(
    "param",
    [
        "",
        "[]",
        "{}",
        "null",
        '{"lastResult": null}',
        '{"lastResult": {"data": []}}',
        a_push(nu=""),
        a_push(nu="9" * 41),
        a_push(nu=7),
        a_push(data="x"),
        a_push({"context": "no time"}),
        a_push(a_line("2026-13-45 09:00:00", "x")),
        a_push(a_line("yesterday", "x")),
        a_push(["not a line"]),
        '{"lastResult": ' + "[" * 100 + "]" * 100 + "}",
        a_push(nu="YT\0"),
    ],
)
def test_what_cannot_be_read_is_refused(param):
    with pytest.raises(PushRefused):
        read_push(param)


@pytest.fixture
def wire(monkeypatch):
    sent = []

    def with_answer(answer):
        def send(method, url, *, body, headers):
            sent.append(parse_qs(body.decode()))
            return answer

        monkeypatch.setattr(subscription, "send", send)
        return sent

    return with_answer


def subscribe():
    subscription.subscribe(
        company="yuantong", waybill="YT8812345678901", phone="13900000002", callback_url="http://x/"
    )


@pytest.mark.parametrize("code", ["200", "501"])
def test_subscribing_again_is_harmless(wire, settings, code):
    settings.KD100_KEY, settings.KD100_SALT = "key", "salt"
    sent = wire(Answer(200, {}, json.dumps({"result": True, "returnCode": code}).encode()))

    subscribe()

    param = json.loads(sent[0]["param"][0])
    assert (param["company"], param["number"], param["key"]) == (
        "yuantong",
        "YT8812345678901",
        "key",
    )
    assert param["parameters"]["callbackurl"] == "http://x/"
    assert param["parameters"]["salt"] == "salt"


def test_a_company_that_is_not_known_is_refused(wire):
    wire(Answer(200, {}, '{"result":false,"returnCode":"701","message":"拒绝订阅"}'.encode()))

    with pytest.raises(CarrierRefused, match="701"):
        subscribe()


@pytest.mark.parametrize(
    "answer",
    [
        Answer(500, {}, b"{}"),
        Answer(200, {}, b"oops"),
        Answer(200, {}, b"[]"),
        Answer(200, {}, b'{"returnCode":"500"}'),
    ],
)
def test_trouble_over_there_leaves_the_outcome_open(wire, answer):
    wire(answer)

    with pytest.raises(OutgoingFailed):
        subscribe()
