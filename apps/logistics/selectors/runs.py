"""What a courier has to fetch and to bring."""

from dataclasses import dataclass
from typing import Any

from apps.logistics.models import CourierRun, RunStatus

SHOWN = 100


@dataclass(frozen=True, slots=True)
class RunView:
    """One parcel in a courier's hands, or soon to be."""

    pk: int
    status: str
    state_label: str
    parcel_number: str
    recipient: str
    phone: str
    place: str
    remark: str
    is_assigned: bool
    is_accepted: bool
    is_picked_up: bool


def list_runs(user: Any) -> list[RunView]:
    """Return the runs of the courier that this person is which are not over, oldest first."""
    runs = (
        CourierRun.objects.of(user)
        .filter(status__in=[RunStatus.ASSIGNED, RunStatus.ACCEPTED, RunStatus.PICKED_UP])
        .select_related("parcel__shipment__order")
        .order_by("assigned_at", "pk")[:SHOWN]
    )
    return [_view(run) for run in runs]


def _view(run: CourierRun) -> RunView:
    order = run.parcel.shipment.order
    return RunView(
        pk=run.pk,
        status=run.status,
        state_label=run.get_status_display(),
        parcel_number=run.parcel.number,
        recipient=order.recipient,
        phone=order.phone,
        place=f"{order.region_text} {order.street}",
        remark=order.remark,
        is_assigned=run.status == RunStatus.ASSIGNED,
        is_accepted=run.status == RunStatus.ACCEPTED,
        is_picked_up=run.status == RunStatus.PICKED_UP,
    )
