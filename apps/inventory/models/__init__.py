"""How many there are, and for whom they are held."""

from apps.inventory.models.documents import (
    DocumentKind,
    DocumentStatus,
    StockDocument,
    StockDocumentLine,
    StockDocumentMove,
)
from apps.inventory.models.reservations import Reservation, ReservationStatus
from apps.inventory.models.stock import (
    Bucket,
    MovementReason,
    StockItem,
    StockMovement,
    Warehouse,
)

__all__ = [
    "Bucket",
    "DocumentKind",
    "DocumentStatus",
    "MovementReason",
    "Reservation",
    "ReservationStatus",
    "StockDocument",
    "StockDocumentLine",
    "StockDocumentMove",
    "StockItem",
    "StockMovement",
    "Warehouse",
]
