"""SF's waybills and kuaidi100's pushes."""

import base64
import hashlib
import json
import time
import urllib.parse
import uuid

import pytest

from simulator.tests.process import eventually

SENDER = {
    "contactType": 1,
    "contact": "仓库",
    "tel": "075500000000",
    "city": "深圳市",
    "address": "南山区1号",
}
RECEIVER = {
    "contactType": 2,
    "contact": "王小明",
    "mobile": "13800000000",
    "city": "杭州市",
    "address": "西湖区2号",
}


@pytest.fixture
def sf(sim):
    def call(service, message, **change):
        data = json.dumps(message, ensure_ascii=False)
        stamp = str(int(time.time() * 1000))
        text = urllib.parse.quote_plus(data + stamp + sim.env["EMSHOP_SF_CHECK_WORD"])
        form = {
            "partnerID": sim.env["EMSHOP_SF_PARTNER_ID"],
            "requestID": str(uuid.uuid4()),
            "serviceCode": service,
            "timestamp": stamp,
            "msgDigest": base64.b64encode(hashlib.md5(text.encode()).digest()).decode(),
            "msgData": data,
        } | change
        url = sim.env["EMSHOP_SF_BASE_URL"] + "/std/service"
        answer = sim.http.request("POST", url, body=urllib.parse.urlencode(form)).json()
        if answer["apiResultCode"] != "A1000":
            return answer["apiResultCode"]
        return json.loads(answer["apiResultData"])

    return call


def order(number, **more):
    return {"language": "zh-CN", "orderId": number, "contactInfoList": [SENDER, RECEIVER]} | more


def waybill_of(answer):
    return answer["msgData"]["waybillNoInfoList"][0]["waybillNo"]


@pytest.fixture
def poll(sim, shop):
    def call(company, number, **change):
        param = {
            "company": company,
            "number": number,
            "key": sim.env["EMSHOP_KD100_KEY"],
            "parameters": {
                "callbackurl": f"{shop.url}/kd100",
                "salt": sim.env["EMSHOP_KD100_SALT"],
                "resultv2": "1",
            },
        } | change
        url = sim.env["EMSHOP_KD100_BASE_URL"] + "/poll"
        form = {"schema": "json", "param": json.dumps(param)}
        return sim.http.request("POST", url, body=urllib.parse.urlencode(form)).json()

    return call


def pushed(sim, heard):
    """Return what a push says, its signature checked."""
    text = heard.fields["param"]
    expected = hashlib.md5((text + sim.env["EMSHOP_KD100_SALT"]).encode()).hexdigest().upper()
    assert heard.fields["sign"] == expected
    return json.loads(text)


def test_an_order_gets_one_waybill_however_often_it_asks(sf, number):
    first = sf("EXP_RECE_CREATE_ORDER", order(number))
    assert first["success"]
    assert first["errorCode"] == "S0000"
    assert waybill_of(first).startswith("SF1")
    assert waybill_of(sf("EXP_RECE_CREATE_ORDER", order(number))) == waybill_of(first)
    found = sf("EXP_RECE_SEARCH_ORDER_RESP", {"orderId": number})
    assert waybill_of(found) == waybill_of(first)
    assert sf("EXP_RECE_CREATE_ORDER", order(number, remark="other"))["errorCode"] == "8016"


def test_orders_that_cannot_be(sf, number):
    assert sf("EXP_RECE_CREATE_ORDER", order("")).get("errorCode") == "1023"
    nowhere = order(number, contactInfoList=[SENDER])
    assert sf("EXP_RECE_CREATE_ORDER", nowhere)["errorCode"] == "1014"
    assert sf("EXP_RECE_SEARCH_ORDER_RESP", {"orderId": number})["errorCode"] == "8024"
    assert sf("EXP_RECE_CREATE_ORDER", order(number), msgDigest="AAAA") == "A1006"
    assert sf("EXP_RECE_CREATE_ORDER", order(number), partnerID="X") == "A1004"
    assert sf("EXP_RECE_CREATE_ORDER", order(number), requestID="") == "A1001"
    assert sf("EXP_RECE_SING", order(number)) == "A1004"


def test_an_order_can_be_cancelled_until_the_parcel_is_picked_up(sim, sf, number):
    sf("EXP_RECE_CREATE_ORDER", order(number))
    cancelled = sf("EXP_RECE_UPDATE_ORDER", {"orderId": number, "dealType": 2})
    assert cancelled["msgData"]["resStatus"] == 2
    again = sf("EXP_RECE_UPDATE_ORDER", {"orderId": number, "dealType": 2})
    assert again["errorCode"] == "8037"

    waybill = waybill_of(sf("EXP_RECE_CREATE_ORDER", order(f"{number}B")))
    sim.control("POST", f"parcels/{waybill}/events", {"do": "advance"})
    late = sf("EXP_RECE_UPDATE_ORDER", {"orderId": f"{number}B", "dealType": 2})
    assert (late["success"], late["errorCode"]) == (False, "8096")


