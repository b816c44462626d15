"""Who carries, and where parcels leave from."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from apps.core.secrets import mask_phone
from apps.logistics.carriers import ADAPTERS
from apps.logistics.models import Carrier, Courier, DispatchAddress
from apps.merchants.admin_scope import MerchantScopedAdmin


@admin.register(Carrier)
class CarrierAdmin(ModelAdmin):
    """Carriers are switched off, never deleted: parcels refer to them."""

    list_display = ["name", "code", "kind", "phone", "tracking_code", "position", "is_active"]
    list_filter = ["kind", "is_active"]
    search_fields = ["name", "name_en", "code"]
    ordering = ["position", "code"]
    fields = [
        "code", "name", "name_en", "phone", "kind", "adapter", "waybill_pattern", "tracking_code", "position",
        "is_active",
    ]  # fmt: skip

    def get_form(self, request: HttpRequest, obj: Carrier | None = None, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, **kwargs)
        if "adapter" in form.base_fields:
            form.base_fields["adapter"].help_text = _("One of: %(names)s") % {
                "names": ", ".join(sorted(ADAPTERS))
            }
        return form

    def get_readonly_fields(self, request: HttpRequest, obj: Carrier | None = None) -> list[str]:
        return ["code"] if obj else []

    def has_delete_permission(self, request: HttpRequest, obj: Carrier | None = None) -> bool:
        return False


@admin.register(Courier)
class CourierAdmin(MerchantScopedAdmin):
    """A merchant's own couriers. Whoever has an account sees the page of deliveries."""

    list_display = ["name", "masked_phone", "merchant", "user", "is_active"]
    list_filter = ["merchant", "is_active"]
    search_fields = ["name"]
    ordering = ["merchant", "name"]
    list_select_related = ["merchant", "user"]
    raw_id_fields = ["user"]
    fields = ["merchant", "name", "phone", "user", "is_active"]

    @admin.display(description=_("phone number"))
    def masked_phone(self, courier: Courier) -> str:
        return mask_phone(courier.phone)

    def has_delete_permission(self, request: HttpRequest, obj: Courier | None = None) -> bool:
        return False


@admin.register(DispatchAddress)
class DispatchAddressAdmin(MerchantScopedAdmin):
    """What stands as sender on a merchant's labels."""

    list_display = ["merchant", "name", "region", "street"]
    ordering = ["merchant"]
    list_select_related = ["merchant", "region"]
    autocomplete_fields = ["region"]
    fields = ["merchant", "name", "phone", "region", "street"]
