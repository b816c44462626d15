from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from apps.core.errors import Refusal
from apps.notifications.kinds import PLANS
from apps.notifications.models import Template
from apps.notifications.rendering import fill
from apps.notifications.services import TextDraft, save_text, use_text

_WRITTEN = ("kind", "channel", "language", "subject", "body", "provider_code")


class TextForm(forms.ModelForm[Template]):
    """A text, and whether all its words can be filled in."""

    class Meta:
        model = Template
        fields = list(_WRITTEN)
        widgets = {"body": forms.Textarea({"rows": 8, "maxlength": 2000})}

    def draft(self) -> TextDraft:
        told = {name: getattr(self.instance, name) for name in ("kind", "channel", "language")}
        told |= self.cleaned_data
        return TextDraft(**{name: told.get(name) or "" for name in _WRITTEN})

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or {}
        if not self.errors:
            try:
                self.draft().must_be_valid()
            except Refusal as refusal:
                raise ValidationError(refusal.message) from refusal
        return told


@admin.register(Template)
class TemplateAdmin(ModelAdmin):
    """What people are told. Saving writes a new version and uses it; an old one can come back."""

    form = TextForm
    list_display = ["kind", "channel", "language", "version", "is_active", "subject", "author"]
    list_display_links = ["kind", "version"]
    list_filter = ["is_active", "kind", "channel", "language"]
    search_fields = ["subject", "body"]
    ordering = ["kind", "channel", "language", "-version"]
    list_select_related = ["author"]
    readonly_fields = ["version", "is_active", "author", "created_at", "words", "preview"]
    actions = ["use_again"]

    def get_readonly_fields(self, request: HttpRequest, obj: Template | None = None) -> list[str]:
        fixed = list(self.readonly_fields)
        return fixed if obj is None else ["kind", "channel", "language", *fixed]

    def get_fields(self, request: HttpRequest, obj: Template | None = None) -> list[str]:
        own = list(_WRITTEN)
        return own if obj is None else [*own, "words", "preview", "version", "is_active", "author"]

    @admin.display(description=_("words that can be used"))
    def words(self, text: Template) -> str:
        return ", ".join(f"{{{word}}}" for word in PLANS[text.kind].words)

    @admin.display(description=_("preview"))
    def preview(self, text: Template) -> SafeString:
        sample = PLANS[text.kind].words
        return format_html(
            "<strong>{}</strong><br>{}", fill(text.subject, sample), fill(text.body, sample)
        )

    def save_model(self, request: HttpRequest, obj: Template, form: Any, change: bool) -> None:
        """Write the next version; the one that was opened stays what it was."""
        written = save_text(draft=form.draft(), actor=request.user)
        obj.pk, obj.version, obj.is_active = written.pk, written.version, True

    def response_change(self, request: HttpRequest, obj: Template) -> HttpResponse:
        messages.success(request, _("Version %(number)d is in use now.") % {"number": obj.version})
        url = reverse("admin:notifications_template_change", args=[obj.pk])
        return HttpResponseRedirect(url)

    @admin.action(description=_("Use this version again"), permissions=["change"])
    def use_again(self, request: HttpRequest, queryset: Any) -> None:
        for template_id in queryset.values_list("pk", flat=True):
            text = use_text(template_id=template_id, actor=request.user)
            messages.success(request, _("%(text)s is in use now.") % {"text": text})

    def has_delete_permission(self, request: HttpRequest, obj: Template | None = None) -> bool:
        return False
