"""Commands on stock. No other code writes the counts of a stock item."""

from apps.inventory.services.allocating import OutOfStock, StockShifted, allocate_stock
from apps.inventory.services.changing import (
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
from apps.inventory.services.releasing import release_part, release_reservations
from apps.inventory.services.reserving import (
    AlreadyReserved,
    ReservationGone,
    confirm_reservations,
    reserve_stock,
)
from apps.inventory.services.restocking import Condition, restock

__all__ = [
    "AlreadyReserved",
    "Condition",
    "NotEnoughOnHand",
    "NotReserved",
    "OutOfStock",
    "ReservationGone",
    "StockChange",
    "StockShifted",
    "adjust_stock",
    "allocate_stock",
    "confirm_reservations",
    "consume_reservation",
    "consume_reservations",
    "receive_stock",
    "release_part",
    "release_reservations",
    "reserve_stock",
    "restock",
    "return_to_reservation",
]
