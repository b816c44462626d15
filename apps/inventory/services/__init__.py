"""Commands on stock. No other code writes the counts of a stock item."""

from apps.inventory.services.allocating import OutOfStock, StockShifted, allocate_stock
from apps.inventory.services.changing import (
    AlreadyBooked,
    NotEnoughOnHand,
    StockChange,
    adjust_stock,
    receive_stock,
)
from apps.inventory.services.consuming import (
    NotReserved,
    consume_reservation,
    consume_reservations,
    return_to_reservation,
)
from apps.inventory.services.documents import (
    AlreadyReversed,
    EmptyDocument,
    LineDraft,
    confirm_document,
    discard_document,
    reverse_document,
    rewrite_document,
    write_document,
)
from apps.inventory.services.reconciling import fix_drift
from apps.inventory.services.releasing import release_part, release_reservations
from apps.inventory.services.reserving import (
    AlreadyReserved,
    ReservationGone,
    confirm_reservations,
    reserve_stock,
)
from apps.inventory.services.restocking import Condition, restock
from apps.inventory.services.sheets import BadSheet, read_lines

__all__ = [
    "AlreadyBooked",
    "AlreadyReserved",
    "AlreadyReversed",
    "BadSheet",
    "Condition",
    "EmptyDocument",
    "LineDraft",
    "NotEnoughOnHand",
    "NotReserved",
    "OutOfStock",
    "ReservationGone",
    "StockChange",
    "StockShifted",
    "adjust_stock",
    "allocate_stock",
    "confirm_document",
    "confirm_reservations",
    "consume_reservation",
    "consume_reservations",
    "discard_document",
    "fix_drift",
    "read_lines",
    "receive_stock",
    "release_part",
    "release_reservations",
    "reserve_stock",
    "restock",
    "return_to_reservation",
    "reverse_document",
    "rewrite_document",
    "write_document",
]
