"""The ledger, to read."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import TabularInline

from apps.backoffice.admin.read_only import ReadOnlyAdmin
from apps.ledger.models import Account, Entry, Posting


class EntryInline(TabularInline):
    model = Entry
    fields = ("account", "amount")
    readonly_fields = fields
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Posting)
class PostingAdmin(ReadOnlyAdmin):
    list_display = ("posted_at", "kind", "reference")
    list_filter = ("kind",)
    search_fields = ("reference",)
    ordering = ("-pk",)
    show_full_result_count = False
    inlines = (EntryInline,)


@admin.register(Account)
class AccountAdmin(ReadOnlyAdmin):
    list_display = ("code", "currency")
    search_fields = ("code",)
