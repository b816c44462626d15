"""What a person should look at: delivery problems, calls that do not get through, pushes for nobody."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.admin import ModelAdmin

from apps.core.errors import Refusal
from apps.logistics.models import CallStatus, CarrierCall, CarrierPush, ParcelProblem
from apps.logistics.services import close_problem, retry_carrier_call
from apps.merchants.admin_scope import MerchantScopedAdmin


class OpenFilter(admin.SimpleListFilter):
    """Open problems first of all."""

    title = _("state")
    parameter_name = "open"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("open")), ("no", _("closed"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in {"yes", "no"}:
            return queryset
        return queryset.filter(closed_at__isnull=self.value() == "yes")


class LookedAt(ModelAdmin):
    """Looked at, not edited."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(ParcelProblem)
class ParcelProblemAdmin(MerchantScopedAdmin, LookedAt):
    """The list of exceptions. Closing one lets the clock of the order run again."""

    merchant_path = "parcel__merchant"
    list_display = ["parcel", "kind", "note", "opened_at", "closed_at", "closing_note"]
    list_filter = [OpenFilter, "kind"]
    list_select_related = ["parcel"]
    ordering = ["-pk"]
    show_full_result_count = False
    actions = ["close"]

    @admin.action(description=_("Looked after"), permissions=["close"])
    def close(self, request: HttpRequest, queryset: QuerySet[ParcelProblem]) -> None:
        done = 0
        for problem_id in queryset.values_list("pk", flat=True):
            try:
                close_problem(problem_id=problem_id, note="", actor=request.user)
                done += 1
            except Refusal as refusal:
                messages.error(request, f"#{problem_id}: {refusal.message}")
        text = ngettext("%(count)d problem is closed.", "%(count)d problems are closed.", done)
        messages.info(request, text % {"count": done})

    def has_close_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("logistics.close_parcelproblem")


@admin.register(CarrierCall)
class CarrierCallAdmin(MerchantScopedAdmin, LookedAt):
    """What was said to carriers; what is stuck or was refused may be tried again."""

    merchant_path = "parcel__merchant"
    list_display = [
        "parcel",
        "kind",
        "waybill",
        "status",
        "attempts",
        "last_error",
        "due_at",
        "done_at",
    ]
    list_filter = ["status", "kind"]
    list_select_related = ["parcel"]
    ordering = ["-pk"]
    show_full_result_count = False
    actions = ["try_again"]

    @admin.action(description=_("Try again"), permissions=["retry"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[CarrierCall]) -> None:
        failed = queryset.filter(status__in=[CallStatus.STUCK, CallStatus.REFUSED])
        for call_id in failed.values_list("pk", flat=True):
            retry_carrier_call(call_id=call_id, actor=request.user)
        messages.info(request, _("They will be tried again in a moment."))

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("logistics.ship_order")


@admin.register(CarrierPush)
class CarrierPushAdmin(LookedAt):
    """What kuaidi100 has pushed, without its content, which is sealed."""

    list_display = ["waybill", "came_at", "applied_at", "attempts", "problem"]
    list_filter = ["came_at"]
    search_fields = ["=waybill"]
    fields = ["waybill", "came_at", "applied_at", "attempts", "problem"]
    ordering = ["-pk"]
    show_full_result_count = False
