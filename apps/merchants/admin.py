from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from unfold.admin import StackedInline, TabularInline

from apps.core.audit import record_audit
from apps.merchants.admin_scope import MerchantScopedAdmin
from apps.merchants.models import Contract, Merchant, MerchantStaff


class ContractInline(StackedInline):
    model = Contract


class StaffInline(TabularInline):
    model = MerchantStaff
    fields = ["user", "joined_at"]
    readonly_fields = ["joined_at"]
    autocomplete_fields = ["user"]
    extra = 0


@admin.register(Merchant)
class MerchantAdmin(MerchantScopedAdmin):
    """Sellers. Their own staff may edit how they present themselves; contract and state are the platform's."""

    merchant_path = "pk"
    list_display = ["name", "code", "status", "is_platform", "opened_at"]
    list_filter = ["status"]
    search_fields = ["name", "name_en", "code"]
    ordering = ["pk"]
    fields = [
        "code", "name", "name_en", "introduction", "logo", "status", "edits_need_review", "is_platform", "opened_at",
    ]  # fmt: skip
    inlines = [ContractInline, StaffInline]
    platform_only = ("code", "name", "status", "edits_need_review")

    def get_readonly_fields(self, request: HttpRequest, obj: Merchant | None = None) -> list[str]:
        fixed = ["is_platform", "opened_at"]
        if obj is not None and not _works_for_platform(request.user):
            fixed += self.platform_only
        return fixed

    def get_inline_instances(self, request: HttpRequest, obj: Merchant | None = None) -> list[Any]:
        """Contracts and staff are the platform's to change."""
        if not _works_for_platform(request.user):
            return []
        return list(super().get_inline_instances(request, obj))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(super().has_add_permission(request)) and _works_for_platform(request.user)

    def has_delete_permission(self, request: HttpRequest, obj: Merchant | None = None) -> bool:
        return False  # a merchant is closed, and its orders stay

    def save_model(self, request: HttpRequest, obj: Merchant, form: Any, change: bool) -> None:
        before = {name: str(form.initial.get(name, "")) for name in form.changed_data}
        super().save_model(request, obj, form, change)
        after = {name: str(_value(obj, name)) for name in form.changed_data}
        record_audit("merchants.save_merchant", obj, actor=request.user, before=before, after=after)


def _works_for_platform(user: Any) -> bool:
    return (
        bool(user.is_superuser)
        or MerchantStaff.objects.filter(user_id=user.pk, merchant__is_platform=True).exists()
    )


def _value(obj: models.Model, name: str) -> Any:
    return getattr(obj, name, "")
