"""What operators do with stock: look, count, move. Counts change through documents alone."""

from apps.inventory.admin.documents import StockDocumentAdmin
from apps.inventory.admin.stock import (
    ReservationAdmin,
    StockItemAdmin,
    StockMovementAdmin,
    WarehouseAdmin,
)

__all__ = [
    "ReservationAdmin",
    "StockDocumentAdmin",
    "StockItemAdmin",
    "StockMovementAdmin",
    "WarehouseAdmin",
]
