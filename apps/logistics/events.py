from dataclasses import dataclass

from apps.core.bus import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelMoved(Event):
    """A parcel has a new state. ``problem`` names what is wrong with it, if anything."""

    parcel_id: int
    order_id: int
    status: str
    problem: str = ""
