from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.contrib.forms.widgets import WysiwygWidget
from unfold.widgets import (
    UnfoldAdminFileFieldWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from apps.catalog.admin.refusing import RefusingForm
from apps.catalog.drafts import AxisDraft, SkuDraft, SpuDraft, SpuText
from apps.catalog.models import Media, Sku, Spu, SpuTranslation
from apps.catalog.spec_text import (
    UnreadableText,
    read_axes,
    read_specs,
    read_tiers,
    write_axes,
    write_tiers,
)

SAME = (
    "code",
    "price",
    "list_price",
    "weight_grams",
    "volume_cm3",
    "is_active",
    "min_quantity",
    "step_quantity",
    "max_per_order",
    "max_per_user",
    "max_per_user_days",
)


class SpuForm(RefusingForm):
    """The SPU itself. The version it was read at travels along, so that nothing is overwritten."""

    specs = forms.CharField(
        label=_("specs"),
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        help_text=_(
            "One per line, up to three: colour: 颜色/Colour = red: 红色/Red, blue: 蓝色/Blue"
        ),
    )
    change_reason = forms.CharField(
        label=_("reason"),
        required=False,
        max_length=200,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("Kept with price changes and with moves such as “reject”."),
    )
    is_confirmed = forms.BooleanField(
        label=_("large price changes are meant"), required=False, widget=UnfoldBooleanSwitchWidget
    )
    seen_version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Spu
        fields: ClassVar = [
            "merchant",
            "category",
            "brand",
            "shipping_class",
            "code",
            "slug",
            "publish_at",
            "unpublish_at",
            "attribute_values",
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            axes = self.instance.axes.order_by("position").prefetch_related("values")
            self.initial.setdefault("specs", write_axes(axes))
            self.initial.setdefault("seen_version", self.instance.version)

    def clean_specs(self) -> list[AxisDraft]:
        try:
            return read_axes(self.cleaned_data["specs"])
        except UnreadableText as problem:
            raise forms.ValidationError(str(problem)) from problem

    def draft(self, texts: dict[str, SpuText], skus: list[SkuDraft]) -> SpuDraft:
        """Return what was typed, with the words and SKUs of the forms below."""
        data = self.cleaned_data
        return SpuDraft(
            merchant_id=self.instance.merchant_id or data["merchant"].pk,
            category_id=data["category"].pk,
            brand_id=data["brand"].pk if data.get("brand") else None,
            shipping_class_id=data["shipping_class"].pk,
            code=data["code"],
            slug=data["slug"],
            publish_at=data.get("publish_at"),
            unpublish_at=data.get("unpublish_at"),
            attribute_value_ids=[value.pk for value in data.get("attribute_values") or ()],
            axes=data["specs"],
            texts=texts,
            skus=skus,
        )


class TextForm(forms.ModelForm[SpuTranslation]):
    class Meta:
        model = SpuTranslation
        fields: ClassVar = ["language", "name", "subtitle", "description", "seo_description"]
        widgets: ClassVar = {"description": WysiwygWidget}

    def text(self) -> SpuText:
        names = ("name", "subtitle", "description", "seo_description")
        return SpuText(**{name: self.cleaned_data[name] or "" for name in names})


class SkuForm(forms.ModelForm[Sku]):
    """One SKU as a row. What it is on each axis, and its tiers, are typed as text."""

    specs = forms.CharField(
        label=_("specs"),
        required=False,
        widget=UnfoldAdminTextInputWidget(attrs={"placeholder": "red, l"}),
    )
    tiers = forms.CharField(
        label=_("price tiers"),
        required=False,
        widget=UnfoldAdminTextInputWidget(attrs={"placeholder": "10: 35.00, 50: 30.00"}),
    )

    class Meta:
        model = Sku
        fields: ClassVar = [*SAME, "cost_price"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            values = self.instance.spec_values.order_by("axis__position")
            self.initial.setdefault("specs", ", ".join(value.code for value in values))
            tiers = self.instance.tiers.values_list("min_quantity", "price")
            self.initial.setdefault("tiers", write_tiers(tiers))

    def clean_tiers(self) -> list[tuple[int, Decimal]]:
        try:
            return read_tiers(self.cleaned_data["tiers"])
        except UnreadableText as problem:
            raise forms.ValidationError(str(problem)) from problem

    def draft(self, axes: list[AxisDraft]) -> SkuDraft:
        """
        Return what was typed.

        :raises UnreadableText: if the specs do not fit the axes
        """
        data = self.cleaned_data
        cost = data["cost_price"] if "cost_price" in self.fields else self.instance.cost_price
        return SkuDraft(
            specs=read_specs(data["specs"], axes),
            tiers=data["tiers"],
            cost_price=cost,
            **{name: data[name] for name in SAME},
        )


class MediaForm(forms.ModelForm[Media]):
    """A picture: a new one is uploaded, one that is there is described, placed or removed."""

    upload = forms.FileField(
        label=_("new picture"), required=False, widget=UnfoldAdminFileFieldWidget
    )

    class Meta:
        model = Media
        fields: ClassVar = ["alt", "position"]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if not self.instance.pk and self.has_changed() and not data.get("upload"):
            self.add_error("upload", _("Choose a file."))
        return data
