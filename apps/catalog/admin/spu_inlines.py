"""What stands below an SPU on its page: words, SKUs, pictures, and what became of it."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from apps.catalog.admin.spu_forms import MediaForm, SkuForm, TextForm
from apps.catalog.models import Media, Sku, SpuMove, SpuTranslation
from apps.merchants.admin_scope import MerchantScopedStackedInline, MerchantScopedTabularInline


class TextInline(MerchantScopedStackedInline):
    model = SpuTranslation
    form = TextForm
    extra = 0
    min_num = 1
    max_num = 2


class SkuInline(MerchantScopedTabularInline):
    model = Sku
    form = SkuForm
    extra = 0
    min_num = 1
    ordering = ["position", "pk"]
    fields = (
        "code",
        "specs",
        "price",
        "list_price",
        "cost_price",
        "tiers",
        "weight_grams",
        "volume_cm3",
        "is_active",
        "min_quantity",
        "step_quantity",
        "max_per_order",
        "max_per_user",
        "max_per_user_days",
    )

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Cost prices are for those who may see them."""
        may_see = request.user.has_perm("catalog.view_cost_price")
        return [name for name in self.fields if name != "cost_price" or may_see]


class MediaInline(MerchantScopedTabularInline):
    model = Media
    form = MediaForm
    extra = 0
    ordering = ["position", "pk"]
    fields = ("thumbnail", "upload", "alt", "position")
    readonly_fields = ("thumbnail",)

    @admin.display(description=_("picture"))
    def thumbnail(self, media: Media) -> SafeString | str:
        if not media.image:
            return ""
        return format_html('<img src="{}" alt="" width="64" height="64">', media.image.url)


class MoveInline(MerchantScopedTabularInline):
    """What became of it so far."""

    model = SpuMove
    extra = max_num = 0
    can_delete = False
    ordering = ["-at"]
    fields = readonly_fields = ("at", "from_status", "to_status", "actor", "reason")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
