"""The goods are there: by the shopper's word, or by time."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.actors import Actor
from apps.core.bus import publish
from apps.core.errors import Refusal
from apps.core.states import IllegalMove
from apps.orders.events import OrderCompleted, OrderReceived
from apps.orders.models import Order, OrderStatus


class AlreadyExtended(Refusal):
    code = "RECEIPT_ALREADY_EXTENDED"
    http_status = 409
    text = _("The time for confirming receipt was extended once already.")


@transaction.atomic
def receive_order(*, order_id: int, actor: Actor | None, reason: str = "") -> Order:
    """
    Note that the shopper has everything; the after-sales window starts.

    :raises IllegalMove: if it is not shipped whole
    """
    order = Order.objects.locked().get(pk=order_id)
    at = clock.now()
    order.move_to(
        OrderStatus.RECEIVED,
        by=actor,
        reason=reason,
        received_at=at,
        aftersale_until=at + settings.ORDERS_AFTERSALE_WINDOW,
    )
    publish(OrderReceived(order_id=order.pk))
    return order


@transaction.atomic
def complete_order(*, order_id: int) -> Order:
    """
    End the after-sales window.

    :raises IllegalMove: if it was not received
    """
    order = Order.objects.locked().get(pk=order_id)
    order.move_to(OrderStatus.COMPLETED, completed_at=clock.now())
    publish(OrderCompleted(order_id=order.pk))
    return order


@transaction.atomic
def extend_receipt(*, order_id: int) -> Order:
    """
    Put automatic receipt off, once.

    :raises IllegalMove: if it is not under way
    :raises AlreadyExtended: the second time
    """
    order = Order.objects.locked().get(pk=order_id)
    if order.status != OrderStatus.SHIPPED or order.auto_receive_at is None:
        raise IllegalMove(current=order.status, wanted=order.status)
    if order.is_receipt_extended:
        raise AlreadyExtended
    _change(
        order,
        auto_receive_at=order.auto_receive_at + settings.ORDERS_RECEIPT_EXTENSION,
        is_receipt_extended=True,
    )
    return order


@transaction.atomic
def note_signed(*, order_id: int, signed_at: datetime) -> None:
    """Start the shorter clock: every parcel of a shipped order was signed for."""
    order = Order.objects.locked().get(pk=order_id)
    if order.status != OrderStatus.SHIPPED:
        return
    extra = settings.ORDERS_RECEIPT_EXTENSION if order.is_receipt_extended else 0 * clock.SECOND
    _change(
        order,
        auto_receive_at=signed_at + settings.ORDERS_AUTO_RECEIVE_AFTER_SIGNED + extra,
    )


@transaction.atomic
def pause_auto_receive(*, order_id: int) -> None:
    """Stop the clock while a parcel is in trouble."""
    _change(Order.objects.locked().get(pk=order_id), is_auto_receive_paused=True)


@transaction.atomic
def resume_auto_receive(*, order_id: int) -> None:
    """Let the clock run again."""
    _change(Order.objects.locked().get(pk=order_id), is_auto_receive_paused=False)


def _change(order: Order, **changes: Any) -> None:
    Order.objects.filter(pk=order.pk).guarded_update(**changes)
    for name, value in changes.items():
        setattr(order, name, value)
