"""What was answered is in the book, whatever kills the process."""

import json
import threading
import time

import pytest

from simulator.book import Book, BookBroken
from simulator.tests.alipay_oracle import pay_url
from simulator.tests.process import Simulator, eventually


@pytest.fixture
def own(tmp_path, shop):
    """A simulator that this test may kill."""
    simulator = Simulator(tmp_path / "home", shop.url)
    simulator.start()
    yield simulator
    if simulator.process.poll() is None:
        simulator.stop()


@pytest.fixture
def sim(own):
    """The fixtures of the other modules talk to the one that is killed."""
    return own


def test_nothing_answered_is_lost_when_it_is_killed(own, shop, alipay, number):
    answered = []

    def shopper(lane):
        for count in range(1000):
            name = f"{number}L{lane}N{count}"
            item = {"out_trade_no": name, "pay_url": pay_url(alipay, name)}
            try:
                result = own.control("POST", "payments/pay", [item])["results"][0]
            except Exception:  # noqa: BLE001  the process is gone
                return
            assert result["status"] == "PAID"
            answered.append(name)

    shoppers = [threading.Thread(target=shopper, args=(lane,)) for lane in range(4)]
    for thread in shoppers:
        thread.start()
    eventually(lambda: len(answered) > 60, seconds=20)
    own.kill()
    for thread in shoppers:
        thread.join(20)

    own.start()

    book = own.control("GET", "book?channel=alipay")
    paid = {row["out_trade_no"] for row in book["rows"] if row["status"] == "PAID"}
    assert set(answered) <= paid
    assert book["totals"]["alipay"]["paid"] == 2600 * len(paid)
    eventually(lambda: paid <= {heard.fields.get("out_trade_no") for heard in shop.heard})


def test_waits_survive_a_restart(own, shop, alipay, number):
    shop.refuse("/alipay", 1, 500)
    own.knob("alipay", "drop", match="never")
    own.control(
        "POST", "payments/pay", [{"out_trade_no": number, "pay_url": pay_url(alipay, number)}]
    )
    eventually(lambda: own.payment(number)["notices"][0]["attempts"])
    assert own.stop() == 0

    own.start(time_scale=600)
    own.control("POST", "clock", {"time_scale": 60000})

    eventually(lambda: own.payment(number)["notices"][0]["status"] == "DELIVERED")
    assert len(shop.about(number)) == 2
    assert [knob["match"] for knob in own.control("GET", "knobs")["knobs"]] == ["never"]


def test_a_torn_last_line_is_cut_off(own, alipay, number):
    own.control(
        "POST", "payments/pay", [{"out_trade_no": number, "pay_url": pay_url(alipay, number)}]
    )
    own.stop()
    with (own.home / "book.jsonl").open("ab") as book:
        book.write(b'{"at":1,"what":"torn')
    own.start()
    assert own.payment(number)["payments"][0]["status"] == "PAID"
    own.stop()
    assert all(json.loads(line) for line in (own.home / "book.jsonl").read_text().splitlines())


def test_a_line_broken_in_the_middle_is_refused(tmp_path):
    path = tmp_path / "book.jsonl"
    path.write_bytes(b'{"a":1}\nnonsense\n{"b":2}\n')
    book = Book(path)
    with pytest.raises(BookBroken, match=r"book\.jsonl:2"):
        list(book.replay())
    assert path.read_bytes() == b'{"a":1}\nnonsense\n{"b":2}\n'


def test_init_again_keeps_keys_and_moves_the_shop(own):
    own.stop()
    keys = {path.name: path.read_bytes() for path in (own.home / "keys").iterdir()}
    before = own.env
    own._run(
        "init", "--home", own.home, "--port", own.port, "--smtp-port", own.smtp_port,
        "--shop-url", "http://127.0.0.1:1/", "--public-url", "http://simulator:8900",
    ).wait(60)  # fmt: skip
    after = dict(line.split("=", 1) for line in (own.home / "shop.env").read_text().splitlines())
    assert {path.name: path.read_bytes() for path in (own.home / "keys").iterdir()} == keys
    assert after["EMSHOP_WECHAT_API_V3_KEY"] == before["EMSHOP_WECHAT_API_V3_KEY"]
    assert after["EMSHOP_ALIPAY_GATEWAY_URL"] == "http://simulator:8900/gateway.do"
    assert after["EMSHOP_EMAIL_URL"] == f"smtp://simulator:{own.smtp_port}"


def test_totals_count_what_moved_since(own, alipay, number):
    def pay(name):
        item = {"out_trade_no": name, "pay_url": pay_url(alipay, name)}
        own.control("POST", "payments/pay", [item])

    pay(f"{number}A")
    time.sleep(0.05)
    since = time.time()
    pay(f"{number}B")
    alipay.api_alipay_trade_refund(
        refund_amount="1.00", out_trade_no=f"{number}A", out_request_no=f"{number}R"
    )

    everything = own.control("GET", "book")["totals"]["alipay"]
    later = own.control("GET", f"book?since={since}")

    assert everything == {"payments": 2, "paid": 5200, "refunds": 1, "refunded": 100, "net": 5100}
    assert later["totals"]["alipay"]["paid"] == 2600
    assert later["count"] == 2


def test_a_book_of_an_older_version_is_read(own, alipay, number):
    item = {"out_trade_no": number, "pay_url": pay_url(alipay, number)}
    own.control("POST", "payments/pay", [item])
    own.stop()
    path = own.home / "book.jsonl"
    path.write_text(path.read_text().replace('"set":{', '"set":{"once_known":1,'))
    own.start()
    assert own.payment(number)["payments"][0]["status"] == "PAID"
