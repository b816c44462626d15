"""What the shop asks of a carrier that speaks to machines, in the shop's own words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class CarrierRefused(Exception):
    """The carrier understood and said no; asking the same again will not help."""


class Step(StrEnum):
    """What an event of a carrier says about a parcel, whoever carries it."""

    ANNOUNCED = "ANNOUNCED"
    PICKED_UP = "PICKED_UP"
    IN_TRANSIT = "IN_TRANSIT"
    DELIVERING = "DELIVERING"
    SIGNED = "SIGNED"
    EXCEPTION = "EXCEPTION"
    REFUSED = "REFUSED"
    RETURNING = "RETURNING"
    RETURNED = "RETURNED"


@dataclass(frozen=True, slots=True)
class CarrierEvent:
    """One line of a parcel's track, as the carrier told it."""

    at: datetime
    code: str
    step: Step
    text: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody who sends or gets a parcel."""

    name: str
    phone: str
    province: str
    city: str
    district: str
    street: str


@dataclass(frozen=True, slots=True)
class WaybillOrder:
    """Everything that a waybill is asked for with; ``reference`` makes asking twice harmless."""

    reference: str
    sender: Contact
    recipient: Contact
    goods: Sequence[tuple[str, int]]
    weight_grams: int


@dataclass(frozen=True, slots=True)
class Waybill:
    """A carrier's number, and what its sorters want to read on the label."""

    number: str
    sorting_code: str = ""
    origin_code: str = ""


class WaybillAdapter(Protocol):
    """A carrier that gives, cancels and follows waybills by machine. It never runs in a transaction."""

    name: str

    def request_waybill(self, order: WaybillOrder) -> Waybill: ...

    def cancel_waybill(self, *, reference: str, waybill: str) -> None: ...

    def list_events(self, *, waybill: str, phone: str) -> list[CarrierEvent]: ...
