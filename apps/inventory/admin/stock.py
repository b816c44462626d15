from typing import Any

from django.contrib import admin, messages
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from apps.core.sheet_responses import csv_response
from apps.inventory.drift import list_drift
from apps.inventory.models import Reservation, StockItem, StockMovement, Warehouse
from apps.inventory.services import fix_drift
from apps.inventory.sheets import COLUMNS, stock_rows
from apps.merchants.admin_scope import MerchantScopedAdmin


class LookedAt(MerchantScopedAdmin):
    """Facts: they can be found and read."""

    show_full_result_count = False
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Warehouse)
class WarehouseAdmin(MerchantScopedAdmin):
    list_display = ("name", "code", "merchant", "region", "priority", "is_active")
    list_filter = ("is_active", "merchant")
    list_select_related = ("merchant", "region")
    search_fields = ("name", "code")
    autocomplete_fields = ("region",)
    ordering = ("merchant", "priority", "pk")

    def get_readonly_fields(self, request: HttpRequest, obj: Warehouse | None = None) -> Any:
        return ("merchant",) if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # it is taken out of use, and its journal stays


class LowStockFilter(admin.SimpleListFilter):
    title = _("stock level")
    parameter_name = "level"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("low", _("running low")), ("out", _("sold out")), ("there", _("in stock"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[StockItem]) -> QuerySet[StockItem]:
        if self.value() == "low":
            return queryset.filter(available__lte=F("low_threshold"))
        if self.value() == "out":
            return queryset.filter(available__lte=0)
        return queryset.filter(available__gt=0) if self.value() == "there" else queryset


@admin.register(StockItem)
class StockItemAdmin(MerchantScopedAdmin):
    """Counts are looked at here and changed by stock documents; only the warning level is edited."""

    merchant_path = "warehouse__merchant"
    list_display = (
        "sku",
        "warehouse",
        "level",
        "on_hand",
        "reserved",
        "damaged",
        "quality_check",
        "safety",
        "incoming",
        "low_threshold",
    )
    list_editable = ("low_threshold",)
    list_filter = (LowStockFilter, "warehouse")
    list_select_related = ("sku", "warehouse")
    search_fields = ("sku__code", "sku__spu__code", "sku__spu__translations__name")
    search_help_text = _("SKU code, product code or name")
    ordering = ("-pk",)
    show_full_result_count = False
    list_per_page = 50
    fields = (
        "sku",
        "warehouse",
        "available",
        "on_hand",
        "reserved",
        "damaged",
        "quality_check",
        "safety",
        "incoming",
        "low_threshold",
    )
    readonly_fields = fields[:-1]
    actions = ("export_sheet", "reconcile")

    @display(
        description=_("available"),
        ordering="available",
        label={"low": "warning", "out": "danger", "there": "success"},
    )
    def level(self, row: StockItem) -> tuple[str, str]:
        if row.available <= 0:
            return "out", str(row.available)
        return "low" if row.available <= row.low_threshold else "there", str(row.available)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.action(description=_("Download as a sheet"), permissions=["view"])
    def export_sheet(self, request: HttpRequest, queryset: QuerySet[StockItem]) -> Any:
        """Hand out what ``import_stock`` reads again."""
        rows = StockItem.objects.filter(pk__in=list(queryset.values_list("pk", flat=True)))
        return csv_response("stock", COLUMNS, stock_rows(rows))

    def has_reconcile_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("inventory.reconcile_stockitem"))

    @admin.action(description=_("Reconcile all stock with its journal"), permissions=["reconcile"])
    def reconcile(self, request: HttpRequest, queryset: QuerySet[StockItem]) -> None:
        """Look at all stock, not only at what is ticked: drift is rarely alone."""
        drift = list_drift()
        if not drift:
            self.message_user(
                request, _("Stock, reservations and journal agree."), messages.SUCCESS
            )
            return
        for each in drift[:20]:
            text = f"{each.kind} #{each.stock_item_id} {each.reference}: {each.found} ≠ {each.expected}"
            self.message_user(request, text, messages.WARNING)
        fixed = fix_drift(actor=request.user)
        self.message_user(
            request,
            _("{released} holds given back, {corrected} rows corrected, {left} left.").format(
                released=fixed.released, corrected=fixed.corrected, left=len(list_drift())
            ),
        )


@admin.register(Reservation)
class ReservationAdmin(LookedAt):
    merchant_path = "stock_item__warehouse__merchant"
    list_display = (
        "reference",
        "stock_item",
        "quantity",
        "consumed_quantity",
        "released_quantity",
        "status",
        "expires_at",
    )
    list_filter = ("status",)
    list_select_related = ("stock_item",)
    search_fields = ("reference",)
    search_help_text = _("Order number")
    ordering = ("-pk",)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Reservation], search_term: str
    ) -> tuple[QuerySet[Reservation], bool]:
        """Find by the beginning of a reference, which its index can do."""
        term = search_term.strip()[:40]
        return (queryset.filter(reference__startswith=term) if term else queryset), False


@admin.register(StockMovement)
class StockMovementAdmin(LookedAt):
    merchant_path = "stock_item__warehouse__merchant"
    list_display = (
        "at",
        "sku",
        "warehouse",
        "bucket",
        "delta",
        "balance_after",
        "reason",
        "reference",
        "actor",
    )
    list_filter = ("reason", "bucket")
    list_select_related = ("stock_item__sku", "stock_item__warehouse", "actor")
    search_fields = ("reference", "stock_item__sku__code")
    search_help_text = _("SKU code, order or document number")
    ordering = ("-pk",)

    @admin.display(description=_("SKU"))
    def sku(self, row: StockMovement) -> str:
        return row.stock_item.sku.code

    @admin.display(description=_("warehouse"))
    def warehouse(self, row: StockMovement) -> str:
        return row.stock_item.warehouse.name

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[StockMovement], search_term: str
    ) -> tuple[QuerySet[StockMovement], bool]:
        """Find by SKU code or by the beginning of a reference, which their indexes can do."""
        term = search_term.strip()[:100]
        if not term:
            return queryset, False
        by_sku = queryset.filter(stock_item__sku__code=term)
        return (by_sku if by_sku.exists() else queryset.filter(reference__startswith=term)), False
