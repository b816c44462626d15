"""What an operator types at the order desk. Forms look at the shape; commands decide."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from apps.logistics.models import Carrier
from apps.logistics.selectors import shippable_lines
from apps.orders.models import CancellationDecision, Order
from apps.regions.selectors import find_region, is_leaf_region

MAX_REASON = 200


def _reason(*, is_required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=_("Reason"),
        max_length=MAX_REASON,
        required=is_required,
        widget=UnfoldAdminTextInputWidget(),
    )


def _amount(label: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        min_value=0,
        max_digits=12,
        decimal_places=2,
        widget=UnfoldAdminDecimalFieldWidget(),
    )


class DeskForm(forms.Form):
    """A form about one order."""

    def __init__(self, order: Order, *args: Any, **kwargs: Any) -> None:
        self.order = order
        super().__init__(*args, **kwargs)


class ReasonForm(DeskForm):
    reason = _reason()


class NothingForm(DeskForm):
    """A button alone."""


class RefundForm(DeskForm):
    amount = _amount(_("Amount"))
    reason = _reason()

    def __init__(self, order: Order, *args: Any, **kwargs: Any) -> None:
        super().__init__(order, *args, **kwargs)
        self.fields["amount"].help_text = _("At most ¥{amount}.").format(
            amount=order.refundable_amount
        )


class RepriceForm(DeskForm):
    reduction = _amount(_("The merchant's reduction"))
    freight_amount = _amount(_("Freight"))
    reason = _reason()
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, order: Order, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault(
            "initial",
            {"reduction": 0, "freight_amount": order.freight_amount, "version": order.version},
        )
        super().__init__(order, *args, **kwargs)


class ReaddressForm(DeskForm):
    recipient = forms.CharField(
        label=_("Recipient"), max_length=40, widget=UnfoldAdminTextInputWidget()
    )
    phone = forms.RegexField(
        r"^1[3-9][0-9]{9}$", label=_("Phone number"), widget=UnfoldAdminTextInputWidget()
    )
    region_code = forms.RegexField(
        r"^[0-9]{6}$",
        label=_("District code"),
        help_text=_("Six digits, e.g. 330106."),
        widget=UnfoldAdminTextInputWidget(),
    )
    street = forms.CharField(
        label=_("Street and number"), max_length=200, widget=UnfoldAdminTextInputWidget()
    )
    reason = _reason()
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, order: Order, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"region_code": order.region_code, "version": order.version})
        super().__init__(order, *args, **kwargs)

    def clean_region_code(self) -> str:
        code: str = self.cleaned_data["region_code"]
        if find_region(code) is None or not is_leaf_region(code):
            raise forms.ValidationError(_("There is no such district."))
        return code


class NoteForm(DeskForm):
    note = forms.CharField(
        label=_("Note"),
        max_length=500,
        required=False,
        widget=UnfoldAdminTextareaWidget({"rows": 3}),
    )
    flag = forms.TypedChoiceField(
        label=_("Flag"),
        choices=[(0, _("none")), (1, _("red")), (2, _("yellow")), (3, _("green"))],
        coerce=int,
        widget=UnfoldAdminSelectWidget(),
    )

    def __init__(self, order: Order, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"note": order.merchant_note, "flag": order.flag})
        super().__init__(order, *args, **kwargs)


class DecisionForm(DeskForm):
    decision = forms.ChoiceField(
        label=_("Answer"),
        choices=[
            (CancellationDecision.AGREED, _("Agree: everything is paid back")),
            (CancellationDecision.REFUSED, _("Refuse: the order is shipped")),
        ],
        widget=UnfoldAdminSelectWidget(),
    )


class CarrierForm(DeskForm):
    carrier = forms.ModelChoiceField(
        label=_("Carrier"),
        queryset=Carrier.objects.none(),
        to_field_name="code",
        widget=UnfoldAdminSelectWidget(),
    )

    def __init__(self, order: Order, *args: Any, **kwargs: Any) -> None:
        super().__init__(order, *args, **kwargs)
        carriers = cast("forms.ModelChoiceField[Carrier]", self.fields["carrier"])
        carriers.queryset = Carrier.objects.filter(is_active=True).order_by("pk")


class ShipForm(CarrierForm):
    waybill = forms.CharField(
        label=_("Waybill"),
        max_length=40,
        required=False,
        help_text=_("Leave it empty to ask the carrier for one."),
        widget=UnfoldAdminTextInputWidget(),
    )

    def __init__(self, order: Order, *args: Any, **kwargs: Any) -> None:
        super().__init__(order, *args, **kwargs)
        self.lines = shippable_lines(order.pk)
        for line in self.lines:
            self.fields[f"line_{line.line_id}"] = forms.IntegerField(
                label=f"{line.name} {line.spec_text}".strip(),
                min_value=0,
                max_value=line.quantity,
                initial=line.quantity,
                required=False,
                widget=UnfoldAdminIntegerFieldWidget(),
            )

    def quantities(self) -> dict[int, int]:
        """Return how many of each line are to be sent; lines of which nothing is are left out."""
        asked = {line.line_id: self.cleaned_data[f"line_{line.line_id}"] for line in self.lines}
        return {line_id: quantity for line_id, quantity in asked.items() if quantity}
