from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy
from unfold.admin import ModelAdmin

from apps.core.errors import Refusal
from apps.core.secrets import keyed_hash
from apps.messaging.models import Channel, OutgoingMessage
from apps.messaging.services import resend_message


@admin.register(OutgoingMessage)
class OutgoingMessageAdmin(ModelAdmin):
    """Looked at, not edited; a stuck one may be sent again."""

    list_display = [
        "id", "channel", "masked_target", "template_code", "subject", "status", "attempts", "created_at", "sent_at",
    ]  # fmt: skip
    list_filter = ["status", "channel", "template_code"]
    search_fields = ["id"]
    search_help_text = _("a whole phone number or e-mail address")
    fields = [
        "channel", "masked_target", "template_code", "subject", "status", "attempts", "last_error", "provider_id",
        "created_at", "due_at", "sent_at",
    ]  # fmt: skip
    readonly_fields = fields
    ordering = ["-pk"]
    show_full_result_count = False
    actions = ["send_again"]

    @admin.display(description=pgettext_lazy("message", "to"))
    def masked_target(self, message: OutgoingMessage) -> str:
        return message.masked_target

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[OutgoingMessage], search_term: str
    ) -> tuple[QuerySet[OutgoingMessage], bool]:
        """Find by what a message was sent to; addresses stand sealed, so only whole ones can be found."""
        term = search_term.strip().lower()
        if not term:
            return queryset, False
        hashes = [keyed_hash(term, channel.lower()) for channel in Channel.values]
        return queryset.filter(target_hash__in=hashes), False

    @admin.action(description=_("Send again"), permissions=["resend"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[OutgoingMessage]) -> None:
        done = 0
        for message_id in queryset.values_list("pk", flat=True):
            try:
                resend_message(message_id=message_id, actor=request.user)
                done += 1
            except Refusal as refusal:
                messages.error(request, f"#{message_id}: {refusal.message}")
        text = ngettext(
            "%(count)d message is on its way.", "%(count)d messages are on their way.", done
        )
        messages.info(request, text % {"count": done})

    def has_resend_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("messaging.resend_outgoingmessage")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: OutgoingMessage | None = None
    ) -> bool:
        return False

    def has_delete_permission(
        self, request: HttpRequest, obj: OutgoingMessage | None = None
    ) -> bool:
        return False
