"""The shipping list: what waits to leave, and waybills for many at once."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import display

from apps.core.errors import Refusal
from apps.logistics.admin.problems import LookedAt
from apps.logistics.models import Shipment, ShipmentStatus
from apps.logistics.services import prepare_parcel
from apps.merchants.admin_scope import MerchantScopedAdmin

AT_ONCE = 200
CARRIER_BY_MACHINE = "sf"
S = ShipmentStatus


@admin.register(Shipment)
class ShipmentAdmin(MerchantScopedAdmin, LookedAt):
    """Drafts are orders to be shipped; each is worked at the order desk, many get their waybills here."""

    list_display = ["number", "state", "order_link", "merchant", "created_at", "shipped_at"]
    list_filter = ["status", "merchant"]
    list_select_related = ["order", "merchant"]
    search_fields = ["=number", "=order__number"]
    ordering = ["-pk"]
    show_full_result_count = False
    list_per_page = AT_ONCE
    actions = ["ask_for_waybills"]
    fields = [
        "number",
        "status",
        "order_link",
        "merchant",
        "created_by",
        "created_at",
        "shipped_at",
    ]
    readonly_fields = ["order_link"]

    @display(
        description=_("state"), label={S.DRAFT: "warning", S.SHIPPED: "success", S.VOIDED: "danger"}
    )
    def state(self, shipment: Shipment) -> tuple[str, str]:
        return shipment.status, shipment.get_status_display()

    @admin.display(description=_("order"))
    def order_link(self, shipment: Shipment) -> str:
        url = reverse("admin:orders_order_change", args=[shipment.order_id])
        return format_html('<a href="{}">{}</a>', url, shipment.order.number)

    @admin.action(description=_("Ask SF for waybills"), permissions=["ship"])
    def ask_for_waybills(self, request: HttpRequest, queryset: QuerySet[Shipment]) -> None:
        """Prepare a parcel for each draft that has none; the workers ask the carrier."""
        done = 0
        waiting = queryset.filter(status=ShipmentStatus.DRAFT, parcels=None).order_by("pk")
        for number, order_id in list(waiting.values_list("order__number", "order_id")[:AT_ONCE]):
            try:
                prepare_parcel(
                    order_id=order_id, carrier_code=CARRIER_BY_MACHINE, actor=request.user
                )
                done += 1
            except Refusal as refusal:
                messages.error(request, f"{number}: {refusal.message}")
        text = ngettext(
            "%(count)d waybill is being asked for.", "%(count)d waybills are being asked for.", done
        )
        messages.info(request, text % {"count": done})

    def has_ship_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("logistics.ship_order")
