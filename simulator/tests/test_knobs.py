"""Each knob does what it says, to the one it is meant for, as often as it is meant to."""

import time
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import urllib3

from simulator.tests.alipay_oracle import is_genuine, pay_url
from simulator.tests.alipay_oracle import pay as pay_alipay
from simulator.tests.process import eventually
from simulator.tests.unionpay_oracle import front_form, query
from simulator.tests.unionpay_oracle import pay as pay_unionpay
from simulator.tests.wechat_oracle import opened, order, paid, refund


def test_duplicates_come_at_once(sim, shop, alipay, number):
    sim.knob("alipay", "duplicate", value=4, count=1)
    pay_alipay(sim, alipay, number)
    told = eventually(lambda: len(shop.about(number)) == 4 and shop.about(number))
    assert len({heard.fields["notify_id"] for heard in told}) == 1
    eventually(lambda: sim.payment(number)["notices"][0]["status"] == "DELIVERED")
    assert sim.control("GET", "knobs")["knobs"] == []


def test_a_notice_comes_late(sim, shop, alipay, number):
    sim.knob("alipay", "delay", value=0.7, count=1)
    began = time.time()
    pay_alipay(sim, alipay, number)
    heard = eventually(lambda: shop.about(number))[0]
    assert heard.at - began >= 0.7


def test_two_notices_change_places(sim, shop, alipay, number):
    sim.knob("alipay", "reorder", match=f"{number}A", count=1)
    pay_alipay(sim, alipay, f"{number}A")
    time.sleep(0.3)
    assert shop.about(number) == []
    pay_alipay(sim, alipay, f"{number}B")
    told = eventually(lambda: len(shop.about(number)) == 2 and shop.about(number))
    assert [heard.fields["out_trade_no"][-1] for heard in told] == ["B", "A"]


def test_a_lost_notice_can_be_sent_from_the_control_room(sim, shop, alipay, number):
    sim.knob("alipay", "drop", count=1)
    pay_alipay(sim, alipay, number)
    (notice,) = sim.payment(number)["notices"]
    assert notice["status"] == "DROPPED"
    assert shop.about(number) == []
    assert sim.control("POST", "notices/resend", {"subject": number}) == {"resent": 1}
    assert is_genuine(alipay, eventually(lambda: shop.about(number))[0].fields)


@pytest.mark.parametrize(
    ("name", "value", "genuine"),
    [
        ("changed_field", {"field": "total_amount", "value": "0.01"}, True),
        ("changed_field", {"field": "app_id", "value": "2021000000000000"}, True),
        ("tampered", {"field": "total_amount", "value": "0.01"}, False),
        ("wrong_key", None, False),
    ],
)
def test_forged_alipay_notices(sim, shop, alipay, number, name, value, genuine):
    sim.knob("alipay", name, value=value, match=number, count=1)
    pay_alipay(sim, alipay, number)
    fields = eventually(lambda: shop.about(number))[0].fields
    assert is_genuine(alipay, fields) is genuine
    if value:
        assert fields[value["field"]] == value["value"]


def test_forged_wechat_notices(sim, shop, wechat, number):
    sim.knob("wechat", "changed_field", value={"field": "amount.total", "value": 1}, count=1)
    paid(sim, wechat, f"{number}A")
    assert opened(wechat, eventually(lambda: shop.heard)[0])["resource"]["amount"]["total"] == 1

    for trick in ("wrong_key", "tampered"):
        shop.heard.clear()
        value = {"field": "summary", "value": "x"} if trick == "tampered" else None
        sim.knob("wechat", trick, value=value, count=1)
        paid(sim, wechat, number + trick[0])
        assert opened(wechat, eventually(lambda: shop.heard)[0]) is None

    shop.heard.clear()
    sim.knob("wechat", "unknown_serial", count=1)
    sim.knob("wechat", "timestamp_shift", value=-360, count=1)
    paid(sim, wechat, f"{number}S")
    headers = eventually(lambda: shop.heard)[0].headers
    assert headers["Wechatpay-Serial"] != wechat._core._public_key_id
    assert 355 <= time.time() - int(headers["Wechatpay-Timestamp"]) <= 365


