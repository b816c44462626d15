"""How often each channel tries, and for how long, before it gives up."""

import pytest

from simulator.alipay.channel import Alipay
from simulator.carriers.kuaidi100 import Kuaidi100
from simulator.tests.alipay_oracle import pay
from simulator.tests.process import eventually
from simulator.wechat.channel import Wechat

MINUTE, HOUR = 60, 3600


def test_wechat_tries_for_24_hours_and_4_minutes():
    waits = [15, 15, 30, 3 * MINUTE, 10 * MINUTE, 20 * MINUTE, *[30 * MINUTE] * 3, HOUR]
    waits += [*[3 * HOUR] * 3, *[6 * HOUR] * 2]
    assert list(Wechat.schedule) == waits
    assert sum(Wechat.schedule) == 24 * HOUR + 4 * MINUTE


def test_alipay_tries_eight_times_in_25_hours():
    waits = [4 * MINUTE, 10 * MINUTE, 10 * MINUTE, HOUR, 2 * HOUR, 6 * HOUR, 15 * HOUR]
    assert list(Alipay.schedule) == waits


def test_kuaidi100_tries_three_times_more():
    assert Kuaidi100.schedule == (30 * MINUTE,) * 3


@pytest.mark.parametrize("answer", [b"fail", b"SUCCESS", b" success", b"<b>success</b>", b""])
def test_alipay_gives_up_in_the_end(sim, shop, alipay, number, answer):
    sim.control("POST", "clock", {"time_scale": 1e6})
    shop.refuse("/alipay", 8, 200, answer)
    pay(sim, alipay, number)

    eventually(lambda: sim.payment(number)["notices"][0]["status"] == "GIVEN_UP")

    assert len(shop.about(number)) == 8
