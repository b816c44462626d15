"""UnionPay's online gateway 5.1.0, judged by another implementation of its rules."""

import html
import re
from urllib.parse import urlencode

import pytest

from simulator.tests.process import eventually
from simulator.tests.unionpay_oracle import front_form, give_back, pay, query


def test_a_shopper_pays_and_both_notices_are_genuine(sim, shop, merchant, number):
    fields = front_form(merchant, shop, number, reqReserved="回传")
    url = merchant.base + "frontTransReq.do"
    page = sim.http.request("POST", url, body=urlencode(fields), redirect=False)
    assert page.status == 303
    assert query(sim, merchant, number, fields["txnTime"])["respCode"] == "34"
    cashier = sim.url + page.headers["location"]

    sim.http.request("POST", cashier, body=b"decision=fail")
    assert query(sim, merchant, number, fields["txnTime"])["origRespCode"] == "64"
    paid = sim.http.request("POST", cashier, body=b"decision=confirm").data.decode()

    assert f'action="{shop.url}/front"' in paid
    pairs = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', paid)
    front = {name: html.unescape(value) for name, value in pairs}
    assert merchant.believes(front)
    assert front["respCode"] == "00"
    back = eventually(lambda: shop.about(number))[0].fields
    assert merchant.believes(back)
    assert not merchant.believes(back | {"txnAmt": "1"})
    assert (back["txnAmt"], back["currencyCode"], back["respCode"]) == ("2600", "156", "00")
    assert back["reqReserved"] == "回传"
    found = query(sim, merchant, number, fields["txnTime"])
    assert (found["respCode"], found["origRespCode"]) == ("00", "00")
    assert found["queryId"] == back["queryId"]


def test_a_refund_is_accepted_then_told_and_its_number_is_good_once(sim, shop, merchant, number):
    _, query_id = pay(sim, merchant, shop, number)
    txn_time, accepted = give_back(sim, merchant, shop, f"{number}R1", query_id, 600)
    assert accepted["respCode"] == "00"
    assert query(sim, merchant, f"{number}R1", txn_time)["origRespCode"] == "05"
    assert give_back(sim, merchant, shop, f"{number}R1", query_id, 600)[1]["respCode"] == "12"
    assert give_back(sim, merchant, shop, f"{number}R2", query_id, 2001)[1]["respCode"] == "36"
    assert give_back(sim, merchant, shop, f"{number}R3", "0" * 21, 1)[1]["respCode"] == "35"

    notice = eventually(lambda: shop.about(f"{number}R1"))[0].fields

    assert merchant.believes(notice)
    assert (notice["txnType"], notice["origQryId"], notice["txnAmt"]) == ("04", query_id, "600")
    assert query(sim, merchant, f"{number}R1", txn_time)["origRespCode"] == "00"
    assert sim.payment(number)["payments"][0]["refunded"] == 600


def test_a_reversal_takes_everything_back_once(sim, shop, merchant, number):
    _, query_id = pay(sim, merchant, shop, number)
    half = give_back(sim, merchant, shop, f"{number}U1", query_id, 1300, kind="31")[1]
    assert half["respCode"] == "36"
    whole = give_back(sim, merchant, shop, f"{number}U2", query_id, 2600, kind="31")[1]
    assert whole["respCode"] == "00"
    assert give_back(sim, merchant, shop, f"{number}U3", query_id, 1)[1]["respCode"] == "36"


def test_a_failed_refund_is_only_found_by_asking(sim, shop, merchant, number):
    _, query_id = pay(sim, merchant, shop, number)
    sim.knob("unionpay", "refund_fails", count=1)
    txn_time, _ = give_back(sim, merchant, shop, f"{number}R1", query_id, 600)

    code = eventually(
        lambda: (
            query(sim, merchant, f"{number}R1", txn_time)["origRespCode"] != "05"
            and query(sim, merchant, f"{number}R1", txn_time)["origRespCode"]
        )
    )

    assert code == "01"
    assert shop.about(f"{number}R1") == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"signature": "AAAA"}, "11"),
        ({"certId": "1"}, "11"),
        ({"merId": "777290058110049"}, "31"),
        ({"version": "5.0.0"}, "10"),
        ({"txnAmt": "1"}, "11"),
    ],
)
def test_a_form_that_is_not_the_shops_opens_nothing(sim, shop, merchant, number, change, code):
    fields = front_form(merchant, shop, number) | change

    page = sim.http.request(
        "POST", merchant.base + "frontTransReq.do", body=urlencode(fields), redirect=False
    )

    assert page.status == 400
    assert f"<code>{code}</code>" in page.data.decode()
    assert sim.get(f"/control/payments/{number}").status == 404


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"orderId": "short"}, "10"),
        ({"txnAmt": "26.00"}, "10"),
        ({"txnAmt": "0"}, "10"),
        ({"backUrl": ""}, "13"),
        ({"currencyCode": "840"}, "10"),
        ({"payTimeout": "soon"}, "10"),
    ],
)
def test_a_senseless_form_is_refused_with_its_code(sim, shop, merchant, number, change, code):
    fields = front_form(merchant, shop, number)
    fields.pop("signature")

    page = sim.http.request(
        "POST",
        merchant.base + "frontTransReq.do",
        body=urlencode(merchant.sign(fields | change)),
        redirect=False,
    )

    assert page.status == 400
    assert f"<code>{code}</code>" in page.data.decode()
