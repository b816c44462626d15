"""A shopper asks to cancel after payment, when the waybill is printed already."""

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.actors import Actor
from apps.core.bus import publish
from apps.core.errors import Refusal
from apps.core.states import IllegalMove
from apps.orders.events import OrderCancellationAsked
from apps.orders.models import (
    CancellationDecision,
    CancellationRequest,
    HoldCode,
    Order,
    OrderStatus,
)
from apps.orders.services.holding import lift_hold, place_hold


class CancellationAlreadyAsked(Refusal):
    code = "CANCELLATION_ALREADY_ASKED"
    http_status = 409
    text = _("You have asked for this already; the merchant decides until {decide_by}.")


@transaction.atomic
def ask_to_cancel(*, order_id: int, reason: str, actor: Actor | None) -> CancellationRequest:
    """
    Put the question to the merchant and stop shipping until it is answered.

    :raises IllegalMove: if the order is not waiting to be shipped
    :raises CancellationAlreadyAsked: if the question is open, or was answered with no
    """
    order = Order.objects.locked().get(pk=order_id)
    if order.status != OrderStatus.PAID:
        raise IllegalMove(current=order.status, wanted=OrderStatus.CANCELLED)
    earlier = order.cancellation_requests.order_by("-pk").first()
    if earlier is not None:
        raise CancellationAlreadyAsked(decide_by=earlier.decide_by.isoformat())
    at = clock.now()
    request = CancellationRequest.objects.create(
        order=order,
        reason=reason,
        requested_at=at,
        decide_by=at + settings.ORDERS_CANCEL_DECISION_WINDOW,
    )
    place_hold(order_id=order.pk, code=HoldCode.CANCELLATION, note=reason, actor=actor)
    publish(OrderCancellationAsked(order_id=order.pk))
    return request


@transaction.atomic
def decide_cancellation_request(
    *, request_id: int, decision: CancellationDecision, actor: Actor | None
) -> CancellationRequest:
    """
    Answer the question and lift the hold; the refund that a yes means is the caller's.

    :raises IllegalMove: if it was answered
    """
    order_id = CancellationRequest.objects.values_list("order_id", flat=True).get(pk=request_id)
    Order.objects.locked().get(pk=order_id)
    request = CancellationRequest.objects.locked().get(pk=request_id)
    if request.decision != CancellationDecision.OPEN:
        raise IllegalMove(current=request.decision, wanted=decision)
    request.decision, request.decided_at, request.decided_by = decision, clock.now(), actor
    request.save(update_fields=["decision", "decided_at", "decided_by"])
    lift_hold(order_id=order_id, code=HoldCode.CANCELLATION)
    return request
