from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminFileFieldWidget

from apps.core.errors import Refusal
from apps.inventory.models import DocumentStatus, StockDocument, StockDocumentLine
from apps.inventory.services import (
    LineDraft,
    confirm_document,
    discard_document,
    read_lines,
    reverse_document,
    rewrite_document,
    write_document,
)
from apps.merchants.admin_scope import MerchantScopedAdmin, MerchantScopedTabularInline

REFUSAL = "inventory_refusal"


class DocumentForm(forms.ModelForm[StockDocument]):
    request: HttpRequest
    sheet = forms.FileField(
        label=_("lines from CSV"),
        required=False,
        widget=UnfoldAdminFileFieldWidget,
        help_text=_(
            "Columns: sku, quantity and, for adjustments, bucket. They are added to those below."
        ),
    )

    class Meta:
        model = StockDocument
        fields: ClassVar = ["kind", "warehouse", "target_warehouse", "reason"]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        refusal: Refusal | None = getattr(self.request, REFUSAL, None)
        if refusal is not None:
            rows = [f"{line}: {reason}" for line, reason in refusal.details.get("rows", [])[:20]]
            raise forms.ValidationError([refusal.message, *rows])
        return data


class LineInline(MerchantScopedTabularInline):
    model = StockDocumentLine
    extra = 0
    fields = ("sku", "bucket", "quantity", "expected_quantity")
    readonly_fields = ("expected_quantity",)
    autocomplete_fields = ("sku",)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and _is_open(obj)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        may_add: bool = super().has_add_permission(request, obj)  # type: ignore[call-arg]
        return may_add and _is_open(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)


BUTTONS = {
    "confirm": {DocumentStatus.DRAFT},
    "discard": {DocumentStatus.DRAFT},
    "reverse": {DocumentStatus.CONFIRMED},
}


@admin.register(StockDocument)
class StockDocumentAdmin(MerchantScopedAdmin):
    """Receipts, adjustments, transfers and stock-takes: written as drafts, then confirmed for good."""

    form = DocumentForm
    inlines: ClassVar = [LineInline]
    list_display = ("number", "kind", "state", "warehouse", "reason", "created_by", "created_at")
    list_filter = ("status", "kind", "warehouse")
    list_select_related = ("warehouse", "created_by")
    search_fields = ("number", "reason", "lines__sku__code")
    ordering = ("-pk",)
    show_full_result_count = False
    fields = ("kind", "warehouse", "target_warehouse", "reason", "sheet")
    actions_submit_line = tuple(BUTTONS)

    @display(
        description=_("state"),
        label={DocumentStatus.CONFIRMED: "success", DocumentStatus.DISCARDED: "danger"},
    )
    def state(self, row: StockDocument) -> tuple[str, str]:
        return row.status, row.get_status_display()

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponseBase:
        """Let a refusal come back in the form, with everything that was typed."""
        page: HttpResponseBase
        try:
            with transaction.atomic():
                page = super().changeform_view(request, object_id, form_url, extra_context)
        except Refusal as refusal:
            setattr(request, REFUSAL, refusal)
            page = super().changeform_view(request, object_id, form_url, extra_context)
        return page

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        return type(form.__name__, (form,), {"request": request})

    def get_fields(self, request: HttpRequest, obj: StockDocument | None = None) -> Any:
        return self.fields if _is_open(obj) else (*self.fields[:-1], "confirmed_at", "reverses")

    def get_readonly_fields(self, request: HttpRequest, obj: StockDocument | None = None) -> Any:
        if obj is None:
            return ()
        if _is_open(obj):
            return ("kind", "warehouse", "target_warehouse")
        return (*self.fields[:-1], "confirmed_at", "reverses")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_actions_submit_line(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Offer what is possible in the document's present state."""
        if not request.user.has_perm("inventory.confirm_stockdocument"):
            return []
        status = StockDocument.objects.filter(pk=object_id).values_list("status", flat=True).first()
        prefix = f"{self.opts.app_label}_{self.opts.model_name}_"
        return [
            each
            for each in super().get_actions_submit_line(request, object_id)
            if status in BUTTONS[each.action_name.removeprefix(prefix)]
        ]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        """Leave everything to ``save_related``, where the lines are known too."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        document = form.instance
        if _is_open(document if change else None):
            document = self._write(request, form, formsets[0], change)
        for each in self.get_actions_submit_line(request, document.pk):
            if each.action_name in request.POST:
                each.method(request, document)
        document.refresh_from_db()
        form.instance.__dict__.update(document.__dict__)

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, add: bool = False
    ) -> list[Any]:
        return []

    @action(description=_("Confirm"))
    def confirm(self, request: HttpRequest, obj: StockDocument) -> None:
        confirm_document(document_id=obj.pk, actor=request.user)

    @action(description=_("Discard"))
    def discard(self, request: HttpRequest, obj: StockDocument) -> None:
        discard_document(document_id=obj.pk, actor=request.user)

    @action(description=_("Reverse"))
    def reverse(self, request: HttpRequest, obj: StockDocument) -> None:
        reason = _("reverses {number}").format(number=obj.number)
        reverse_document(document_id=obj.pk, reason=str(reason), actor=request.user)

    def _write(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> StockDocument:
        data = form.cleaned_data
        warehouse = form.instance.warehouse if change else data["warehouse"]
        drafts = [
            LineDraft(row["sku"].pk, row["quantity"], row["bucket"])
            for row in (each.cleaned_data for each in formset.forms)
            if row and not row.get("DELETE")
        ]
        if data.get("sheet"):
            data["sheet"].seek(0)
            drafts += read_lines(data["sheet"], merchant_id=warehouse.merchant_id)
        if change:
            return rewrite_document(
                document_id=form.instance.pk, reason=data["reason"], lines=drafts
            )
        return write_document(
            kind=data["kind"],
            warehouse=warehouse,
            target=data["target_warehouse"],
            reason=data["reason"],
            lines=drafts,
            actor=request.user,
        )


def _is_open(document: StockDocument | None) -> bool:
    return document is None or document.status == DocumentStatus.DRAFT
