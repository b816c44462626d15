"""The buttons of the order desk: each is one command, shown only where it is possible and allowed."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.backoffice.desk import forms
from apps.checkout.services import (
    cancel_trade,
    decide_cancellation,
    give_up_refund,
    readdress_trade_order,
    refund_order,
    refund_whole_order,
    reprice_trade_order,
)
from apps.logistics.services import prepare_parcel, ship_order
from apps.orders.models import (
    CancellationDecision,
    CancellationRequest,
    CancelReason,
    HoldCode,
    Order,
    OrderRefundStatus,
    OrderStatus,
)
from apps.orders.services import AddressSnapshot, leave_note, lift_hold, place_hold
from apps.payments.models import RefundStatus
from apps.payments.services import retry_refund
from apps.regions.selectors import region_path

SHIPPABLE = {OrderStatus.PAID, OrderStatus.PARTIALLY_SHIPPED}


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskAction:
    """``run`` takes order, clean form and operator, and raises a Refusal if the command says no."""

    name: str
    label: str | Promise
    permission: str
    form: type[forms.DeskForm]
    is_possible: Callable[[Order], bool]
    run: Callable[[Order, Any, User], object]
    is_dangerous: bool = False
    is_primary: bool = False


def actions_for(order: Order, user: User) -> list[DeskAction]:
    """Return what this operator may do about this order now."""
    return [
        each
        for each in ACTIONS.values()
        if user.has_perm(each.permission) and each.is_possible(order)
    ]


def _ship(order: Order, form: forms.ShipForm, user: User) -> None:
    ship_order(
        order_id=order.pk,
        quantities=form.quantities(),
        carrier_code=form.cleaned_data["carrier"].code,
        waybill=form.cleaned_data["waybill"] or None,
        actor=user,
    )


def _prepare(order: Order, form: forms.CarrierForm, user: User) -> None:
    prepare_parcel(order_id=order.pk, carrier_code=form.cleaned_data["carrier"].code, actor=user)


def _cancel_unpaid(order: Order, form: Any, user: User) -> None:
    cancel_trade(trade_id=order.trade_id, reason=CancelReason.OPERATOR, actor=user)


def _cancel_paid(order: Order, form: Any, user: User) -> None:
    refund_whole_order(
        order_id=order.pk, reason=form.cleaned_data["reason"], actor=user, is_cancellation=True
    )


def _refund(order: Order, form: Any, user: User) -> None:
    refund_order(
        order_id=order.pk,
        amount=form.cleaned_data["amount"],
        reason=form.cleaned_data["reason"],
        actor=user,
    )


def _refund_all(order: Order, form: Any, user: User) -> None:
    refund_whole_order(order_id=order.pk, reason=form.cleaned_data["reason"], actor=user)


def _reprice(order: Order, form: Any, user: User) -> None:
    told = form.cleaned_data
    reprice_trade_order(
        order_id=order.pk,
        reduction=told["reduction"],
        freight_amount=told["freight_amount"],
        expected_version=told["version"],
        actor=user,
        reason=told["reason"],
    )


def _readdress(order: Order, form: Any, user: User) -> None:
    told = form.cleaned_data
    address = AddressSnapshot(
        recipient=told["recipient"],
        phone=told["phone"],
        region_code=told["region_code"],
        region_text=" ".join(region_path(told["region_code"])),
        street=told["street"],
    )
    readdress_trade_order(
        order_id=order.pk,
        address=address,
        expected_version=told["version"],
        actor=user,
        reason=told["reason"],
    )


def _note(order: Order, form: Any, user: User) -> None:
    leave_note(
        order_id=order.pk,
        note=form.cleaned_data["note"],
        flag=form.cleaned_data["flag"],
        actor=user,
    )


def _decide(order: Order, form: Any, user: User) -> None:
    request = CancellationRequest.objects.get(order=order, decision=CancellationDecision.OPEN)
    decide_cancellation(
        request_id=request.pk,
        decision=CancellationDecision(form.cleaned_data["decision"]),
        actor=user,
    )


def _hold(order: Order, form: Any, user: User) -> None:
    place_hold(
        order_id=order.pk, code=HoldCode.OPERATOR, note=form.cleaned_data["reason"], actor=user
    )


def _lift(order: Order, form: Any, user: User) -> None:
    lift_hold(order_id=order.pk, code=HoldCode.OPERATOR)


def _retry(order: Order, form: Any, user: User) -> None:
    for refund in _manual_refunds(order):
        retry_refund(refund_id=refund.refund_id, actor=user)


def _give_up(order: Order, form: Any, user: User) -> None:
    for refund in _manual_refunds(order):
        give_up_refund(order_refund_id=refund.pk, reason=form.cleaned_data["reason"], actor=user)


def _manual_refunds(order: Order) -> Any:
    return order.refunds.filter(
        status=OrderRefundStatus.REQUESTED, refund__status=RefundStatus.MANUAL
    )


def _is_held(order: Order) -> bool:
    return bool(order.holds.filter(code=HoldCode.OPERATOR, lifted_at=None).exists())


def _is_asked_to_cancel(order: Order) -> bool:
    asked = order.cancellation_requests.filter(decision=CancellationDecision.OPEN)
    return bool(asked.exists())


_ACTIONS = [
    DeskAction(
        name="ship",
        label=_("Ship"),
        permission="orders.ship_order",
        form=forms.ShipForm,
        is_possible=lambda order: order.status in SHIPPABLE,
        run=_ship,
        is_primary=True,
    ),
    DeskAction(
        name="prepare",
        label=_("Prepare a label"),
        permission="orders.ship_order",
        form=forms.CarrierForm,
        is_possible=lambda order: order.status in SHIPPABLE,
        run=_prepare,
    ),
    DeskAction(
        name="decide",
        label=_("Answer the request to cancel"),
        permission="orders.cancel_order",
        form=forms.DecisionForm,
        is_possible=_is_asked_to_cancel,
        run=_decide,
        is_primary=True,
    ),
    DeskAction(
        name="reprice",
        label=_("Change the price"),
        permission="orders.reprice_order",
        form=forms.RepriceForm,
        is_possible=lambda order: order.status == OrderStatus.UNPAID,
        run=_reprice,
    ),
    DeskAction(
        name="readdress",
        label=_("Change the address"),
        permission="orders.readdress_order",
        form=forms.ReaddressForm,
        is_possible=lambda order: order.status in {OrderStatus.UNPAID, OrderStatus.PAID},
        run=_readdress,
    ),
    DeskAction(
        name="cancel-unpaid",
        label=_("Cancel the trade"),
        permission="orders.cancel_order",
        form=forms.NothingForm,
        is_possible=lambda order: order.status == OrderStatus.UNPAID,
        run=_cancel_unpaid,
        is_dangerous=True,
    ),
    DeskAction(
        name="cancel",
        label=_("Cancel and pay back"),
        permission="orders.cancel_order",
        form=forms.ReasonForm,
        is_possible=lambda order: order.status == OrderStatus.PAID and order.refundable_amount > 0,
        run=_cancel_paid,
        is_dangerous=True,
    ),
    DeskAction(
        name="refund",
        label=_("Pay an amount back"),
        permission="orders.refund_order",
        form=forms.RefundForm,
        is_possible=lambda order: order.is_paid and order.refundable_amount > 0,
        run=_refund,
        is_dangerous=True,
    ),
    DeskAction(
        name="refund-all",
        label=_("Pay everything back"),
        permission="orders.refund_order",
        form=forms.ReasonForm,
        is_possible=lambda order: (
            order.is_paid and order.status != OrderStatus.PAID and order.refundable_amount > 0
        ),
        run=_refund_all,
        is_dangerous=True,
    ),
    DeskAction(
        name="retry-refund",
        label=_("Send the refund again"),
        permission="payments.retry_refund",
        form=forms.NothingForm,
        is_possible=lambda order: _manual_refunds(order).exists(),
        run=_retry,
    ),
    DeskAction(
        name="give-up-refund",
        label=_("Give the refund up"),
        permission="payments.retry_refund",
        form=forms.ReasonForm,
        is_possible=lambda order: _manual_refunds(order).exists(),
        run=_give_up,
        is_dangerous=True,
    ),
    DeskAction(
        name="hold",
        label=_("Hold"),
        permission="orders.ship_order",
        form=forms.ReasonForm,
        is_possible=lambda order: order.status in SHIPPABLE and not _is_held(order),
        run=_hold,
    ),
    DeskAction(
        name="lift",
        label=_("Lift the hold"),
        permission="orders.ship_order",
        form=forms.NothingForm,
        is_possible=_is_held,
        run=_lift,
    ),
    DeskAction(
        name="note",
        label=_("Leave a note"),
        permission="orders.change_order",
        form=forms.NoteForm,
        is_possible=lambda _order: True,
        run=_note,
    ),
]
ACTIONS = {each.name: each for each in _ACTIONS}
