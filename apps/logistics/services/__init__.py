"""Commands of logistics."""

from apps.logistics.services.addressing import SenderMissing
from apps.logistics.services.asking import ask_about_silent_parcels
from apps.logistics.services.calling import (
    make_carrier_call,
    make_due_carrier_calls,
    retry_carrier_call,
)
from apps.logistics.services.couriers import (
    SignCodeLocked,
    WrongSignCode,
    accept_run,
    assign_courier,
    pick_up_parcel,
    renew_sign_code,
    sign_parcel,
    withdraw_run,
)
from apps.logistics.services.mending import (
    TooLateToCorrect,
    TooLateToVoid,
    correct_waybill,
    void_parcel,
)
from apps.logistics.services.parcels import (
    NothingToPack,
    ParcelDraft,
    WaybillNotValid,
    WaybillTaken,
    add_parcel,
    prepare_parcel,
)
from apps.logistics.services.printing import (
    NoLabelYet,
    TooManyLabels,
    collect_papers,
    note_printed,
)
from apps.logistics.services.problems import (
    close_problem,
    flag_silent_parcels,
    mark_lost,
    mark_returned,
)
from apps.logistics.services.shipping import (
    discard_draft,
    draft_shipment,
    ship_order,
)
from apps.logistics.services.tracking import (
    apply_push,
    apply_waiting_pushes,
    record_events,
    record_push,
)

__all__ = [
    "NoLabelYet",
    "NothingToPack",
    "ParcelDraft",
    "SenderMissing",
    "SignCodeLocked",
    "TooLateToCorrect",
    "TooLateToVoid",
    "TooManyLabels",
    "WaybillNotValid",
    "WaybillTaken",
    "WrongSignCode",
    "accept_run",
    "add_parcel",
    "apply_push",
    "apply_waiting_pushes",
    "ask_about_silent_parcels",
    "assign_courier",
    "close_problem",
    "collect_papers",
    "correct_waybill",
    "discard_draft",
    "draft_shipment",
    "flag_silent_parcels",
    "make_carrier_call",
    "make_due_carrier_calls",
    "mark_lost",
    "mark_returned",
    "note_printed",
    "pick_up_parcel",
    "prepare_parcel",
    "record_events",
    "record_push",
    "renew_sign_code",
    "retry_carrier_call",
    "ship_order",
    "sign_parcel",
    "void_parcel",
    "withdraw_run",
]
