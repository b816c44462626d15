"""WeChat Pay v3 as the wechatpayv3 SDK sees it: an independent judge of both directions."""

import json
import time
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from wechatpayv3 import WeChatPayType
from wechatpayv3.type import RequestType
from wechatpayv3.utils import build_authorization

from simulator.tests.process import as_scheduled, eventually
from simulator.tests.wechat_oracle import make_wechat, opened, order, paid, refund


def test_a_shopper_scans_confirms_and_the_notice_decrypts(sim, shop, wechat, number):
    status, made = order(wechat, number, attach="附加")
    assert status == 200
    code = made["code_url"]
    assert code.startswith("weixin://wxpay/bizpayurl?pr=")
    page = sim.get("/scan", code=code)
    assert "26.00" in page.data.decode()
    status, text = wechat.query(out_trade_no=number)
    assert json.loads(text)["trade_state"] == "NOTPAY"

    sim.http.request("POST", f"{sim.url}/pay/wechat/{code[-24:]}", body=b"decision=confirm")

    notice = opened(wechat, eventually(lambda: shop.about("TRANSACTION.SUCCESS"))[0])
    resource = notice["resource"]
    assert notice["event_type"] == "TRANSACTION.SUCCESS"
    assert resource["out_trade_no"] == number
    assert resource["amount"] == {
        "total": 2600, "payer_total": 2600, "currency": "CNY", "payer_currency": "CNY"
    }  # fmt: skip
    assert resource["mchid"] == sim.env["EMSHOP_WECHAT_MCH_ID"]
    assert resource["appid"] == sim.env["EMSHOP_WECHAT_APP_ID"]
    assert resource["attach"] == "附加"
    status, text = wechat.query(transaction_id=resource["transaction_id"])
    assert json.loads(text)["trade_state"] == "SUCCESS"


def test_the_certificate_is_handed_out_encrypted_and_verifies_notices(
    sim, shop, wechat, number, tmp_path, monkeypatch
):
    monkeypatch.setattr(
        "wechatpayv3.core.Core._init_certificates", lambda core: core._certificates.clear()
    )
    by_certificate = make_wechat(sim, shop, cert_dir=str(tmp_path))
    by_certificate._core._update_certificates()
    assert len(by_certificate._core._certificates) == 1
    order(wechat, number)
    sim.knob("wechat", "certificate", count=1)

    sim.control("POST", f"payments/{number}/pay", {})

    heard = eventually(lambda: shop.heard)[0]
    assert len(heard.headers["Wechatpay-Serial"]) == 40
    assert opened(by_certificate, heard)["resource"]["out_trade_no"] == number


def test_closing(sim, wechat, number):
    order(wechat, number)
    assert wechat.close(number)[0] == 204
    assert json.loads(wechat.query(out_trade_no=number)[1])["trade_state"] == "CLOSED"
    status, again = order(wechat, number)
    assert (status, again["code"]) == (400, "ORDERCLOSED")
    status, text = wechat.close("T00000000")
    assert (status, json.loads(text)["code"]) == (404, "ORDERNOTEXIST")


def test_close_may_answer_orderpaid(sim, shop, wechat, number):
    order(wechat, number)
    sim.knob("wechat", "orderpaid_on_close", match=number, count=1)

    status, text = wechat.close(number)

    assert (status, json.loads(text)["code"]) == (400, "ORDERPAID")
    assert json.loads(wechat.query(out_trade_no=number)[1])["trade_state"] == "SUCCESS"


def test_a_refund_is_accepted_first_and_succeeds_later(sim, shop, wechat, number):
    paid(sim, wechat, number)
    shop.heard.clear()

    status, accepted = refund(wechat, number, f"{number}R1", 600, notify_url=f"{shop.url}/wechat")

    assert (status, accepted["status"]) == (200, "PROCESSING")
    status, again = refund(wechat, number, f"{number}R1", 600)
    assert again["refund_id"] == accepted["refund_id"]
    notice = opened(wechat, eventually(lambda: shop.about("REFUND.SUCCESS"))[0])
    assert notice["resource"]["out_refund_no"] == f"{number}R1"
    assert notice["resource"]["amount"]["refund"] == 600
    status, text = wechat.query_refund(f"{number}R1")
    assert json.loads(text)["status"] == "SUCCESS"
    assert json.loads(wechat.query(out_trade_no=number)[1])["trade_state"] == "REFUND"


def test_refund_limits(sim, wechat, number):
    paid(sim, wechat, number)
    assert refund(wechat, number, f"{number}R1", 2601)[1]["code"] == "INVALID_REQUEST"
    assert refund(wechat, number, f"{number}R1", 600, total=2700)[1]["code"] == "INVALID_REQUEST"
    assert refund(wechat, "T00000000", "R1", 600)[0] == 404
    assert refund(wechat, number, f"{number}R1", 600)[0] == 200
    assert refund(wechat, number, f"{number}R1", 700)[1]["code"] == "INVALID_REQUEST"
    status, soon = refund(wechat, number, f"{number}R2", 600)
    assert (status, soon["code"]) == (429, "FREQUENCY_LIMITED")
    sim.control("POST", "clock", {"time_scale": 1e6})
    for count in range(2, 51):
        assert refund(wechat, number, f"{number}R{count}", 10)[0] == 200
    assert "50" in refund(wechat, number, f"{number}R51", 10)[1]["message"]
    assert sim.payment(number)["payments"][0]["amount"] == 2600


