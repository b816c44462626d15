"""The product desk: one page on which an SPU is written whole, and the buttons that move it."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.admin.options import InlineModelAdmin
from django.db.models import Min, OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from apps.catalog import services
from apps.catalog.admin.exporting import export_products
from apps.catalog.admin.refusing import RefusingAdmin
from apps.catalog.admin.spu_forms import SpuForm
from apps.catalog.admin.spu_inlines import MediaInline, MoveInline, SkuInline, TextInline
from apps.catalog.drafts import SkuDraft, SpuText
from apps.catalog.models import Media, Sku, Spu, SpuStatus, SpuTranslation
from apps.catalog.spec_text import UnreadableText
from apps.catalog.translations import active_language, translated
from apps.core.errors import InvalidInput, Refusal
from apps.merchants.admin_scope import MerchantScopedAdmin

BUTTONS: dict[str, tuple[str, set[str]]] = {
    "submit": ("catalog.change_spu", {SpuStatus.DRAFT, SpuStatus.OFF_SHELF}),
    "approve": ("catalog.review_spu", {SpuStatus.IN_REVIEW}),
    "reject": ("catalog.review_spu", {SpuStatus.IN_REVIEW}),
    "publish": ("catalog.change_spu", {SpuStatus.DRAFT, SpuStatus.OFF_SHELF, SpuStatus.SCHEDULED}),
    "unpublish": ("catalog.change_spu", {SpuStatus.ON_SHELF, SpuStatus.SCHEDULED}),
    "recycle": ("catalog.change_spu", {SpuStatus.DRAFT, SpuStatus.OFF_SHELF}),
    "restore": ("catalog.change_spu", {SpuStatus.RECYCLED}),
}


@admin.register(Spu)
class SpuAdmin(RefusingAdmin, MerchantScopedAdmin):
    form = SpuForm
    inlines: ClassVar[list[type[InlineModelAdmin[Any, Any]]]] = [
        TextInline, SkuInline, MediaInline, MoveInline,
    ]  # fmt: skip
    list_display = (
        "title",
        "code",
        "state",
        "merchant",
        "category",
        "lowest_price",
        "published_at",
    )
    list_filter = ("status", "merchant", "brand")
    list_select_related = ("merchant", "category")
    search_fields = ("code", "slug", "translations__name", "skus__code")
    search_help_text = _("Name, code, SKU code or address")
    ordering = ("-pk",)
    show_full_result_count = False
    list_per_page = 50
    autocomplete_fields = ("category", "brand", "attribute_values")
    actions = ("publish_all", "unpublish_all", "recycle_all", "export_sheet")
    actions_submit_line = tuple(BUTTONS)
    fieldsets = (
        (None, {"fields": ("merchant", "category", "brand", "shipping_class", "code", "slug")}),
        (None, {"fields": ("attribute_values", "specs")}),
        (_("Times"), {"fields": ("publish_at", "unpublish_at")}),
        (_("This change"), {"fields": ("change_reason", "is_confirmed", "seen_version")}),
    )  # fmt: skip

    @display(
        description=_("state"),
        label={
            SpuStatus.ON_SHELF: "success",
            SpuStatus.IN_REVIEW: "warning",
            SpuStatus.SCHEDULED: "info",
            SpuStatus.RECYCLED: "danger",
        },
    )
    def state(self, row: Spu) -> tuple[str, str]:
        return row.status, row.get_status_display()

    @admin.display(description=_("name"))
    def title(self, row: Any) -> str:
        return str(row.shown_name or row.code)

    @admin.display(description=_("price"), ordering="lowest")
    def lowest_price(self, row: Any) -> str:
        return "–" if row.lowest is None else f"{row.lowest:.2f}"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Spu]:
        skus = Sku.objects.filter(spu=OuterRef("pk"), is_active=True).order_by().values("spu")
        rows: QuerySet[Spu] = super().get_queryset(request)
        return rows.filter(purged_at=None).annotate(
            shown_name=translated(SpuTranslation, "spu", "name", language=active_language()),
            lowest=Subquery(skus.annotate(low=Min("price")).values("low")),
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Spu | None = None) -> tuple[str, ...]:
        return ("merchant",) if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # goods go to the recycle bin

    def get_actions_submit_line(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Offer only what is possible now and allowed to this person."""
        found: list[Any] = super().get_actions_submit_line(request, object_id)
        status = Spu.objects.filter(pk=object_id).values_list("status", flat=True).first()
        prefix = f"{self.opts.app_label}_{self.opts.model_name}_"
        return [
            each
            for each in found
            if status in BUTTONS[each.action_name.removeprefix(prefix)][1]
            and request.user.has_perm(BUTTONS[each.action_name.removeprefix(prefix)][0])
        ]

    @admin.action(description=_("Download as a sheet"), permissions=["view"])
    def export_sheet(self, request: HttpRequest, queryset: QuerySet[Spu]) -> Any:
        """Hand out what ``import_products`` reads again; costs only to those who may see them."""
        return export_products(request, queryset)

    # -- saving: forms to a draft, the draft to the command -------------------------------------

    def save_model(self, request: HttpRequest, obj: Spu, form: Any, change: Any) -> None:
        """Leave everything to ``save_related``, where the forms below are known too."""

    def save_related(
        self, request: HttpRequest, form: SpuForm, formsets: Any, change: bool
    ) -> None:
        by_model = {formset.model: formset for formset in formsets}
        data = form.cleaned_data
        spu = services.save_spu(
            form.draft(_texts(by_model[SpuTranslation]), _skus(by_model[Sku], form)),
            actor=request.user,
            spu_id=form.instance.pk if change else None,
            expected_version=data.get("seen_version"),
            is_confirmed=data["is_confirmed"],
            reason=data["change_reason"],
        )
        _save_pictures(by_model[Media], spu, request.user)
        for each in self.get_actions_submit_line(request, spu.pk):
            if each.action_name in request.POST:
                each.method(request, spu)
        spu.refresh_from_db()
        form.instance.__dict__.update(spu.__dict__)

    # -- buttons beside “save” -------------------------------------------------------------------

    @action(description=_("Submit for review"))
    def submit(self, request: HttpRequest, obj: Spu) -> None:
        services.submit_spu(spu_id=obj.pk, actor=request.user)

    @action(description=_("Approve"))
    def approve(self, request: HttpRequest, obj: Spu) -> None:
        services.approve_spu(spu_id=obj.pk, actor=request.user)

    @action(description=_("Reject"))
    def reject(self, request: HttpRequest, obj: Spu) -> None:
        reason = request.POST.get("change_reason", "")
        services.reject_spu(spu_id=obj.pk, reason=reason, actor=request.user)

    @action(description=_("Put on shelf"))
    def publish(self, request: HttpRequest, obj: Spu) -> None:
        services.publish_spu(spu_id=obj.pk, actor=request.user)

    @action(description=_("Take off shelf"))
    def unpublish(self, request: HttpRequest, obj: Spu) -> None:
        reason = request.POST.get("change_reason", "")
        services.unpublish_spu(spu_id=obj.pk, actor=request.user, reason=reason)

    @action(description=_("Throw away"))
    def recycle(self, request: HttpRequest, obj: Spu) -> None:
        services.recycle_spu(spu_id=obj.pk, actor=request.user)

    @action(description=_("Take back"))
    def restore(self, request: HttpRequest, obj: Spu) -> None:
        services.restore_spu(spu_id=obj.pk, actor=request.user)

    # -- many at once ----------------------------------------------------------------------------

    @admin.action(description=_("Put on shelf"), permissions=["change"])
    def publish_all(self, request: HttpRequest, queryset: QuerySet[Spu]) -> None:
        self._each(request, queryset, services.publish_spu)

    @admin.action(description=_("Take off shelf"), permissions=["change"])
    def unpublish_all(self, request: HttpRequest, queryset: QuerySet[Spu]) -> None:
        self._each(request, queryset, services.unpublish_spu)

    @admin.action(description=_("Throw away"), permissions=["change"])
    def recycle_all(self, request: HttpRequest, queryset: QuerySet[Spu]) -> None:
        self._each(request, queryset, services.recycle_spu)

    def _each(
        self, request: HttpRequest, queryset: QuerySet[Spu], command: Callable[..., Any]
    ) -> None:
        done = 0
        for spu in queryset:
            try:
                command(spu_id=spu.pk, actor=request.user)
                done += 1
            except Refusal as refusal:
                self.message_user(request, f"{spu.code}: {refusal.message}", messages.ERROR)
        self.message_user(request, _("{count} done.").format(count=done))


