from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from apps.core import clock
from apps.inventory.allocation import Allocation
from apps.inventory.drift import Drift, list_drift
from apps.inventory.models import Reservation, StockItem, StockMovement
from apps.inventory.services import fix_drift, reserve_stock
from apps.inventory.services.reconciling import Fixed
from apps.inventory.tasks import stock_reconcile
from apps.inventory.tests.factories import StockItemFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def item():
    item = StockItemFactory(on_hand=10)
    reserve_stock(
        allocations=[Allocation("order-1", item.pk, item.warehouse_id, 3)],
        expires_at=clock.now() + timedelta(minutes=30),
    )
    return item


def test_agreement_is_an_empty_list(item, capsys):
    assert list_drift() == []
    assert stock_reconcile() == ""
    call_command("stock_reconcile")
    assert "agree" in capsys.readouterr().out


def test_units_that_nobody_holds_are_set_free(item, laws_hold):
    StockItem.objects.update(reserved=5)

    assert list_drift() == [
        Drift("JOURNAL", item.pk, "reserved", 5, 3),
        Drift("RESERVED", item.pk, "", 5, 3),
    ]
    assert fix_drift(actor=None) == Fixed(0, 2)

    assert StockItem.objects.get().reserved == 3
    assert list_drift() == []


def test_a_count_without_journal_gets_its_row(item, laws_hold):
    StockItem.objects.update(on_hand=12)

    assert list_drift() == [Drift("JOURNAL", item.pk, "on_hand", 12, 10)]
    with pytest.raises(CommandError):
        call_command("stock_reconcile")
    call_command("stock_reconcile", fix=True)

    assert list_drift() == []
    row = StockMovement.objects.get(reason="RECONCILED")
    assert (row.delta, row.balance_after) == (2, 12)


def test_overdue_holds_are_given_back(item, laws_hold):
    with clock.travelled(timedelta(minutes=31)):
        assert list_drift() == [Drift("OVERDUE", item.pk, "order-1", 3, 0)]
        assert "OVERDUE order-1" in stock_reconcile()
        assert fix_drift(actor=None) == Fixed(1, 0)

    assert StockItem.objects.get().reserved == 0
    assert Reservation.objects.get().status == "RELEASED"


def test_a_reference_that_says_something_else_than_its_journal_is_left_to_a_person(item):
    Reservation.objects.update(quantity=2)

    assert list_drift() == [
        Drift("REFERENCE", item.pk, "order-1", 2, 3),
        Drift("RESERVED", item.pk, "", 3, 2),
    ]
    with pytest.raises(CommandError, match="needs a person"):
        call_command("stock_reconcile", fix=True)
