"""What an operator may do about one parcel: each button is one command, shown where it is possible."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from apps.logistics.models import Carrier, CarrierKind, Courier, Parcel, ParcelStatus
from apps.logistics.services import (
    assign_courier,
    correct_waybill,
    mark_lost,
    mark_returned,
    renew_sign_code,
    void_parcel,
)

S = ParcelStatus
ENDED = {S.SIGNED, S.RETURNED, S.LOST, S.VOIDED}
MAX_REASON, MAX_WAYBILL = 200, 40


class ParcelForm(forms.Form):
    """A form about one parcel; alone it is a button."""

    def __init__(self, parcel: Parcel, *args: Any, **kwargs: Any) -> None:
        self.parcel = parcel
        super().__init__(*args, **kwargs)


class ReasonForm(ParcelForm):
    reason = forms.CharField(
        label=_("reason"), max_length=MAX_REASON, widget=UnfoldAdminTextInputWidget()
    )


class WaybillForm(ReasonForm):
    carrier = forms.ModelChoiceField(
        Carrier.objects.none(), label=_("carrier"), widget=UnfoldAdminSelectWidget()
    )
    waybill = forms.CharField(
        label=_("waybill"), max_length=MAX_WAYBILL, widget=UnfoldAdminTextInputWidget()
    )
    field_order = ["carrier", "waybill", "reason"]

    def __init__(self, parcel: Parcel, *args: Any, **kwargs: Any) -> None:
        super().__init__(parcel, *args, **kwargs)
        carriers = Carrier.objects.active().exclude(kind=CarrierKind.OWN).in_order()
        self.fields["carrier"].queryset = carriers  # type: ignore[attr-defined]
        self.initial = {"carrier": parcel.carrier_id, "waybill": parcel.waybill}


class CourierForm(ParcelForm):
    courier = forms.ModelChoiceField(
        Courier.objects.none(), label=_("courier"), widget=UnfoldAdminSelectWidget()
    )

    def __init__(self, parcel: Parcel, *args: Any, **kwargs: Any) -> None:
        super().__init__(parcel, *args, **kwargs)
        mine = Courier.objects.active().filter(merchant_id=parcel.merchant_id).order_by("name")
        self.fields["courier"].queryset = mine  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelAction:
    """``run`` takes parcel, clean form and operator, and raises a Refusal if the command says no."""

    name: str
    label: str | Promise
    permission: str
    form: type[ParcelForm]
    is_possible: Callable[[Parcel], bool]
    run: Callable[[Parcel, Any, Any], object]
    is_dangerous: bool = False


def _is_own(parcel: Parcel) -> bool:
    return bool(parcel.carrier.kind == CarrierKind.OWN)


def _correct(parcel: Parcel, form: Any, user: Any) -> None:
    correct_waybill(
        parcel_id=parcel.pk,
        waybill=form.cleaned_data["waybill"],
        carrier_code=form.cleaned_data["carrier"].code,
        reason=form.cleaned_data["reason"],
        actor=user,
    )


def _assign(parcel: Parcel, form: Any, user: Any) -> None:
    courier = form.cleaned_data["courier"]
    assign_courier(parcel_id=parcel.pk, courier_id=courier.pk, actor=user)


def _with_reason(command: Callable[..., object]) -> Callable[[Parcel, Any, Any], object]:
    def run(parcel: Parcel, form: Any, user: Any) -> object:
        return command(parcel_id=parcel.pk, reason=form.cleaned_data["reason"], actor=user)

    return run


ACTIONS = {
    action.name: action
    for action in (
        ParcelAction(
            name="assignment",
            label=_("Assign a courier"),
            permission="logistics.ship_order",
            form=CourierForm,
            is_possible=lambda parcel: _is_own(parcel) and parcel.picked_up_at is None,
            run=_assign,
        ),
        ParcelAction(
            name="code",
            label=_("New code for the recipient"),
            permission="logistics.ship_order",
            form=ParcelForm,
            is_possible=lambda parcel: _is_own(parcel) and parcel.status not in ENDED,
            run=lambda parcel, _form, user: renew_sign_code(parcel_id=parcel.pk, actor=user),
        ),
        ParcelAction(
            name="correction",
            label=_("Correct the waybill"),
            permission="logistics.ship_order",
            form=WaybillForm,
            is_possible=lambda parcel: not _is_own(parcel) and parcel.status not in ENDED,
            run=_correct,
        ),
        ParcelAction(
            name="return",
            label=_("It has come back"),
            permission="logistics.ship_order",
            form=ReasonForm,
            is_possible=lambda parcel: parcel.can_move_to(S.RETURNED),
            run=_with_reason(mark_returned),
        ),
        ParcelAction(
            name="loss",
            label=_("It is lost"),
            permission="logistics.ship_order",
            form=ReasonForm,
            is_possible=lambda parcel: parcel.can_move_to(S.LOST),
            run=_with_reason(mark_lost),
            is_dangerous=True,
        ),
        ParcelAction(
            name="voiding",
            label=_("Void"),
            permission="logistics.void_parcel",
            form=ReasonForm,
            is_possible=lambda parcel: parcel.can_move_to(S.VOIDED) and not parcel.picked_up_at,
            run=_with_reason(void_parcel),
            is_dangerous=True,
        ),
    )
}


def actions_for(parcel: Parcel, user: Any) -> list[ParcelAction]:
    """Return what this operator may do about this parcel now."""
    return [
        each
        for each in ACTIONS.values()
        if user.has_perm(each.permission) and each.is_possible(parcel)
    ]
