import pytest
from django.db import DatabaseError, IntegrityError, transaction

from apps.inventory.models import StockItem, StockMovement
from apps.inventory.tests.factories import StockItemFactory


@pytest.mark.django_db
def test_available_is_what_nobody_else_has():
    item = StockItemFactory(on_hand=10, reserved=2, damaged=1, quality_check=1, safety=3)

    assert StockItem.objects.get(pk=item.pk).available == 3


@pytest.mark.django_db
@pytest.mark.parametrize(
    "changes",
    [
        {"reserved": 11},
        {"reserved": -1},
        {"on_hand": -1},
        {"safety": 11},
        {"damaged": 8, "safety": 3},
    ],
)
def test_the_database_refuses_to_oversell(changes):
    item = StockItemFactory(on_hand=10)

    with pytest.raises(IntegrityError), transaction.atomic():
        StockItem.objects.filter(pk=item.pk).update(**changes)

    item.refresh_from_db()
    assert (item.on_hand, item.reserved, item.safety, item.damaged) == (10, 0, 0, 0)


@pytest.mark.django_db
def test_movements_can_neither_be_changed_nor_deleted():
    StockItemFactory(on_hand=10)

    for change in (
        lambda: StockMovement.objects.update(delta=1),
        lambda: StockMovement.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()

    assert StockMovement.objects.get().delta == 10
