"""Payments as operators see them: facts to read, channels to switch, refunds to send again."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from apps.core.errors import Refusal
from apps.payments.gateways.credentials import credentials_of
from apps.payments.gateways.readiness import missing_of
from apps.payments.models import (
    ChannelCall,
    GatewayNotice,
    Payment,
    PaymentChannel,
    PaymentMove,
    Refund,
    RefundMove,
)
from apps.payments.services import ChannelTerms, configure_channel, recheck_payment, retry_refund

TERMS = ("is_enabled", "min_amount", "max_amount", "fee_percent", "priority")
NAMES = {
    "ALIPAY": ("app_id", "seller_id", "private_key", "public_key"),
    "WECHAT": ("app_id", "mch_id", "mch_serial", "api_v3_key", "private_key"),
    "UNIONPAY": ("mer_id", "private_key", "cert", "middle_cert", "root_cert"),
}
SECRET_PREFIX = "secret_"  # noqa: S105  the name of form fields
KEYS = {"private_key", "public_key", "cert", "middle_cert", "root_cert"}


class FactAdmin(ModelAdmin):
    """Facts are looked at, never edited."""

    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class FactInline(TabularInline):
    """Rows of a fact, below it."""

    extra = 0
    can_delete = False
    show_change_link = True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class PaymentMoveInline(FactInline):
    model = PaymentMove
    fields = readonly_fields = ("at", "from_status", "to_status", "reason", "actor")
    show_change_link = False


class RefundInline(FactInline):
    model = Refund
    fields = readonly_fields = (
        "number",
        "amount",
        "reason",
        "status",
        "created_at",
        "succeeded_at",
    )


class NoticeInline(FactInline):
    model = GatewayNotice
    fields = readonly_fields = ("kind", "notice_id", "received_at", "applied_at")


class RefundMoveInline(FactInline):
    model = RefundMove
    fields = readonly_fields = ("at", "from_status", "to_status", "reason", "actor")
    show_change_link = False


@admin.register(Payment)
class PaymentAdmin(FactAdmin):
    list_display = (
        "number",
        "reference",
        "provider",
        "amount",
        "status",
        "disposition",
        "created_at",
    )
    list_filter = ("status", "provider", "disposition")
    search_fields = ("=number", "=reference", "=out_trade_no", "=channel_transaction_no")
    ordering = ("-pk",)
    date_hierarchy = "created_at"
    inlines = (PaymentMoveInline, RefundInline, NoticeInline)
    actions = ("ask_again",)

    def has_recheck_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("payments.recheck_payment"))

    @admin.action(description=_("Ask the channel again"), permissions=["recheck"])
    def ask_again(self, request: HttpRequest, queryset: QuerySet[Payment]) -> None:
        """Let the poller find out what is true of payments that did not match."""
        for payment in queryset:
            try:
                recheck_payment(payment_id=payment.pk, actor=request.user)
            except Refusal as refusal:
                self.message_user(request, f"{payment}: {refusal.message}", messages.ERROR)
            else:
                text = _("The channel will be asked about {payment}.")
                self.message_user(request, str(text).format(payment=payment))


@admin.register(Refund)
class RefundAdmin(FactAdmin):
    list_display = ("number", "reference", "provider", "amount", "status", "attempts", "created_at")
    list_filter = ("status", "provider", "reason")
    search_fields = ("=number", "=reference", "=channel_refund_no", "=payment__number")
    ordering = ("-pk",)
    inlines = (RefundMoveInline,)
    actions = ("send_again",)

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("payments.retry_refund"))

    @admin.action(description=_("Send again under the same number"), permissions=["retry"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Refund]) -> None:
        """Give refunds that wait for a person back to the sender."""
        for refund in queryset:
            try:
                retry_refund(refund_id=refund.pk, actor=request.user)
            except Refusal as refusal:
                self.message_user(request, f"{refund}: {refusal.message}", messages.ERROR)
            else:
                text = _("Refund {refund} will be sent again.")
                self.message_user(request, str(text).format(refund=refund))


@admin.register(GatewayNotice)
class GatewayNoticeAdmin(FactAdmin):
    list_display = (
        "received_at",
        "provider",
        "kind",
        "out_trade_no",
        "out_refund_no",
        "applied_at",
    )
    list_filter = ("provider", "kind", ("applied_at", admin.EmptyFieldListFilter))
    search_fields = ("=out_trade_no", "=out_refund_no", "=notice_id", "=channel_transaction_no")
    exclude = ("body",)
    ordering = ("-pk",)


@admin.register(ChannelCall)
class ChannelCallAdmin(FactAdmin):
    list_display = ("at", "provider", "operation", "reference", "status", "problem", "milliseconds")
    list_filter = ("provider", "operation")
    search_fields = ("=reference", "=request_id")
    ordering = ("-pk",)


class ChannelForm(forms.ModelForm[PaymentChannel]):
    """The terms, and one field for each secret: what is written there replaces what is known, and is not shown."""

    class Meta:
        model = PaymentChannel
        fields = TERMS

    def secrets(self) -> dict[str, str]:
        """Return what was entered, by its name."""
        given = {
            name.removeprefix(SECRET_PREFIX): value.strip()
            for name, value in self.cleaned_data.items()
            if name.startswith(SECRET_PREFIX)
        }
        return {name: value for name, value in given.items() if value}


@admin.register(PaymentChannel)
class PaymentChannelAdmin(ModelAdmin):
    form = ChannelForm
    list_display = (
        "provider", "is_enabled", "min_amount", "max_amount", "fee_percent", "priority", "readiness",
    )  # fmt: skip
    ordering = ("priority", "pk")
    readonly_fields = ("provider", "readiness")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm("payments.configure_channels"))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request) or super().has_view_permission(request, obj)

    @admin.display(description=_("keys"))
    def readiness(self, channel: PaymentChannel) -> str:
        """Say whether it has every key, or which are missing: names, never values."""
        missing = missing_of(channel.provider)
        return (
            str(_("missing: {names}")).format(names=", ".join(missing))
            if missing
            else str(_("complete"))
        )

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        names = [f"{SECRET_PREFIX}{name}" for name in NAMES[obj.provider]] if obj else []
        text = _(
            "What you enter replaces what is known and is never shown again. Empty: as before."
        )
        fields = ("provider", "readiness", *TERMS)
        if not self.has_change_permission(request, obj):
            names = []
        return [(None, {"fields": fields}), (_("Keys"), {"fields": names, "description": text})]

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        extra = {
            f"{SECRET_PREFIX}{name}": _secret_field(obj.provider, name)
            for name in (NAMES[obj.provider] if obj else ())
        }
        kwargs["form"] = type("ChannelFormWithSecrets", (ChannelForm,), extra)
        kwargs["fields"] = TERMS
        return super().get_form(request, obj, change, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Hand it to the command, which locks, seals and writes the audit."""
        terms = ChannelTerms(**{name: form.cleaned_data[name] for name in TERMS})
        configure_channel(
            channel_id=obj.pk, terms=terms, secrets=form.secrets(), actor=request.user
        )


def _secret_field(provider: str, name: str) -> forms.CharField:
    is_set = bool(
        credentials_of(provider).get(name) or credentials_of(provider).get(f"{name}_file")
    )
    widget: Any = UnfoldAdminTextareaWidget if name in KEYS else UnfoldAdminTextInputWidget
    return forms.CharField(
        label=name,
        required=False,
        max_length=8000,
        help_text=_("is set") if is_set else _("is missing"),
        widget=widget(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
