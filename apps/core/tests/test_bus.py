from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.db import transaction

from apps.core import bus, clock
from apps.core.bus import Event, deliver, publish
from apps.core.models import Delivery, DeliveryStatus, IdempotencyKey
from apps.core.tasks import sweep_deliveries


@dataclass(frozen=True, slots=True, kw_only=True)
class LampLit(Event):
    lamp_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LampBroken(Event):
    lamp_id: int


@pytest.fixture
def effects(monkeypatch):
    """Two handlers of LampLit: one writes a row, one fails as long as ``broken`` says so."""
    seen = {"broken": True}

    def write_row(event):
        IdempotencyKey.objects.create(
            owner="lamp",
            endpoint="lit",
            key=str(event.lamp_id),
            fingerprint="",
            created_at=clock.now(),
        )

    def fail(event):
        IdempotencyKey.objects.create(
            owner="lamp", endpoint="fail", key="x", fingerprint="", created_at=clock.now()
        )
        if seen["broken"]:
            raise ZeroDivisionError("no light")

    monkeypatch.setitem(bus.HANDLERS, "LampLit", {"t.write_row": write_row, "t.fail": fail})
    return seen


@pytest.mark.django_db(transaction=True)
def test_publishing_outside_a_transaction_is_a_bug():
    with pytest.raises(RuntimeError):
        publish(LampLit(lamp_id=1))

    assert not Delivery.objects.exists()


@pytest.mark.django_db
def test_each_handler_has_a_row_of_its_own_and_one_failure_holds_nobody_up(effects):
    publish(LampLit(lamp_id=7))

    rows = {row.handler: row for row in Delivery.objects.about("lamp:7")}
    assert set(rows) == {"t.write_row", "t.fail"}
    for row in rows.values():
        deliver(row.pk)

    done, failed = (Delivery.objects.get(pk=rows[name].pk) for name in ("t.write_row", "t.fail"))
    assert (done.status, done.attempts) == (DeliveryStatus.DONE, 1)
    assert (failed.status, failed.attempts) == (DeliveryStatus.WAITING, 1)
    assert failed.last_error == "ZeroDivisionError: no light"
    assert failed.due_at > clock.now()
    assert list(IdempotencyKey.objects.values_list("endpoint", flat=True)) == ["lit"]


@pytest.mark.django_db
def test_delivering_again_changes_nothing(effects):
    publish(LampLit(lamp_id=7))
    row = Delivery.objects.get(handler="t.write_row")

    assert deliver(row.pk) is True
    assert deliver(row.pk) is False

    assert IdempotencyKey.objects.count() == 1


@pytest.mark.django_db
def test_after_eight_failures_a_delivery_is_stuck_and_not_tried_again(effects):
    publish(LampLit(lamp_id=7))
    row = Delivery.objects.get(handler="t.fail")

    for _attempt in range(9):
        deliver(row.pk)

    row.refresh_from_db()
    assert (row.status, row.attempts) == (DeliveryStatus.STUCK, 8)


@pytest.mark.django_db
def test_a_fact_without_listeners_is_on_record():
    publish(LampBroken(lamp_id=3))

    row = Delivery.objects.get()
    assert (row.handler, row.status, row.payload) == ("", DeliveryStatus.DONE, {"lamp_id": 3})


@pytest.mark.django_db
def test_the_sweep_delivers_what_no_hint_has_brought(effects):
    effects["broken"] = False
    publish(LampLit(lamp_id=7))

    assert sweep_deliveries() == ""
    with clock.travelled(timedelta(seconds=3)):
        assert sweep_deliveries() == "2 delivered"

    assert not Delivery.objects.filter(status=DeliveryStatus.WAITING).exists()


@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_falls_takes_its_facts_with_it(effects):
    with pytest.raises(KeyError), transaction.atomic():
        publish(LampLit(lamp_id=7))
        raise KeyError

    assert not Delivery.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_away_fails_nobody(effects, monkeypatch):
    def refuse(*_args, **_kwargs):
        raise ConnectionError("no broker")

    monkeypatch.setattr(bus.current_app, "send_task", refuse)

    with transaction.atomic():
        publish(LampLit(lamp_id=8))

    assert Delivery.objects.about("lamp:8").filter(status=DeliveryStatus.WAITING).count() == 2