@pytest.mark.parametrize("word", ["ABNORMAL", "CLOSED"])
def test_a_refund_can_fail_after_its_acceptance(sim, shop, wechat, number, word):
    paid(sim, wechat, number)
    sim.knob("wechat", "refund_fails", value=word, match=number, count=1)

    refund(wechat, number, f"{number}R1", 600, notify_url=f"{shop.url}/wechat")

    notice = opened(wechat, eventually(lambda: shop.about(f"REFUND.{word}"))[0])
    assert notice["resource"]["refund_status"] == word
    assert json.loads(wechat.query_refund(f"{number}R1")[1])["status"] == word
    assert sim.payment(number)["payments"][0]["refunded"] == 0


def test_a_time_out_closes_in_silence(sim, shop, wechat, number):
    moment = (datetime.now(UTC) + timedelta(seconds=1)).isoformat(timespec="seconds")
    order(wechat, number, time_expire=moment)
    eventually(lambda: json.loads(wechat.query(out_trade_no=number)[1])["trade_state"] == "CLOSED")
    assert shop.heard == []


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"appid": "wx0000000000000000"}, "APPID_MCHID_NOT_MATCH"),
        ({"mchid": "1900000002"}, "PARAM_ERROR"),
        ({"out_trade_no": "a b"}, "PARAM_ERROR"),
        ({"out_trade_no": "T" * 33}, "PARAM_ERROR"),
        ({"amount": {"total": 0}}, "PARAM_ERROR"),
        ({"amount": {"total": "26"}}, "PARAM_ERROR"),
        ({"amount": {"total": True}}, "PARAM_ERROR"),
        ({"amount": {"total": 1, "currency": "USD"}}, "PARAM_ERROR"),
        ({"notify_url": "http://127.0.0.1/x?y=1"}, "PARAM_ERROR"),
        ({"time_expire": "tomorrow"}, "PARAM_ERROR"),
        ({"description": ""}, "PARAM_ERROR"),
    ],
)
def test_bad_orders_are_refused_and_not_remembered(sim, shop, wechat, number, body, code):
    order_body = {
        "appid": sim.env["EMSHOP_WECHAT_APP_ID"],
        "mchid": sim.env["EMSHOP_WECHAT_MCH_ID"],
        "description": "杯",
        "out_trade_no": number,
        "notify_url": f"{shop.url}/wechat",
        "amount": {"total": 2600, "currency": "CNY"},
    } | body
    before = sim.control("GET", "health")["payments"]

    status, text = wechat._core.request(
        "/v3/pay/transactions/native", method=RequestType.POST, data=order_body
    )

    assert status == 400
    assert json.loads(text)["code"] == code
    assert sim.control("GET", "health")["payments"] == before


def test_an_unsigned_or_old_call_is_401(sim, wechat, number):
    path = f"/v3/pay/transactions/out-trade-no/{number}?mchid={sim.env['EMSHOP_WECHAT_MCH_ID']}"
    bare = sim.http.request("GET", sim.url + path)
    assert (bare.status, bare.json()["code"]) == (401, "SIGN_ERROR")
    for change in (("mchid", 'mchid="19'), ("timestamp", 'timestamp="1')):
        header = build_authorization(
            path,
            "GET",
            wechat._mchid,
            sim.env["EMSHOP_WECHAT_MCH_SERIAL"],
            wechat._core._private_key,
        ).replace(f'{change[0]}="', change[1])
        answer = sim.http.request("GET", sim.url + path, headers={"Authorization": header})
        assert answer.status == 401


def test_jsapi_opens_the_cashier_only_with_the_shops_signature(sim, shop, wechat, number):
    status, made = order(wechat, number, payer={"openid": "oUser"}, pay_type=WeChatPayType.JSAPI)
    assert status == 200
    package = f"prepay_id={made['prepay_id']}"
    stamp = str(int(time.time()))
    words = [sim.env["EMSHOP_WECHAT_APP_ID"], stamp, "NONCE", package]
    fields = dict(zip(("appId", "timeStamp", "nonceStr", "package"), words, strict=True))

    fields["back"] = f"{shop.url}/done"
    good = sim.get("/pay/wechat/jsapi", **fields, signType="RSA", paySign=wechat.sign(words))
    bad = sim.get("/pay/wechat/jsapi", **fields, signType="RSA", paySign=wechat.sign(words[::-1]))

    assert "26.00" in good.data.decode()
    assert bad.status == 400
    cashier = f"{sim.url}/pay/wechat/{made['prepay_id']}"
    paid_page = sim.http.request("POST", cashier, body="decision=confirm", redirect=False)
    assert paid_page.headers["location"] == f"{shop.url}/done"


def test_the_notice_comes_again_until_a_2xx_and_a_fail_with_200_is_lost(sim, shop, wechat, number):
    sim.control("POST", "clock", {"time_scale": 60})
    shop.refuse("/wechat", 3, 401)
    paid(sim, wechat, number)
    times = [heard.at for heard in eventually(lambda: len(shop.heard) == 4 and shop.heard)]
    waits = [later - sooner for sooner, later in pairwise(times)]
    assert as_scheduled(waits, [15 / 60, 15 / 60, 30 / 60])
    assert all(opened(wechat, heard) for heard in shop.heard)

    shop.heard.clear()
    shop.refuse("/wechat", 9, 200, b'{"code":"FAIL"}')
    paid(sim, wechat, number + "L")

    eventually(lambda: sim.payment(number + "L")["notices"][0]["status"] == "DELIVERED")
    assert len(shop.heard) == 1
