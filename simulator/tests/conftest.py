"""A simulator in a process of its own, and a shop that listens."""

import itertools
import time

import pytest

from simulator.tests.alipay_oracle import make_alipay
from simulator.tests.process import Simulator
from simulator.tests.shop import Shop
from simulator.tests.unionpay_oracle import Merchant
from simulator.tests.wechat_oracle import make_wechat_by_public_key

counter = itertools.count(1)


@pytest.fixture(scope="session")
def listening_shop():
    shop = Shop()
    yield shop
    shop.close()


@pytest.fixture(scope="session")
def running(tmp_path_factory, listening_shop):
    """One process for the session; its waits pass at their real pace unless a test says so."""
    simulator = Simulator(tmp_path_factory.mktemp("simulator"), listening_shop.url)
    simulator.start()
    yield simulator
    assert simulator.stop() == 0


@pytest.fixture
def sim(running):
    yield running
    running.control("DELETE", "knobs")
    running.control("POST", "clock", {"time_scale": 1})


@pytest.fixture
def shop(listening_shop):
    listening_shop.heard.clear()
    listening_shop.refusals.clear()
    return listening_shop


@pytest.fixture
def number():
    """An order number that nobody has used."""
    return f"T{int(time.time())}{next(counter):06d}"


@pytest.fixture
def alipay(sim, shop):
    return make_alipay(sim, shop)


@pytest.fixture
def wechat(sim, shop):
    return make_wechat_by_public_key(sim, shop)


@pytest.fixture
def merchant(sim):
    return Merchant(sim.env)
