"""Alipay as python-alipay-sdk sees it: an independent judge of both directions."""

import json
from datetime import datetime, timedelta
from itertools import pairwise
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo

import pytest

from simulator.tests.alipay_oracle import is_genuine, pay, pay_url
from simulator.tests.process import as_scheduled, eventually


def test_a_shopper_pays_at_the_cashier_and_the_shop_is_told(sim, shop, alipay, number):
    url = pay_url(alipay, number, return_url=f"{shop.url}/back?o=1")
    page = sim.http.request("GET", url, redirect=False)
    assert page.status == 302
    cashier = page.headers["location"]
    assert "26.00" in sim.get(cashier).data.decode()

    back = sim.http.request("POST", sim.url + cashier, body=b"decision=confirm", redirect=False)

    assert back.status == 303
    query = dict(parse_qsl(urlsplit(back.headers["location"]).query))
    query.pop("o")
    assert query["out_trade_no"] == number
    assert query["total_amount"] == "26.00"
    assert is_genuine(alipay, query)
    notice = eventually(lambda: shop.about(number))[0].fields
    assert is_genuine(alipay, notice)
    assert not is_genuine(alipay, notice | {"total_amount": "0.01"})
    assert notice["trade_status"] == "TRADE_SUCCESS"
    assert notice["total_amount"] == "26.00"
    assert notice["app_id"] == sim.env["EMSHOP_ALIPAY_APP_ID"]
    assert notice["seller_id"] == sim.env["EMSHOP_ALIPAY_SELLER_ID"]
    assert notice["subject"] == "保温杯 500ml"
    assert "refund_fee" not in notice


def test_query_close_and_their_refusals(sim, alipay, number):
    missing = alipay.api_alipay_trade_query(out_trade_no=number)
    assert (missing["code"], missing["sub_code"]) == ("40004", "ACQ.TRADE_NOT_EXIST")
    sim.http.request("GET", pay_url(alipay, number), redirect=False)
    assert alipay.api_alipay_trade_query(out_trade_no=number)["trade_status"] == "WAIT_BUYER_PAY"

    closed = alipay.api_alipay_trade_close(out_trade_no=number)

    assert closed["code"] == "10000"
    assert alipay.api_alipay_trade_query(out_trade_no=number)["trade_status"] == "TRADE_CLOSED"
    again = alipay.api_alipay_trade_close(out_trade_no=number)
    assert again["sub_code"] == "ACQ.TRADE_STATUS_ERROR"
    page = sim.http.request("GET", pay_url(alipay, number), redirect=False)
    assert page.status == 400
    assert "ACQ.TRADE_HAS_CLOSE" in page.data.decode()


def test_a_code_exists_for_alipay_only_once_it_is_scanned(sim, shop, alipay, number):
    made = alipay.api_alipay_trade_precreate(
        subject="码", out_trade_no=number, total_amount="9.90", notify_url=f"{shop.url}/alipay"
    )
    unseen = alipay.api_alipay_trade_query(out_trade_no=number)
    assert unseen["sub_code"] == "ACQ.TRADE_NOT_EXIST"
    assert sim.http.request("GET", made["qr_code"]).status == 200
    assert alipay.api_alipay_trade_query(out_trade_no=number)["trade_status"] == "WAIT_BUYER_PAY"

    sim.control("POST", f"payments/{number}/pay", {})

    paid = alipay.api_alipay_trade_query(out_trade_no=number)
    assert (paid["trade_status"], paid["total_amount"]) == ("TRADE_SUCCESS", "9.90")


def test_partial_and_full_refunds_speak_as_alipay_does(sim, shop, alipay, number):
    pay(sim, alipay, number)
    part = alipay.api_alipay_trade_refund(
        refund_amount="6.00", out_trade_no=number, out_request_no=f"{number}R1"
    )
    assert (part["code"], part["fund_change"], part["refund_fee"]) == ("10000", "Y", "6.00")
    again = alipay.api_alipay_trade_refund(
        refund_amount="6.00", out_trade_no=number, out_request_no=f"{number}R1"
    )
    assert (again["fund_change"], again["refund_fee"]) == ("N", "6.00")
    other = alipay.api_alipay_trade_refund(
        refund_amount="7.00", out_trade_no=number, out_request_no=f"{number}R1"
    )
    assert other["sub_code"] == "ACQ.DISCORDANT_REPEAT_REQUEST"
    more = alipay.api_alipay_trade_refund(
        refund_amount="20.01", out_trade_no=number, out_request_no=f"{number}R2"
    )
    assert more["sub_code"] == "ACQ.REASON_TRADE_REFUND_FEE_ERR"
    rest = alipay.api_alipay_trade_refund(
        refund_amount="20.00", out_trade_no=number, out_request_no=f"{number}R3"
    )
    assert rest["refund_fee"] == "26.00"

    told = eventually(lambda: len(shop.about(number)) == 3 and shop.about(number))
    by_number = {heard.fields.get("out_biz_no"): heard.fields for heard in told}
    assert all(is_genuine(alipay, fields) for fields in by_number.values())
    first, last = by_number[f"{number}R1"], by_number[f"{number}R3"]
    assert (first["trade_status"], first["refund_fee"]) == ("TRADE_SUCCESS", "6.00")
    assert (last["trade_status"], last["refund_fee"]) == ("TRADE_CLOSED", "26.00")
    assert "gmt_refund" in last
    assert alipay.api_alipay_trade_query(out_trade_no=number)["trade_status"] == "TRADE_CLOSED"


