"""What the workers do for logistics."""

from datetime import timedelta

from apps.core import clock
from apps.core.jobs import job
from apps.logistics.models import CarrierPush
from apps.logistics.services import (
    apply_waiting_pushes,
    ask_about_silent_parcels,
    flag_silent_parcels,
    make_due_carrier_calls,
)

KEEP_PUSHES = timedelta(days=90)


@job(every=timedelta(seconds=2))
def make_carrier_calls() -> str:
    """Ask for waybills, cancel and follow them."""
    made = make_due_carrier_calls()
    return f"{made} calls" if made else ""


@job(every=timedelta(seconds=30))
def apply_pushes() -> str:
    """Apply what a door has kept but not applied."""
    done = apply_waiting_pushes()
    return f"{done} pushes" if done else ""


@job(every=timedelta(minutes=10))
def flag_parcels() -> str:
    """Ask about parcels that have gone silent, then flag those that stay so."""
    asked = ask_about_silent_parcels()
    flagged = flag_silent_parcels()
    return f"{asked} asked about, {flagged} flagged" if asked or flagged else ""


@job(every=timedelta(hours=24))
def prune_pushes() -> str:
    """Drop pushes that nobody will ask for again; what they said stands in the parcels' tracks."""
    old = CarrierPush.objects.filter(came_at__lt=clock.now() - KEEP_PUSHES)
    dropped, _by_model = old.exclude(applied_at=None).delete()
    return f"{dropped} pushes" if dropped else ""
