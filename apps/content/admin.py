from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, StackedInline

from apps.catalog.uploads import RedrawingForm
from apps.content.models import Banner, BannerTranslation
from apps.core.shared_pages import renew_shared_pages


class WordsInline(StackedInline):
    model = BannerTranslation
    extra = 0
    min_num = 1
    max_num = 2


@admin.register(Banner)
class BannerAdmin(ModelAdmin):
    form = RedrawingForm
    list_display = ("preview", "link", "position", "is_active", "starts_at", "ends_at")
    list_display_links = ("preview",)
    list_editable = ("position", "is_active")
    list_filter = ("is_active",)
    inlines: ClassVar = [WordsInline]
    ordering = ("position", "pk")

    @admin.display(description=_("picture"))
    def preview(self, row: Banner) -> SafeString:
        return format_html('<img src="{}" alt="" height="48">', row.image.url if row.image else "")

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        renew_shared_pages()