def test_the_probe_is_followed_by_the_true_notice_if_it_is_refused(sim, shop, wechat, number):
    sim.control("POST", "clock", {"time_scale": 60})
    sim.knob("wechat", "signtest", count=1)
    shop.refuse("/wechat", 1, 401)
    paid(sim, wechat, number)
    probe, true = eventually(lambda: len(shop.heard) == 2 and shop.heard)
    assert probe.headers["Wechatpay-Signature"].startswith("WECHATPAY/SIGNTEST/")
    assert opened(wechat, true)["resource"]["out_trade_no"] == number


def test_alipay_admits_a_payment_only_after_the_close(sim, shop, alipay, number):
    sim.knob("alipay", "late_after_close", value=0.2, match=number, count=1)
    body = [{"out_trade_no": number, "pay_url": pay_url(alipay, number)}]
    assert sim.control("POST", "payments/pay", body)["results"][0]["status"] == "OPEN"
    assert alipay.api_alipay_trade_query(out_trade_no=number)["trade_status"] == "WAIT_BUYER_PAY"

    assert alipay.api_alipay_trade_close(out_trade_no=number)["code"] == "10000"

    notice = eventually(lambda: shop.about(number))[0].fields
    assert notice["trade_status"] == "TRADE_SUCCESS"
    assert alipay.api_alipay_trade_query(out_trade_no=number)["trade_status"] == "TRADE_SUCCESS"
    assert sim.payment(number)["payments"][0]["was_late"] is True


def test_wechat_admits_a_payment_only_after_the_close(sim, shop, wechat, number):
    sim.knob("wechat", "late_after_close", value=0.1, match=number, count=1)
    paid(sim, wechat, number)
    assert wechat.close(number)[0] == 204
    assert opened(wechat, eventually(lambda: shop.heard)[0])["resource"]["out_trade_no"] == number


def test_unionpay_admits_a_payment_only_after_its_time_ran_out(sim, shop, merchant, number):
    soon = (datetime.now(ZoneInfo("Asia/Shanghai")) + timedelta(seconds=1)).strftime("%Y%m%d%H%M%S")
    sim.knob("unionpay", "late_after_close", value=0.1, match=number, count=1)
    form = {
        "action": merchant.base + "frontTransReq.do",
        "fields": front_form(merchant, shop, number, payTimeout=soon),
    }
    txn_time = form["fields"]["txnTime"]
    assert sim.control("POST", "payments/pay", [{"form": form}])["results"][0]["status"] == "OPEN"
    assert query(sim, merchant, number, txn_time)["respCode"] == "34"

    assert merchant.believes(eventually(lambda: shop.about(number))[0].fields)
    assert query(sim, merchant, number, txn_time)["origRespCode"] == "00"


def test_a_closed_payment_can_be_paid_by_force(sim, shop, wechat, number):
    order(wechat, number)
    wechat.close(number)
    refused = sim.control("POST", "payments/pay", [number])["results"][0]
    assert refused["error"] == "closed"
    forced = sim.control("POST", f"payments/{number}/pay", {"even_if_closed": True})
    assert forced["status"] == "PAID"


def test_alipay_is_paid_in_the_moment_before_the_close(sim, shop, alipay, number):
    sim.http.request("GET", pay_url(alipay, number), redirect=False)
    sim.knob("alipay", "orderpaid_on_close", count=1)
    closed = alipay.api_alipay_trade_close(out_trade_no=number)
    assert closed["sub_code"] == "ACQ.TRADE_STATUS_ERROR"
    assert alipay.api_alipay_trade_query(out_trade_no=number)["trade_status"] == "TRADE_SUCCESS"


def test_a_lost_answer_was_executed_once(sim, wechat, number):
    paid(sim, wechat, number)
    sim.knob("wechat", "lost_response", operation="refund", count=1)

    with pytest.raises(OSError, match=r"Connection aborted|closed connection|Remote end"):
        refund(wechat, number, f"{number}R1", 600)

    assert refund(wechat, number, f"{number}R1", 600)[0] == 200
    (only,) = sim.payment(number)["payments"][0]["refunds"]
    assert only["amount"] == 600


