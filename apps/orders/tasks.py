"""What time does to orders."""

from collections.abc import Callable
from datetime import timedelta

from apps.core.errors import Refusal
from apps.core.jobs import job
from apps.orders.models import Order
from apps.orders.services import complete_order, receive_order

BATCH = 500


@job(every=timedelta(seconds=30))
def receive_delivered_orders() -> str:
    """Confirm receipt for shoppers who did not."""
    due = Order.objects.to_receive_automatically().order_by("auto_receive_at")
    return _each(due.values_list("pk", flat=True)[:BATCH], _receive)


@job(every=timedelta(minutes=5))
def complete_received_orders() -> str:
    """Complete orders whose after-sales window is over."""
    due = Order.objects.to_complete().order_by("aftersale_until")
    return _each(due.values_list("pk", flat=True)[:BATCH], _complete)


def _receive(order_id: int) -> None:
    receive_order(order_id=order_id, actor=None, reason="automatic")


def _complete(order_id: int) -> None:
    complete_order(order_id=order_id)


def _each(order_ids: object, command: Callable[[int], None]) -> str:
    """Run the command for each order alone; one that has moved meanwhile is left as it is."""
    done = 0
    for order_id in list(order_ids):  # type: ignore[call-overload]
        try:
            command(order_id)
        except Refusal:
            continue
        done += 1
    return f"{done} orders" if done else ""