def _live(formset: Any) -> list[Any]:
    """Return the forms that stand for a row: not deleted, and not left blank."""
    return [
        form
        for form in formset.forms
        if not formset._should_delete_form(form) and (form.instance.pk or form.has_changed())  # noqa: SLF001  # Django offers nothing else
    ]


def _texts(formset: Any) -> dict[str, SpuText]:
    return {form.cleaned_data["language"]: form.text() for form in _live(formset)}


def _skus(formset: Any, spu_form: SpuForm) -> list[SkuDraft]:
    axes = spu_form.cleaned_data["specs"]
    drafts = []
    for form in _live(formset):
        try:
            drafts.append(form.draft(axes))
        except UnreadableText as problem:
            code = form.cleaned_data["code"]
            raise InvalidInput(field=f"{code}: {_('specs')}", reason=str(problem)) from problem
    return drafts


def _save_pictures(formset: Any, spu: Spu, actor: Any) -> None:
    for form in formset.deleted_forms:
        if form.instance.pk:
            services.remove_media(media_id=form.instance.pk, actor=actor)
    for form in _live(formset):
        data = form.cleaned_data
        if not form.instance.pk:
            services.add_media(
                spu_id=spu.pk,
                upload=data["upload"],
                actor=actor,
                alt=data["alt"],
                position=data["position"] or None,
            )
        elif form.has_changed():
            services.change_media(
                media_id=form.instance.pk, alt=data["alt"], position=data["position"], actor=actor
            )