def test_a_lost_answer_may_take_its_time(sim, alipay, number):
    pay_alipay(sim, alipay, number)
    sim.knob("alipay", "lost_response", value=1.0, operation="query", count=1)
    began = time.time()
    with pytest.raises((OSError, urllib3.exceptions.HTTPError)):
        alipay.api_alipay_trade_query(out_trade_no=number)
    assert time.time() - began >= 1.0


def test_a_5xx_was_not_executed(sim, wechat, number):
    paid(sim, wechat, number)
    sim.knob("wechat", "server_error", value=503, operation="refund", count=1)
    status, _ = wechat.refund(
        out_refund_no=f"{number}R1",
        amount={"refund": 600, "total": 2600, "currency": "CNY"},
        out_trade_no=number,
    )
    assert status == 503
    assert sim.payment(number)["payments"][0]["refunds"] == []


def test_half_a_json_was_executed(sim, merchant, shop, number):
    _, query_id = pay_unionpay(sim, merchant, shop, number)
    sim.knob("unionpay", "garbage", operation="refund", count=1)
    fields = merchant.sign(
        merchant.common(
            f"{number}R1", txnType="04", txnSubType="00", txnAmt="100", origQryId=query_id,
            backUrl=f"{shop.url}/unionpay",
        )
    )  # fmt: skip
    answer = sim.http.request(
        "POST", merchant.base + "backTransReq.do", fields=fields, encode_multipart=False
    )
    assert answer.data == b'{"code":"1000'
    assert len(sim.payment(number)["payments"][0]["refunds"]) == 1


def test_slow_and_refused_calls(sim, alipay, merchant, number):
    sim.knob("alipay", "slow", value=0.6, operation="query", count=1)
    sim.knob("alipay", "refuse", value="ACQ.SYSTEM_ERROR", count=1)
    began = time.time()
    answer = alipay.api_alipay_trade_query(out_trade_no=number)
    assert time.time() - began >= 0.6
    assert (answer["code"], answer["sub_code"]) == ("20000", "ACQ.SYSTEM_ERROR")
    sim.knob("unionpay", "refuse", value="06", count=1)
    assert query(sim, merchant, number, "20260101000000")["respCode"] == "06"
    assert query(sim, merchant, number, "20260101000000")["respCode"] == "34"


def test_a_knob_acts_on_its_number_until_it_is_cleared(sim, shop, alipay, number):
    (knob,) = sim.knob("alipay", "drop", match=f"{number}A")["knobs"]
    for mark in "AAB":
        sim.control(
            "POST", "payments/pay",
            [{"out_trade_no": number + mark, "pay_url": pay_url(alipay, number + mark)}],
        )  # fmt: skip
    eventually(lambda: shop.about(f"{number}B"))
    assert shop.about(f"{number}A") == []
    assert sim.control("GET", "knobs")["knobs"][0]["used"] == 1
    assert sim.control("DELETE", f"knobs/{knob['key']}") == {"cleared": 1}
    assert sim.control("GET", "knobs")["knobs"] == []


@pytest.mark.parametrize(
    "knob",
    [
        b'{"channel": "alipay", "name": "explode"}',
        b'{"channel": "paypal", "name": "drop"}',
        b'{"channel": "alipay", "name": "signtest"}',
        b'{"channel": "alipay", "name": "drop", "count": 0}',
        b'{"channel": "alipay", "name": "drop", "count": "3"}',
        b'{"channel": "alipay", "name": "delay", "value": "soon"}',
        b'{"channel": "alipay", "name": "changed_field", "value": {"total_amount": "1"}}',
        b'{"channel": "alipay", "name": "refuse"}',
        b'{"channel": "alipay", "name": "drop", "colour": "red"}',
        b'["drop"]',
        b"{",
    ],
)
def test_knobs_that_make_no_sense(sim, knob):
    answer = sim.http.request("POST", f"{sim.url}/control/knobs", body=knob)
    assert answer.status == 400
    assert answer.json()["error"]
    assert sim.control("GET", "knobs")["knobs"] == []
