"""Parcels: the list with its printer, and one page from which a parcel is worked."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from apps.core.errors import Refusal
from apps.logistics.admin.actions import ACTIONS, ParcelAction, actions_for
from apps.logistics.admin.printing import answer_labels, answer_packing_lists
from apps.logistics.models import Parcel, ParcelStatus
from apps.merchants.admin_scope import MerchantScopedAdmin

LONGEST_SEARCH = 64
S = ParcelStatus
COLOURS = {
    S.CREATED: "info",
    S.LABEL_PRINTED: "info",
    S.SIGNED: "success",
    S.EXCEPTION: "danger",
    S.REFUSED: "danger",
    S.RETURNING: "warning",
    S.LOST: "danger",
}


@admin.register(Parcel)
class ParcelAdmin(MerchantScopedAdmin):
    """States move by commands alone, so nothing here is a field to edit."""

    list_display = [
        "number", "carrier", "waybill", "state", "merchant", "order_number", "created_at", "last_event_at",
    ]  # fmt: skip
    list_filter = ["status", "carrier", "merchant"]
    list_select_related = ["carrier", "merchant", "shipment__order"]
    search_fields = ["number"]
    search_help_text = gettext_lazy("Parcel number, waybill or order number")
    ordering = ["-pk"]
    show_full_result_count = False
    list_per_page = 50
    actions = ["print_labels", "print_packing_lists"]

    @display(description=gettext_lazy("state"), label=COLOURS)
    def state(self, parcel: Parcel) -> tuple[str, str]:
        return parcel.status, parcel.get_status_display()

    @admin.display(description=gettext_lazy("order"))
    def order_number(self, parcel: Parcel) -> str:
        return parcel.shipment.order.number

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Parcel], search_term: str
    ) -> tuple[QuerySet[Parcel], bool]:
        """Look for whole numbers: each of them has an index."""
        term = search_term.strip()[:LONGEST_SEARCH]
        if not term:
            return queryset, False
        found = queryset.filter(number=term) | queryset.filter(waybill=term)
        return found | queryset.filter(shipment__order__number=term), False

    @admin.action(description=gettext_lazy("Print labels"), permissions=["print"])
    def print_labels(self, request: HttpRequest, queryset: QuerySet[Parcel]) -> HttpResponse | None:
        return self._print(request, queryset, answer_labels)

    @admin.action(description=gettext_lazy("Print packing lists"), permissions=["print"])
    def print_packing_lists(
        self, request: HttpRequest, queryset: QuerySet[Parcel]
    ) -> HttpResponse | None:
        return self._print(request, queryset, answer_packing_lists)

    def has_print_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("logistics.print_label")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Parcel | None = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        name = "<int:parcel_id>/act/<slug:name>/"
        label = "<int:parcel_id>/label/"
        view = self.admin_site.admin_view
        return [
            path(name, view(self.act), name="logistics_parcel_act"),
            path(label, view(self.label), name="logistics_parcel_label"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        parcel = self._visible(request, object_id)
        context = {
            **self.admin_site.each_context(request),
            "title": str(parcel),
            "opts": self.opts,
            "parcel": parcel,
            "actions": actions_for(parcel, request.user),
            "can_print": self.has_print_permission(request) and parcel.status != S.VOIDED,
            "lines": parcel.shipment.lines.select_related("order_line").order_by("pk"),
            "events": parcel.events.order_by("-at", "-pk"),
            "moves": parcel.moves.select_related("actor").order_by("-pk"),
            "problems": parcel.problems.order_by("-pk"),
            "calls": parcel.calls.order_by("-pk"),
            "runs": parcel.runs.select_related("courier").order_by("-pk"),
        }
        return TemplateResponse(request, "logistics/parcel_desk.html", context)

    def label(self, request: HttpRequest, parcel_id: int) -> HttpResponse:
        """Print the label of one parcel. It shows personal data, so it is asked for by POST and on record."""
        parcel = self._visible(request, parcel_id)
        if request.method != "POST" or not self.has_print_permission(request):
            raise PermissionDenied
        found = Parcel.objects.filter(pk=parcel.pk)
        return self._print(request, found, answer_labels) or redirect(self._url(parcel))

    def act(self, request: HttpRequest, parcel_id: int, name: str) -> HttpResponse:
        """Ask for what a button needs, then run its command."""
        parcel = self._visible(request, parcel_id)
        action = ACTIONS.get(name)
        if action is None or not request.user.has_perm(action.permission):
            raise PermissionDenied
        if not action.is_possible(parcel):
            self.message_user(request, _("This is not possible any more."), messages.WARNING)
            return redirect(self._url(parcel))
        form = action.form(parcel, request.POST if request.method == "POST" else None)
        if form.is_valid() and self._run(request, parcel, action, form):
            return redirect(self._url(parcel))
        context = {
            **self.admin_site.each_context(request),
            "title": f"{action.label} · {parcel}",
            "opts": self.opts,
            "parcel": parcel,
            "action": action,
            "form": form,
        }
        return TemplateResponse(request, "logistics/parcel_action.html", context)

    def _run(self, request: HttpRequest, parcel: Parcel, action: ParcelAction, form: Any) -> bool:
        try:
            action.run(parcel, form, request.user)
        except Refusal as refusal:
            self.message_user(request, refusal.message, messages.ERROR)
            return False
        self.message_user(request, _("“{action}”: done.").format(action=action.label))
        return True

    def _print(
        self, request: HttpRequest, queryset: QuerySet[Parcel], answer: Callable[..., HttpResponse]
    ) -> HttpResponse | None:
        try:
            return answer(request, list(queryset.values_list("pk", flat=True)[:1000]))
        except Refusal as refusal:
            self.message_user(request, refusal.message, messages.ERROR)
            return None

    def _visible(self, request: HttpRequest, object_id: Any) -> Parcel:
        if not str(object_id).isascii() or not str(object_id).isdigit():
            raise Http404
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = self.get_queryset(request).select_related("carrier", "merchant", "shipment__order")
        parcel: Parcel = get_object_or_404(rows, pk=object_id)
        return parcel

    def _url(self, parcel: Parcel) -> str:
        return reverse("admin:logistics_parcel_change", args=[parcel.pk])
