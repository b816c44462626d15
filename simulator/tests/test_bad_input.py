"""Junk at every door: a clear answer below 500, nothing remembered, the next call is fine."""

import pytest

from simulator.tests.wechat_oracle import order

DOORS = [
    ("POST", "/gateway.do"),
    ("GET", "/gateway.do?method=alipay.trade.page.pay"),
    ("POST", "/v3/pay/transactions/native"),
    ("POST", "/v3/refund/domestic/refunds"),
    ("GET", "/v3/pay/transactions/out-trade-no/%ff%00"),
    ("POST", "/gateway/api/frontTransReq.do"),
    ("POST", "/gateway/api/backTransReq.do"),
    ("POST", "/gateway/api/queryTrans.do"),
    ("POST", "/std/service"),
    ("POST", "/poll"),
    ("POST", "/sms/"),
    ("GET", "/sms/?PhoneNumbers=%ff"),
    ("POST", "/pay/alipay/none"),
    ("GET", "/pay/%00/%ff"),
    ("GET", "/pay/wechat/jsapi?timeStamp=%EF%BC%91"),
    ("GET", "/scan?code=http://[::1"),
    ("POST", "/control/knobs"),
    ("POST", "/control/payments/pay"),
    ("POST", "/control/payments/X/pay"),
    ("POST", "/control/payments/X/sing"),
    ("POST", "/control/parcels/X/events"),
    ("POST", "/control/clock"),
    ("POST", "/control/notices/resend"),
    ("GET", "/control/book?since=yesterday"),
    ("GET", "/control/messages?limit=x"),
    ("POST", "/room/knobs"),
    ("POST", "/room/clock"),
    ("POST", "/room/notices"),
    ("GET", "/mail/none"),
    ("GET", "/static/../house.py"),
    ("PUT", "/"),
]
BODIES = [
    b"",
    b"\x00\xff\xfe",
    b"{" * 100_000,
    b"[" * 100_000,
    b'{"out_trade_no": "\\ud800", "channel": "\\ud800", "time_scale": 1e400}',
    b"a=%00&b=%ff&a=2&param=%5B%5B&msgData=1&count=-1&time_scale=nan",
    b"[1, null, {}, []]",
    b'{"time_scale": NaN, "count": 1e99, "do": {}, "state": 1e99, "company": []}',
]


@pytest.mark.parametrize(("method", "path"), DOORS)
def test_junk_is_answered_below_500_and_not_remembered(sim, method, path):
    before = sim.control("GET", "health")

    for body in BODIES if method == "POST" else [None]:
        answer = sim.http.request(method, sim.url + path, body=body, redirect=False)
        assert answer.status < 500, (body, answer.data)

    assert sim.control("GET", "health") == before
    assert sim.control("GET", "knobs")["knobs"] == []


def test_other_sites_cannot_turn_knobs(sim):
    for path in ("/control/knobs", "/room/knobs"):
        answer = sim.http.request(
            "POST", sim.url + path, body=b"{}", headers={"Sec-Fetch-Site": "cross-site"}
        )
        assert answer.status == 403


def test_values_that_would_break_the_next_page_are_refused(sim, shop, wechat, number):
    status, said = order(wechat, number, time_expire="9999-12-31T23:59:59-12:00")
    assert (status, said["code"]) == (400, "PARAM_ERROR")
    for name, value in (("duplicate", 10**9), ("server_error", 1), ("slow", -1)):
        body = f'{{"channel":"alipay","name":"{name}","value":{value}}}'
        assert sim.http.request("POST", f"{sim.url}/control/knobs", body=body).status == 400
    moment = b'{"company":"ems","state":1,"at":"9999-12-31T23:59:59-12:00"}'
    path = f"{sim.url}/control/parcels/{number}/events"
    assert sim.http.request("POST", path, body=moment).status == 400
