"""What people see: the cashier in two languages, the control room and its buttons."""

import re

import pytest

from simulator.knobs import KINDS
from simulator.rows import NoticeStatus, PaymentStatus
from simulator.tests.alipay_oracle import pay, pay_url
from simulator.tests.process import ROOT, eventually
from simulator.tests.wechat_oracle import order
from simulator.texts import CHINESE

TEMPLATES = sorted((ROOT / "simulator" / "templates").glob("*.html"))


def press(sim, path, body):
    """Submit a form of the control room; return the page it leads to."""
    answer = sim.http.request("POST", sim.url + path, body=body)
    assert answer.status == 200
    return answer.data.decode()


def test_the_cashier_speaks_two_languages(sim, alipay, number):
    address = sim.http.request("GET", pay_url(alipay, number), redirect=False).headers["location"]
    chinese = sim.get(address).data.decode()
    english = sim.get(address, lang="en").data.decode()
    assert "确认付款" in chinese
    assert 'lang="zh-Hans"' in chinese
    assert "这是模拟器" in chinese
    assert "Confirm payment" in english
    assert "This is a simulator" in english
    preferred = sim.http.request("GET", sim.url + address, headers={"Accept-Language": "en-GB"})
    assert "Confirm payment" in preferred.data.decode()


def test_a_try_may_fail_and_another_succeed(sim, alipay, number):
    address = sim.http.request("GET", pay_url(alipay, number), redirect=False).headers["location"]
    failed = press(sim, address, "decision=fail")
    assert "账户余额不足" in failed
    assert sim.payment(number)["payments"][0]["status"] == "OPEN"
    paid = press(sim, address, "decision=confirm")
    assert "支付成功" in paid
    again = press(sim, address, "decision=confirm")
    assert "支付成功" in again
    assert len(sim.payment(number)["notices"]) == 1


def test_later_leads_back_to_the_shop_and_changes_nothing(sim, shop, wechat, number):
    code = order(wechat, number)[1]["code_url"]
    answer = sim.http.request(
        "POST", f"{sim.url}/pay/wechat/{code[-24:]}", body="decision=later", redirect=False
    )
    assert (answer.status, answer.headers["location"]) == (303, shop.url)
    assert sim.payment(number)["payments"][0]["status"] == "OPEN"


def test_a_closed_payment_says_so(sim, wechat, number):
    code = order(wechat, number)[1]["code_url"]
    wechat.close(number)
    page = press(sim, f"/pay/wechat/{code[-24:]}", "decision=confirm")
    assert "交易已关闭" in page
    assert "decision" not in page


def test_knobs_are_turned_and_cleared_with_buttons(sim):
    form = "channel=wechat&name=timestamp_shift&count=2&value=-400&match=W1&operation="
    page = press(sim, "/room/knobs", form)
    assert "通知时间戳偏移" in page
    (knob,) = sim.control("GET", "knobs")["knobs"]
    assert (knob["value"], knob["count"], knob["match"]) == (-400, 2, "W1")
    press(sim, "/room/knobs/clear", f"key={knob['key']}")
    assert sim.control("GET", "knobs")["knobs"] == []
    assert 'role="alert"' in press(sim, "/room/knobs", "channel=mail&name=signtest")


def test_the_room_shows_money_and_notices_and_sends_again(sim, shop, alipay, number):
    pay(sim, alipay, number, "1234.50")
    eventually(lambda: shop.about(number))
    page = sim.get("/").data.decode()
    assert number in page
    assert "1,234.50" in page
    key = sim.payment(number)["notices"][0]["key"]
    press(sim, "/room/notices", f"key={key}")
    eventually(lambda: len(shop.about(number)) == 2)


def test_parcels_and_the_clock_have_buttons(sim, number):
    sim.control("POST", f"parcels/{number}/events", {"company": "ems", "do": "pick_up"})
    assert "快件可能" not in sim.get("/").data.decode()
    press(sim, f"/room/parcels/{number}", "do=sign")
    assert sim.control("GET", f"parcels/{number}")["status"] == "SIGNED"
    press(sim, "/room/clock", "time_scale=7")
    assert sim.control("GET", "clock")["time_scale"] == 7


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_every_sentence_has_its_chinese(template):
    sentences = re.findall(r'\bt\("([^"]+)"', template.read_text())
    missing = {text for text in sentences if text not in CHINESE}
    assert missing == set()


def test_every_knob_and_state_has_its_chinese():
    states = {*PaymentStatus, *NoticeStatus, "CREATED", "MOVING", "SIGNED", "CANCELLED"}
    assert {kind.text for kind in KINDS.values()} | states <= set(CHINESE)
