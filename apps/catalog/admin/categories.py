from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline
from unfold.widgets import UnfoldAdminTextInputWidget

from apps.catalog import services
from apps.catalog.admin.refusing import RefusingAdmin, RefusingForm
from apps.catalog.events import BrandChanged
from apps.catalog.models import (
    Attribute,
    AttributeTranslation,
    AttributeValue,
    AttributeValueTranslation,
    Brand,
    BrandTranslation,
    Category,
    CategoryTranslation,
    ShippingClass,
)
from apps.catalog.translations import active_language, translated
from apps.catalog.uploads import RedrawingForm
from apps.core.bus import publish


class CategoryForm(RefusingForm):
    name_zh = forms.CharField(
        label=_("Chinese name"), max_length=60, widget=UnfoldAdminTextInputWidget
    )
    name_en = forms.CharField(
        label=_("English name"), max_length=60, required=False, widget=UnfoldAdminTextInputWidget
    )

    class Meta:
        model = Category
        fields: ClassVar = ["parent", "slug", "position", "is_active", "image"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            names = dict(self.instance.translations.values_list("language", "name"))
            self.initial.setdefault("name_zh", names.get("zh-hans", ""))
            self.initial.setdefault("name_en", names.get("en", ""))


@admin.register(Category)
class CategoryAdmin(RefusingAdmin, ModelAdmin):
    form = CategoryForm
    fields = ("parent", "name_zh", "name_en", "slug", "position", "is_active", "image")
    list_display = ("indented", "slug", "level", "position", "is_active")
    list_filter = ("level", "is_active")
    search_fields = ("slug", "translations__name")
    autocomplete_fields = ("parent",)
    ordering = ("level", "parent", "position")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Category]:
        rows: QuerySet[Category] = super().get_queryset(request)
        return rows.annotate(
            shown_name=translated(
                CategoryTranslation, "category", "name", language=active_language()
            )
        )

    @admin.display(description=_("name"))
    def indented(self, row: Any) -> str:
        return f"{'— ' * (row.level - 1)}{row.shown_name or row.slug}"

    def save_model(self, request: HttpRequest, obj: Category, form: Any, change: bool) -> None:
        data = form.cleaned_data
        names = {"zh-hans": data["name_zh"]} | ({"en": data["name_en"]} if data["name_en"] else {})
        saved = services.save_category(
            category_id=obj.pk if change else None,
            parent_id=data["parent"].pk if data["parent"] else None,
            slug=data["slug"],
            names=names,
            position=data["position"],
            is_active=data["is_active"],
            actor=request.user,
        )
        if "image" in form.changed_data:
            saved.image = data["image"] or ""
            saved.save(update_fields=["image"])
        obj.__dict__.update(saved.__dict__)

    def delete_model(self, request: HttpRequest, obj: Category) -> None:
        services.delete_category(category_id=obj.pk, actor=request.user)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Delete one by one: the command may refuse."""
        actions: dict[str, Any] = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions


class BrandNameInline(TabularInline):
    model = BrandTranslation
    extra = 0
    min_num = 1


@admin.register(Brand)
class BrandAdmin(ModelAdmin):
    list_display = ("slug", "shown_name")
    form = RedrawingForm
    search_fields = ("slug", "translations__name")
    inlines: ClassVar = [BrandNameInline]
    ordering = ("slug",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Brand]:
        rows: QuerySet[Brand] = super().get_queryset(request)
        return rows.annotate(
            named=translated(BrandTranslation, "brand", "name", language=active_language())
        )

    @admin.display(description=_("name"))
    def shown_name(self, row: Any) -> str:
        return row.named or ""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        publish(BrandChanged(brand_id=form.instance.pk))


class AttributeNameInline(TabularInline):
    model = AttributeTranslation
    extra = 0
    min_num = 1


@admin.register(Attribute)
class AttributeAdmin(ModelAdmin):
    list_display = ("code", "is_filterable", "position")
    search_fields = ("code", "translations__name")
    inlines: ClassVar = [AttributeNameInline]
    ordering = ("position", "code")


class ValueNameInline(TabularInline):
    model = AttributeValueTranslation
    extra = 0
    min_num = 1


@admin.register(AttributeValue)
class AttributeValueAdmin(ModelAdmin):
    list_display = ("code", "attribute", "position")
    list_filter = ("attribute",)
    list_select_related = ("attribute",)
    search_fields = ("code", "translations__name", "attribute__code")
    autocomplete_fields = ("attribute",)
    inlines: ClassVar = [ValueNameInline]
    ordering = ("attribute", "position")


@admin.register(ShippingClass)
class ShippingClassAdmin(ModelAdmin):
    list_display = ("code", "name")
    search_fields = ("code", "name")
    ordering = ("code",)
