"""What has left the house, line by line. Parcels and stock are the caller's."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.actors import Actor
from apps.core.bus import publish
from apps.core.errors import Refusal
from apps.core.states import IllegalMove
from apps.orders.events import OrderShipped
from apps.orders.models import Order, OrderLine, OrderStatus
from apps.orders.services.holding import must_not_be_held

SHIPPABLE = {OrderStatus.PAID, OrderStatus.PARTIALLY_SHIPPED}


class TooMuchToShip(Refusal):
    code = "TOO_MUCH_TO_SHIP"
    http_status = 409
    text = _("“{name}”: {left} left to ship, not {asked}.")


@transaction.atomic
def record_shipped(*, order_id: int, quantities: Mapping[int, int], actor: Actor | None) -> Order:
    """
    Note that so many units of each line (by line id) have been shipped.

    :raises IllegalMove: if the order is not waiting to be shipped
    :raises OrderHeld: if a hold stands
    :raises TooMuchToShip: if a line has fewer left, or is none of this order's
    """
    order = Order.objects.locked().get(pk=order_id)
    if order.status not in SHIPPABLE:
        raise IllegalMove(current=order.status, wanted=OrderStatus.SHIPPED)
    must_not_be_held(order)
    lines = {line.pk: line for line in OrderLine.objects.locked().filter(order=order)}
    for line_id, quantity in sorted(quantities.items()):
        _ship_line(lines.get(line_id), quantity)
    _move_after_shipping(order, list(lines.values()), actor)
    publish(OrderShipped(order_id=order.pk))
    return order


@transaction.atomic
def record_unshipped(
    *, order_id: int, quantities: Mapping[int, int], actor: Actor | None, reason: str
) -> Order:
    """
    Take back a shipment that never left (a wrong parcel that was voided).

    :raises IllegalMove: if the order is past being shipped
    """
    order = Order.objects.locked().get(pk=order_id)
    lines = {line.pk: line for line in OrderLine.objects.locked().filter(order=order)}
    for line_id, quantity in sorted(quantities.items()):
        line = lines[line_id]
        OrderLine.objects.filter(pk=line.pk, shipped_quantity__gte=quantity).guarded_update(
            shipped_quantity=F("shipped_quantity") - quantity
        )
        line.shipped_quantity -= quantity
    is_nothing_shipped = not any(line.shipped_quantity for line in lines.values())
    wanted = OrderStatus.PAID if is_nothing_shipped else OrderStatus.PARTIALLY_SHIPPED
    if order.status != wanted:
        cleared = {"shipped_at": None, "auto_receive_at": None}
        order.move_to(wanted, by=actor, reason=reason, **cleared)
    return order


def _ship_line(line: OrderLine | None, quantity: int) -> None:
    if line is None or quantity < 1 or quantity > line.unshipped_quantity:
        name = line.name if line else "?"
        left = line.unshipped_quantity if line else 0
        raise TooMuchToShip(name=name, left=left, asked=quantity)
    OrderLine.objects.filter(pk=line.pk).guarded_update(
        shipped_quantity=F("shipped_quantity") + quantity
    )
    line.shipped_quantity += quantity


def _move_after_shipping(order: Order, lines: list[OrderLine], actor: Actor | None) -> None:
    if any(line.unshipped_quantity for line in lines):
        if order.status == OrderStatus.PAID:
            order.move_to(OrderStatus.PARTIALLY_SHIPPED, by=actor)
        return
    order.move_to(OrderStatus.SHIPPED, by=actor, **shipped_times())


def shipped_times() -> dict[str, Any]:
    """Return the columns that start the clock of automatic receipt."""
    at = clock.now()
    return {"shipped_at": at, "auto_receive_at": at + settings.ORDERS_AUTO_RECEIVE_AFTER_SHIPPED}
