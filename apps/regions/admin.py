from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from apps.regions.models import Region


@admin.register(Region)
class RegionAdmin(ModelAdmin):
    """Looked at, not edited: the list comes from ``load_regions``."""

    list_display = ["code", "name", "level", "parent", "is_active"]
    list_filter = ["level", "is_active"]
    search_fields = ["code", "name"]
    ordering = ["code"]
    list_select_related = ["parent"]
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Region | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Region | None = None) -> bool:
        return False
