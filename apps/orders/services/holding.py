"""Holds: placed by anybody above, heeded by whoever ships."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.actors import Actor
from apps.core.errors import Refusal
from apps.orders.models import HoldCode, Order, OrderHold


class OrderHeld(Refusal):
    code = "ORDER_HELD"
    http_status = 409
    text = _("This order may not be shipped now: {reason}.")


@transaction.atomic
def place_hold(
    *, order_id: int, code: HoldCode, note: str = "", actor: Actor | None = None
) -> OrderHold:
    """Stop shipping for a reason; the same reason twice is one hold."""
    order = Order.objects.locked().get(pk=order_id)
    hold, _is_new = OrderHold.objects.get_or_create(
        order=order,
        code=code,
        lifted_at=None,
        defaults={"note": note, "placed_by": actor, "placed_at": clock.now()},
    )
    return hold


@transaction.atomic
def lift_hold(*, order_id: int, code: HoldCode) -> None:
    """Take a reason away; without one nothing happens."""
    OrderHold.objects.filter(order_id=order_id, code=code, lifted_at=None).update(
        lifted_at=clock.now()
    )


def must_not_be_held(order: Order) -> None:
    """
    Check that nothing speaks against shipping.

    :raises OrderHeld: with the first reason
    """
    hold = order.holds.filter(lifted_at=None).order_by("pk").first()
    if hold is not None:
        raise OrderHeld(reason=HoldCode(hold.code).label)
