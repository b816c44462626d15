"""Freight templates with their rates; what an operator types is checked against the real regions."""

from typing import Any

from django import forms
from django.contrib import admin
from django.forms.models import BaseInlineFormSet
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget

from apps.core.audit import record_audit
from apps.logistics.models import FreightRate, FreightTemplate
from apps.merchants.admin_scope import MerchantScopedAdmin, MerchantScopedTabularInline
from apps.regions.models import Region


class RateForm(forms.ModelForm[FreightRate]):
    """One rate; its regions are typed as codes, with commas or spaces between them."""

    region_codes = forms.CharField(
        label=_("regions"),
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
        help_text=_("Codes of provinces, cities or districts; empty: everywhere else."),
    )

    class Meta:
        model = FreightRate
        fields = [
            "region_codes", "first_units", "first_fee", "extra_units", "extra_fee", "is_refused", "is_never_free",
        ]  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["region_codes"] = ", ".join(self.instance.region_codes)

    def clean_region_codes(self) -> list[str]:
        codes = sorted(set(self.cleaned_data["region_codes"].replace(",", " ").split()))
        known = set(Region.objects.filter(code__in=codes).values_list("code", flat=True))
        unknown = [code[:10] for code in codes if code not in known]
        if unknown:
            raise forms.ValidationError(
                _("There are no regions with these codes: %(codes)s")
                % {"codes": ", ".join(unknown[:10])}
            )
        return codes


class RateFormSet(BaseInlineFormSet):  # type: ignore[type-arg]
    """The rates of one template: a region stands in one of them only."""

    def clean(self) -> None:
        super().clean()
        seen: set[str] = set()
        for form in self.forms:
            if not form.cleaned_data or form.cleaned_data.get("DELETE"):
                continue
            codes = form.cleaned_data.get("region_codes", []) or ["*"]
            twice = seen & set(codes)
            if twice:
                name = ", ".join(sorted(twice)).replace("*", str(_("everywhere else")))
                raise forms.ValidationError(_("Named twice: %(regions)s") % {"regions": name})
            seen |= set(codes)


class RateInline(MerchantScopedTabularInline):
    model = FreightRate
    form = RateForm
    formset = RateFormSet
    extra = 0


@admin.register(FreightTemplate)
class FreightTemplateAdmin(MerchantScopedAdmin):
    """What a merchant takes for sending. Every change is on record."""

    list_display = [
        "name", "merchant", "shipping_class", "charge_by", "free_amount", "free_quantity",
    ]  # fmt: skip
    list_filter = ["merchant", "charge_by"]
    search_fields = ["name"]
    ordering = ["merchant", "name"]
    list_select_related = ["merchant", "shipping_class"]
    fields = [
        "merchant", "name", "shipping_class", "charge_by", "free_amount", "free_quantity", "is_free_by_both",
    ]  # fmt: skip
    inlines = [RateInline]

    def save_related(self, request: Any, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        rates = [
            f"{rate}: {rate.first_fee} / {rate.first_units} + {rate.extra_fee} / {rate.extra_units}"
            for rate in form.instance.rates.order_by("pk")
        ]
        record_audit("freight.saved", form.instance, actor=request.user, after={"rates": rates})
