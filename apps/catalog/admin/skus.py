from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.catalog.models import PriceChange, Sku
from apps.merchants.admin_scope import MerchantScopedAdmin


class LookedAt(MerchantScopedAdmin):
    """Rows to be found and read; they are changed on the page of their SPU."""

    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Sku)
class SkuAdmin(LookedAt):
    list_display = ("code", "spu", "price", "list_price", "is_active", "merchant")
    list_filter = ("is_active", "merchant")
    list_select_related = ("spu", "merchant")
    search_fields = ("code", "spu__code")
    ordering = ("-pk",)
    exclude = ("cost_price", "spec_hash")


@admin.register(PriceChange)
class PriceChangeAdmin(LookedAt):
    merchant_path = "sku__merchant"
    list_display = ("at", "sku", "kind", "before", "after", "actor", "reason")
    list_filter = ("kind",)
    list_select_related = ("sku", "actor")
    search_fields = ("sku__code",)
    search_help_text = _("SKU code")
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = super().get_queryset(request)
        may_see = request.user.has_perm("catalog.view_cost_price")
        return rows if may_see else rows.exclude(kind="COST_PRICE")
