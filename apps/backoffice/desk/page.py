"""What the order desk shows of one order."""

from dataclasses import dataclass
from typing import Any

from apps.accounts.models import User
from apps.backoffice.desk.actions import DeskAction, actions_for
from apps.backoffice.timeline import TimelineRow, order_timeline
from apps.core.secrets import mask_name, mask_phone
from apps.logistics.selectors import shipments_by_order
from apps.orders.models import Order, OrderHold, OrderLine
from apps.orders.selectors import holds_by_order, lines_by_order
from apps.payments.models import Payment
from apps.payments.selectors import payments_by_reference


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPage:
    order: Order
    recipient: str
    phone: str
    street: str
    is_unmasked: bool
    lines: list[OrderLine]
    holds: list[OrderHold]
    payments: list[Payment]
    refunds: list[Any]
    shipments: list[Any]
    siblings: list[Order]
    timeline: list[TimelineRow]
    actions: list[DeskAction]


def order_page(order: Order, user: User, *, is_unmasked: bool) -> OrderPage:
    """Gather one order for the desk; personal data stays masked unless the operator has asked for it."""
    key = order.pk
    return OrderPage(
        order=order,
        recipient=order.recipient if is_unmasked else mask_name(order.recipient),
        phone=order.phone if is_unmasked else mask_phone(order.phone),
        street=order.street if is_unmasked else "****",
        is_unmasked=is_unmasked,
        lines=lines_by_order([key]).get(key, []),
        holds=holds_by_order([key]).get(key, []),
        payments=payments_by_reference([order.trade.number]).get(order.trade.number, []),
        refunds=list(order.refunds.select_related("refund", "requested_by").order_by("pk")),
        shipments=shipments_by_order([key]).get(key, []),
        siblings=list(Order.objects.filter(trade=order.trade).exclude(pk=key).order_by("pk")),
        timeline=order_timeline(order),
        actions=actions_for(order, user),
    )
