"""People in the back office: masked, found by whole contacts, and unmasked only on record."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminPasswordWidget, UnfoldAdminTextInputWidget

from apps.accounts.contacts import contact_hash, is_email, read_contact
from apps.accounts.models import User
from apps.accounts.services import log_out_everywhere, must_be_good_password
from apps.core.audit import record_audit
from apps.core.errors import Refusal
from apps.core.secrets import mask_email, mask_phone

_POWERS = ("is_staff", "is_active", "is_superuser", "groups", "user_permissions")


class NewPersonForm(forms.ModelForm[User]):
    """A new account for somebody of the staff."""

    contact = forms.CharField(
        label=_("Phone number or e-mail address"), widget=UnfoldAdminTextInputWidget()
    )
    first_password = forms.CharField(
        label=_("First password"), strip=False, widget=UnfoldAdminPasswordWidget()
    )

    class Meta:
        model = User
        fields = ["nickname", "is_staff"]

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or {}
        try:
            contact = read_contact(told.get("contact", ""))
            setattr(self.instance, "email" if is_email(contact) else "phone", contact)
            if User.objects.reached_by(contact).exists():
                raise ValidationError({"contact": _("There is an account with this already.")})
            must_be_good_password(told.get("first_password", ""), self.instance)
        except Refusal as refusal:
            raise ValidationError(refusal.message) from refusal
        self.instance.set_password(told["first_password"])
        return told


@admin.register(User)
class UserAdmin(ModelAdmin):
    """Who somebody is. Only a superuser hands out powers."""

    list_display = ["__str__", "masked_phone", "masked_email", "is_staff", "is_active", "joined_at"]
    list_filter = ["is_staff", "is_active"]
    search_fields = ["nickname"]
    search_help_text = _("a whole phone number or e-mail address, or a nickname")
    ordering = ["-pk"]
    show_full_result_count = False
    filter_horizontal = ["groups", "user_permissions"]
    fieldsets = [
        (None, {"fields": ["nickname", "masked_phone", "masked_email", "personal_data"]}),
        (_("Powers"), {"fields": list(_POWERS)}),
        (_("Times"), {"fields": ["joined_at", "last_login", "marketing_consent_at"]}),
    ]
    readonly_fields = [
        "masked_phone", "masked_email", "personal_data", "joined_at", "last_login", "marketing_consent_at",
    ]  # fmt: skip
    actions = ["sign_out_everywhere"]

    def get_form(self, request: HttpRequest, obj: User | None = None, **kwargs: Any) -> Any:
        if obj is None:
            kwargs["form"] = NewPersonForm
        return super().get_form(request, obj, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        if obj is None:
            return [(None, {"fields": ["contact", "first_password", "nickname", "is_staff"]})]
        return super().get_fieldsets(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        return [*self.readonly_fields, *(() if request.user.is_superuser else _POWERS)]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[User], search_term: str
    ) -> tuple[QuerySet[User], bool]:
        """Find by nickname, or by a whole contact: contacts stand sealed."""
        term = search_term.strip()
        if not term:
            return queryset, False
        hashed = contact_hash(term)
        found = Q(nickname__icontains=term) | Q(phone_hash=hashed) | Q(email_hash=hashed)
        return queryset.filter(found), False

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        touched = sorted(set(form.changed_data) - {"first_password", "contact"})
        after = {name: str(form.cleaned_data[name]) for name in touched}
        record_audit("accounts.save_user", obj, actor=request.user, after=after)
        if change and {"is_active", "is_staff", "is_superuser"} & set(touched):
            log_out_everywhere(user_id=obj.pk)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False  # orders and audits refer to people; accounts are closed instead

    @admin.display(description=_("phone number"))
    def masked_phone(self, user: User) -> str:
        return mask_phone(user.phone) if user.phone else "–"

    @admin.display(description=_("e-mail address"))
    def masked_email(self, user: User) -> str:
        return mask_email(user.email) if user.email else "–"

    @admin.display(description=_("personal data"))
    def personal_data(self, user: User) -> SafeString:
        url = reverse("admin:accounts_user_personal_data", args=[user.pk])
        return format_html('<a class="underline" href="{}">{}</a>', url, _("Show (is recorded)"))

    @admin.action(description=_("Sign out everywhere"), permissions=["change"])
    def sign_out_everywhere(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        done = 0
        for user in queryset:
            log_out_everywhere(user_id=user.pk)
            record_audit("accounts.sign_out_everywhere", user, actor=request.user)
            done += 1
        text = ngettext("%(count)d person is signed out.", "%(count)d people are signed out.", done)
        messages.info(request, text % {"count": done})

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.show_personal_data)
        name = "accounts_user_personal_data"
        return [path("<int:pk>/personal-data/", view, name=name), *super().get_urls()]

    def show_personal_data(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show what is masked elsewhere, and write down who looked."""
        if not request.user.has_perm("accounts.unmask_user"):
            raise PermissionDenied
        user = get_object_or_404(User, pk=pk)
        record_audit("accounts.unmask_user", user, actor=request.user)
        addresses = user.addresses.select_related("region")
        context = {
            **self.admin_site.each_context(request),
            "title": str(user),
            "opts": self.opts,
            "person": user,
            "addresses": addresses,
        }
        return TemplateResponse(request, "accounts/admin/personal_data.html", context)
