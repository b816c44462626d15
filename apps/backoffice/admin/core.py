"""What runs by itself: deliveries, scheduled jobs, the audit log."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from apps.backoffice.admin.read_only import ReadOnlyAdmin
from apps.core import clock
from apps.core.models import AuditEntry, Delivery, DeliveryStatus, JobResult, ScheduledJob
from apps.core.tasks import run_scheduled_job


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    """Facts on their way; the stuck ones can be sent again."""

    list_display = ("event", "subject", "handler_name", "state", "attempts", "due_at", "last_error")
    list_filter = ("status", "event")
    search_fields = ("subject",)
    show_full_result_count = False
    actions = ("deliver_again",)

    @display(description=_("handler"))
    def handler_name(self, row: Delivery) -> str:
        return row.handler.removeprefix("apps.").replace(".handlers.", ".") or "–"

    @display(
        description=_("state"),
        label={
            DeliveryStatus.WAITING: "warning",
            DeliveryStatus.DONE: "success",
            DeliveryStatus.STUCK: "danger",
        },
    )
    def state(self, row: Delivery) -> tuple[str, str]:
        return row.status, row.get_status_display()

    @admin.action(description=_("Deliver again"), permissions=["redeliver"])
    def deliver_again(self, request: HttpRequest, rows: QuerySet[Delivery]) -> None:
        changed = rows.filter(status=DeliveryStatus.STUCK).update(
            status=DeliveryStatus.WAITING, attempts=0, due_at=clock.now()
        )
        self.message_user(request, _("{count} deliveries are sent again.").format(count=changed))

    def has_redeliver_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("core.change_delivery"))


@admin.register(ScheduledJob)
class ScheduledJobAdmin(ReadOnlyAdmin):
    """When each job runs next, how it went, and a way to run it now."""

    list_display = (
        "name",
        "every",
        "last_run_at",
        "last_duration",
        "result",
        "next_run_at",
        "is_paused",
        "last_note",
    )
    list_filter = ("last_result", "is_paused")
    search_fields = ("name",)
    actions = ("run_now", "pause", "resume")

    @display(
        description=_("result"),
        label={
            JobResult.NEVER: "info",
            JobResult.RUNNING: "warning",
            JobResult.DONE: "success",
            JobResult.FAILED: "danger",
        },
    )
    def result(self, row: ScheduledJob) -> tuple[str, str]:
        return row.last_result, row.get_last_result_display()

    @admin.action(description=_("Run now"), permissions=["steer"])
    def run_now(self, request: HttpRequest, rows: QuerySet[ScheduledJob]) -> None:
        for row in rows:
            run_scheduled_job.delay(row.name)
        self.message_user(request, _("{count} jobs were started.").format(count=len(rows)))

    @admin.action(description=_("Pause"), permissions=["steer"])
    def pause(self, request: HttpRequest, rows: QuerySet[ScheduledJob]) -> None:
        rows.update(is_paused=True)
        self.message_user(request, _("Paused."), messages.WARNING)

    @admin.action(description=_("Resume"), permissions=["steer"])
    def resume(self, request: HttpRequest, rows: QuerySet[ScheduledJob]) -> None:
        rows.update(is_paused=False, next_run_at=clock.now())
        self.message_user(request, _("Resumed."))

    def has_steer_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("core.change_scheduledjob"))


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    """Who did what."""

    list_display = ("at", "actor", "action", "target_type", "target_id", "reason", "ip")
    list_filter = ("action", "target_type")
    search_fields = ("target_id", "request_id")
    list_select_related = ("actor",)
    date_hierarchy = "at"
    show_full_result_count = False
    ordering = ("-pk",)
