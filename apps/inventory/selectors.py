from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import F, Sum
from django.db.models.functions import Coalesce, Greatest

from apps.inventory.models import Reservation, StockItem


def quantities_by_sku(sku_ids: Collection[int]) -> dict[int, int]:
    """Return how many units of each SKU can be bought now, over all active warehouses; 0 where none."""
    rows = (
        StockItem.objects.filter(sku_id__in=sku_ids, warehouse__is_active=True)
        .values("sku_id")
        .annotate(total=Coalesce(Sum(Greatest("available", 0)), 0))
    )
    found = {row["sku_id"]: row["total"] for row in rows}
    return {sku_id: found.get(sku_id, 0) for sku_id in sku_ids}


def list_reservations(reference: str) -> list[Reservation]:
    """Return what is, or was, held for a reference, with its stock items and warehouses."""
    return list(
        Reservation.objects.filter(reference=reference)
        .select_related("stock_item__warehouse")
        .order_by("pk")
    )


@dataclass(frozen=True, slots=True)
class Held:
    """What one reference holds in one warehouse and has not shipped yet."""

    reference: str
    warehouse_id: int
    sku_id: int
    quantity: int


def open_reservations_by_reference(references: Collection[str]) -> dict[str, list[Held]]:
    """Return where the units still held for each reference lie; references without any are left out."""
    found: dict[str, list[Held]] = {}
    rows = (
        Reservation.objects.open()
        .filter(reference__in=references)
        .annotate(left=F("quantity") - F("consumed_quantity") - F("released_quantity"))
        .order_by("pk")
        .values_list("reference", "stock_item__warehouse_id", "stock_item__sku_id", "left")
    )
    for row in rows:
        found.setdefault(row[0], []).append(Held(*row))
    return found
