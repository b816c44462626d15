"""The bus: facts go up. Two verbs, ``publish`` and ``handles``, and one table, ``Delivery``."""

import dataclasses
import logging
from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta
from typing import Any, ClassVar, TypeVar

from celery import current_app
from django.db import connection, transaction

from apps.core import clock
from apps.core.crashpoints import crashpoint
from apps.core.models import Delivery, DeliveryStatus
from apps.core.request_context import current_request_id, request_context

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 8
FIRST_PAUSE = timedelta(seconds=2)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """
    A fact, named in the past tense. Holds ids and plain values only; its first field is its subject.

    ``names`` are what other systems call it (webhooks, timelines): one table, printed by ``show_events``.
    """

    names: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super(Event, cls).__init_subclass__(**kwargs)
        EVENTS[cls.__name__] = cls


EVENTS: dict[str, type[Event]] = {}
HANDLERS: dict[str, dict[str, Callable[[Any], None]]] = defaultdict(dict)

E = TypeVar("E", bound=Event)
Handler = Callable[[E], None]


class PoisonedDelivery(RuntimeError):
    """The handler is unknown, which only a deployment can mend."""


def handles(event_type: type[E]) -> Callable[[Handler[E]], Handler[E]]:
    """Subscribe a function of a ``handlers`` module to a fact. It only writes rows, and may run again."""

    def subscribe(handler: Handler[E]) -> Handler[E]:
        HANDLERS[event_type.__name__][f"{handler.__module__}.{handler.__name__}"] = handler
        return handler

    return subscribe


def publish(*events: Event) -> None:
    """
    Put facts on record, one ``Delivery`` per handler, in the transaction that made them true.

    :raises RuntimeError: outside a transaction
    """
    if not connection.in_atomic_block:
        raise RuntimeError("publish() belongs into the transaction that made the fact true")
    rows = [row for event in events for row in _deliveries_of(event)]
    Delivery.objects.bulk_create(rows)
    waiting = [row.pk for row in rows if row.status == DeliveryStatus.WAITING]
    if waiting:

        def hint() -> None:  # a function with a name: Django's log of a robust failure asks for it
            _hint(waiting)

        transaction.on_commit(hint, robust=True)


def deliver(delivery_id: int) -> bool:
    """
    Run one handler for one fact; its work and the tick commit together. Return whether there was work.

    A failure rolls the work back and puts the delivery off; after ``MAX_ATTEMPTS`` it is stuck.
    """
    crashpoint("task.begin")
    try:
        with transaction.atomic():
            row = Delivery.objects.claim(delivery_id)
            if row is None:
                return False
            crashpoint("outbox.claimed")
            _run(row)
            row.tick()
            crashpoint("task.pre_commit")
    except Exception as problem:
        log.exception("delivery failed", extra={"delivery_id": delivery_id})
        _put_off(delivery_id, problem)
    crashpoint("task.post_commit_pre_ack")
    return True


def payload_of(event: Event) -> dict[str, Any]:
    return dataclasses.asdict(event)


def subject_of(event: Event) -> str:
    """Return e.g. ``order:17``: the name and value of the first field."""
    field = dataclasses.fields(event)[0]
    return f"{field.name.removesuffix('_id')}:{getattr(event, field.name)}"


def _deliveries_of(event: Event) -> list[Delivery]:
    name = type(event).__name__
    at = clock.now()
    shape = {
        "event": name,
        "subject": subject_of(event),
        "payload": payload_of(event),
        "request_id": current_request_id(),
        "due_at": at,
        "created_at": at,
    }
    handlers = HANDLERS.get(name)
    if not handlers:  # nobody listens yet, but the fact is on record
        return [Delivery(handler="", status=DeliveryStatus.DONE, done_at=at, **shape)]
    return [Delivery(handler=handler, **shape) for handler in handlers]


def _hint(delivery_ids: list[int]) -> None:
    """Tell the workers at once; if the broker is away, the sweep will find the rows."""
    for delivery_id in delivery_ids:
        current_app.send_task("apps.core.tasks.deliver_one", (delivery_id,), retry=False)


def _run(row: Delivery) -> None:
    handler = HANDLERS.get(row.event, {}).get(row.handler)
    event_type = EVENTS.get(row.event)
    if handler is None or event_type is None:
        raise PoisonedDelivery(f"nobody is {row.handler} for {row.event}")
    with request_context(row.request_id, ""):
        handler(event_type(**row.payload))


def _put_off(delivery_id: int, problem: Exception) -> None:
    with transaction.atomic():
        row = Delivery.objects.claim(delivery_id)
        if row is not None:
            row.put_off(
                f"{type(problem).__name__}: {problem}", first=FIRST_PAUSE, most=MAX_ATTEMPTS
            )
