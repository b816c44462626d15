"""A small ledger with everything that real ones hold, through the real doors, cut short in the middle."""

import time
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from apps.accounts.models import User
from apps.backoffice.cashier import Cashier
from apps.backoffice.replay import round as playing
from apps.logistics.known_carriers import write_known_carriers
from apps.logistics.models import Carrier
from apps.orders.models import Order, OrderRefund, OrderStatus, Trade
from apps.payments.models import GatewayNotice, Payment

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]

LEDGER = """InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
1001,A1,RED LAMP,3,2010-12-01 08:26:00,2.50,17850,United Kingdom
1001,A1,RED LAMP,2,2010-12-01 08:26:00,2.50,17850,United Kingdom
1001,B2,BLUE CUP,1,2010-12-01 08:26:00,4.00,17850,United Kingdom
1002,a1,red lamp?,4,2010-12-02 08:26:00,2.10,17850,United Kingdom
1002,C3,damaged,-7,2010-12-02 08:26:00,0,17850,United Kingdom
1003,DOT,DOTCOM POSTAGE,1,2010-12-02 09:00:00,16888.02,,United Kingdom
1004,B2,BLUE CUP,6,2010-12-02 10:00:00,4.25,13047,France
1005,C3,,10,2010-12-02 11:00:00,0,,United Kingdom
C1006,A1,RED LAMP,-6,2010-12-03 08:00:00,2.50,17850,United Kingdom
C1007,B2,BLUE CUP,-2,2010-12-03 09:00:00,5.00,13047,France
C1008,B2,BLUE CUP,-1,2010-12-03 09:30:00,4.25,99999,France
C1009,A1,RED LAMP,-4,2010-12-03 10:00:00,2.10,17850,United Kingdom
"""


@pytest.fixture
def ledger(tmp_path, settings):
    settings.VAR_DIR = tmp_path
    path = tmp_path / "ledger.csv"
    path.write_text(LEDGER)
    return path


@pytest.fixture
def shop(simulator, live_server, channels, settings, ledger, monkeypatch):
    """The shop where it hears the channels' notices over HTTP, and a book that begins with this test."""
    began = time.time()
    monkeypatch.setattr(Cashier, "book", lambda self: self.ask("GET", f"book?since={began}"))
    settings.SITE_URL = live_server.url
    settings.SIMULATOR_URL = simulator.url
    write_known_carriers(Carrier.objects)
    call_command("import_products", ledger, stdout=StringIO(), stderr=StringIO())
    yield
    with connection.cursor() as cursor:  # what the server's threads keep open for the next notice
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def replay(ledger, simulator, **options):
    said = StringIO()
    call_command(
        "replay_baskets",
        ledger,
        workers=1,
        simulator=simulator.url,
        stdout=said,
        stderr=StringIO(),
        **options,
    )
    return said.getvalue()


def test_a_run_that_is_cut_short_goes_on_and_doubles_nothing(shop, ledger, simulator, monkeypatch):
    whole, sent = playing.ship_invoice, []

    def pull_the_plug(order_id, watch):
        if len(sent) == 2:
            raise KeyboardInterrupt
        sent.append(order_id)
        whole(order_id, watch)

    monkeypatch.setattr(playing, "ship_invoice", pull_the_plug)
    with pytest.raises(SystemExit) as stopped:
        replay(ledger, simulator)
    assert stopped.value.code == 130
    assert Order.objects.filter(status=OrderStatus.RECEIVED).count() == 2
    assert Order.objects.filter(status=OrderStatus.PAID).count() == 2

    monkeypatch.setattr(playing, "ship_invoice", whole)
    said = replay(ledger, simulator)

    assert "2 were done before" in said
    assert "placed + returned + rejected is the ledger, line by line and to the penny" in said
    assert "all hold" in said
    assert Trade.objects.count() == Order.objects.count() == Payment.objects.count() == 4
    assert set(Order.objects.values_list("remark", "status")) == {
        ("1001", OrderStatus.RECEIVED),
        ("1002", OrderStatus.CLOSED_REFUNDED),  # its last money went back with C1009
        ("1003", OrderStatus.RECEIVED),
        ("1004", OrderStatus.RECEIVED),
    }
    assert GatewayNotice.objects.exclude(applied_at=None).filter(kind="PAYMENT").count() >= 4

    again = replay(ledger, simulator)

    assert "4 were done before" in again
    assert Trade.objects.count() == 4
    assert OrderRefund.objects.count() == 4


def test_every_line_is_bought_given_back_or_counted_with_its_reason(shop, ledger, simulator):
    said = replay(ledger, simulator)

    amounts = dict(Order.objects.values_list("remark", "payable_amount"))
    assert amounts == {
        "1001": Decimal("16.50"),
        "1002": Decimal("8.40"),
        "1003": Decimal("16888.02"),
        "1004": Decimal("25.50"),
    }
    refunds = OrderRefund.objects.order_by("reason", "amount")
    assert list(refunds.values_list("order__remark", "reason", "amount")) == [
        ("1002", "return C1006", Decimal("2.50")),
        ("1001", "return C1006", Decimal("12.50")),
        ("1004", "return C1007", Decimal("10.00")),
        ("1002", "return C1009", Decimal("5.90")),
    ]
    rows = {line[:52].strip(): line[52:].split() for line in said.splitlines() if " CNY" in line}
    assert rows["ledger"] == ["12", "lines", "16900.77", "CNY"]
    assert rows["placed"] == ["6", "lines", "16938.42", "CNY"]
    assert rows["returned"] == ["3", "lines", "-30.90", "CNY"]
    assert rows["sale: no price"] == ["2", "lines", "0.00", "CNY"]
    assert rows["return: more than was paid for it"] == ["0", "lines", "-0.40", "CNY"]
    assert rows["return: no earlier purchase of this code is left"][0] == "1"
    assert "book equals ours" in said
    assert User.objects.filter(nickname__startswith="Customer").count() == 3
    assert Trade.objects.filter(shopper=None).count() == 1


def test_a_ledger_whose_goods_are_not_there_is_refused(ledger, simulator, db):
    with pytest.raises(CommandError, match="import_products"):
        replay(ledger, simulator)

    assert not Trade.objects.exists()


def test_what_is_no_ledger_is_refused(tmp_path, simulator, db):
    path = tmp_path / "goods.csv"
    path.write_text("sku_code,price\nA,1.00\n")

    with pytest.raises(CommandError, match="no ledger"):
        replay(path, simulator)