def test_an_unknown_refund_is_answered_10000_without_a_status(sim, alipay, number):
    pay(sim, alipay, number)
    alipay.api_alipay_trade_refund(
        refund_amount="1.00", out_trade_no=number, out_request_no=f"{number}R1"
    )

    unknown = alipay.api_alipay_trade_fastpay_refund_query(f"{number}R9", out_trade_no=number)
    known = alipay.api_alipay_trade_fastpay_refund_query(f"{number}R1", out_trade_no=number)

    assert unknown["code"] == "10000"
    assert "refund_status" not in unknown
    assert (known["refund_status"], known["refund_amount"]) == ("REFUND_SUCCESS", "1.00")


def test_an_accepted_refund_can_fail_and_be_tried_again_under_its_number(sim, alipay, number):
    pay(sim, alipay, number)
    sim.knob("alipay", "refund_fails", count=1)
    words = {"refund_amount": "5.00", "out_trade_no": number, "out_request_no": f"{number}R1"}

    accepted = alipay.api_alipay_trade_refund(**words)

    assert (accepted["code"], accepted["fund_change"]) == ("10000", "N")
    eventually(lambda: sim.payment(number)["payments"][0]["refunds"][0]["status"] == "FAILED")
    assert sim.payment(number)["payments"][0]["refunded"] == 0
    assert alipay.api_alipay_trade_refund(**words)["fund_change"] == "Y"
    assert sim.payment(number)["payments"][0]["refunded"] == 500


def test_cancel_closes_what_is_unpaid_and_refunds_what_is_paid(sim, alipay, number):
    sim.http.request("GET", pay_url(alipay, number), redirect=False)
    assert alipay.api_alipay_trade_cancel(out_trade_no=number)["action"] == "close"
    pay(sim, alipay, number + "P")
    assert alipay.api_alipay_trade_cancel(out_trade_no=number + "P")["action"] == "refund"
    assert sim.payment(number + "P")["payments"][0]["refunded"] == 2600


def test_an_unpaid_trade_is_closed_in_time_and_the_notice_has_no_refund_fee(
    sim, shop, alipay, number
):
    soon = (datetime.now(ZoneInfo("Asia/Shanghai")) + timedelta(seconds=2)).strftime(
        "%Y-%m-%d %H:%M:%S"
    )
    url = pay_url(alipay, number, time_expire=soon)
    sim.http.request("GET", url, redirect=False)

    notice = eventually(lambda: shop.about(number))[0].fields

    assert notice["trade_status"] == "TRADE_CLOSED"
    assert "refund_fee" not in notice


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"app_id": "2021000000000000"}, "isv.invalid-app-id"),
        ({"sign": "AAAA"}, "isv.invalid-signature"),
        ({"sign": "=/%"}, "isv.invalid-signature"),
        ({"sign_type": "RSA"}, "isv.invalid-signature-type"),
        ({"biz_content": '{"out_trade_no":"X"}'}, "isv.invalid-signature"),
        ({"extra": "1"}, "isv.invalid-signature"),
        ({"timestamp": ""}, "isv.missing-timestamp"),
    ],
)
def test_only_the_shop_itself_is_served(sim, alipay, number, change, code):
    body = alipay.build_body("alipay.trade.query", {"out_trade_no": number})
    body["biz_content"] = json.dumps(body["biz_content"], separators=(",", ":"))
    signed = dict(parse_qsl(alipay.sign_data(body)))

    answer = sim.http.request(
        "POST", alipay._gateway, fields=signed | change, encode_multipart=False
    )

    content = answer.json()["alipay_trade_query_response"]
    assert content["code"] in ("40001", "40002")
    assert content["sub_code"] == code


def test_the_notice_comes_again_on_alipays_schedule_until_the_body_is_success(
    sim, shop, alipay, number
):
    sim.control("POST", "clock", {"time_scale": 600})
    shop.refuse("/alipay", 2, 200, b"success\n")
    pay(sim, alipay, number)

    times = [heard.at for heard in eventually(lambda: len(shop.about(number)) == 3 and shop.heard)]

    waits = [later - sooner for sooner, later in pairwise(times)]
    assert as_scheduled(waits, [240 / 600, 600 / 600])
    (notice,) = sim.payment(number)["notices"]
    assert notice["status"] == "DELIVERED"
    assert [attempt["accepted"] for attempt in notice["attempts"]] == [False, False, True]


def test_the_time_for_refunds_ends(sim, shop, alipay, number):
    pay(sim, alipay, number)
    eventually(lambda: len(shop.about(number)) == 1)

    sim.control("POST", f"payments/{number}/finish", {})

    told = eventually(lambda: len(shop.about(number)) == 2 and shop.about(number))[1].fields
    assert told["trade_status"] == "TRADE_FINISHED"
    assert is_genuine(alipay, told)
    late = alipay.api_alipay_trade_refund(
        refund_amount="1.00", out_trade_no=number, out_request_no="R1"
    )
    assert late["sub_code"] == "ACQ.TRADE_HAS_FINISHED"
    assert alipay.api_alipay_trade_query(out_trade_no=number)["trade_status"] == "TRADE_FINISHED"