def test_routes_follow_the_parcel(sim, sf, number):
    waybill = waybill_of(sf("EXP_RECE_CREATE_ORDER", order(number)))
    for _ in range(5):
        sim.control("POST", f"parcels/{waybill}/events", {})

    by_waybill = {"trackingType": "1", "trackingNumber": [waybill], "methodType": "1"}
    (answer,) = sf("EXP_RECE_SEARCH_ROUTES", by_waybill)["msgData"]["routeResps"]

    assert answer["mailNo"] == waybill
    assert [route["opCode"] for route in answer["routes"]] == ["50", "30", "31", "44", "80"]
    assert answer["routes"][0]["acceptAddress"] == "深圳市"
    assert answer["routes"][-1]["acceptAddress"] == "杭州市"
    by_order = {"trackingType": "2", "trackingNumber": [number]}
    assert sf("EXP_RECE_SEARCH_ROUTES", by_order)["msgData"]["routeResps"][0] == answer
    over = sim.http.request("POST", f"{sim.url}/control/parcels/{waybill}/events", body=b"{}")
    assert over.status == 400


def test_every_scan_is_pushed_with_the_whole_track(sim, shop, poll, number):
    assert poll("yuantong", number)["returnCode"] == "200"
    assert poll("yuantong", number)["returnCode"] == "501"
    for count, deed in enumerate(("advance", "deliver", "sign"), start=1):
        sim.control("POST", f"parcels/{number}/events", {"do": deed})
        eventually(lambda count=count: len(shop.about(number)) == count)

    said = [pushed(sim, heard) for heard in shop.about(number)]
    assert [push["lastResult"]["state"] for push in said] == ["1", "5", "3"]
    assert [push["status"] for push in said] == ["polling", "polling", "shutdown"]
    assert said[-1]["lastResult"]["ischeck"] == "1"
    assert [row["statusCode"] for row in said[-1]["lastResult"]["data"]] == ["3", "5", "1"]
    assert said[-1]["lastResult"]["com"] == "yuantong"


def test_trouble_on_the_way(sim, shop, poll, number):
    poll("zhongtong", number)
    for deed in ("problem", "refuse", "return", "return_signed"):
        sim.control("POST", f"parcels/{number}/events", {"do": deed})
    eventually(lambda: len(shop.about(number)) == 4)
    states = {pushed(sim, heard)["lastResult"]["state"] for heard in shop.about(number)}
    assert states == {"2", "14", "6", "4"}

    poll("zhongtong", f"{number}X")
    sim.control("POST", f"parcels/{number}X/events", {"do": "abort", "reason": "60天无变化时"})
    push = pushed(sim, eventually(lambda: shop.about(f"{number}X"))[0])
    assert (push["status"], push["message"]) == ("abort", "60天无变化时")


def test_an_event_of_yesterday_takes_its_place_in_the_track(sim, shop, poll, number):
    poll("ems", number)
    sim.control("POST", f"parcels/{number}/events", {"state": 5})
    sim.control(
        "POST", f"parcels/{number}/events", {"state": 1, "at": "2026-01-02T03:04:05", "words": "早"}
    )
    eventually(lambda: len(shop.about(number)) == 2)
    data = max((pushed(sim, h)["lastResult"]["data"] for h in shop.about(number)), key=len)
    assert [row["statusCode"] for row in data] == ["5", "1"]
    assert data[-1]["time"] == "2026-01-02 03:04:05"


def test_subscriptions_that_are_refused(poll, number):
    assert poll("ems", number, key="x")["returnCode"] == "600"
    assert poll("", number)["returnCode"] == "702"
    assert poll("ems", number, parameters={"callbackurl": "ftp://x"})["returnCode"] == "700"
    assert poll("ems", "1" * 33)["returnCode"] == "700"


def test_parcels_move_by_themselves_and_a_refused_push_comes_again(sim, shop, poll, number):
    shop.refuse("/kd100", 1, 200, b'{"result":false}')
    poll("shentong", number)
    sim.control("POST", f"parcels/{number}/events", {"do": "advance"})
    eventually(lambda: shop.about(number))

    sim.control("POST", "clock", {"time_scale": 6 * 3600 * 5})

    said = eventually(lambda: len(shop.about(number)) >= 6 and shop.about(number))

    assert sim.control("GET", f"parcels/{number}")["status"] == "SIGNED"
    states = [pushed(sim, heard)["lastResult"]["state"] for heard in said]
    assert sorted(states) == ["0", "0", "1", "1", "3", "5"]
