from collections.abc import Mapping, Sequence

from django.utils.translation import gettext_lazy as _

from apps.core.errors import InvalidInput, Refusal
from apps.inventory.allocation import Allocation, Demand, NotEnough, Shelf, allocate
from apps.inventory.models import StockItem


class OutOfStock(Refusal):
    """``skus`` says of each SKU that is short how many units are available."""

    code = "OUT_OF_STOCK"
    http_status = 409
    text = _("There is not enough in stock of some of these goods.")

    @property
    def available(self) -> dict[int, int]:
        return {int(sku_id): count for sku_id, count in self.details["skus"].items()}


class StockShifted(Refusal):
    """Somebody else took the units from the chosen warehouse, but others have some: allocate again."""

    code = "STOCK_SHIFTED"
    http_status = 409
    text = _("The stock has just changed. Please try again.")


def out_of_stock(available: Mapping[int, int]) -> OutOfStock:
    return OutOfStock(skus={str(sku_id): count for sku_id, count in sorted(available.items())})


def allocate_stock(*, demands: Sequence[Demand], region_code: str) -> list[Allocation]:
    """
    Choose the stock items that will serve these demands, for a parcel to this region. Takes nothing.

    :raises OutOfStock: if a SKU's active warehouses together have too few
    """
    if any(demand.quantity < 1 for demand in demands):
        raise InvalidInput(field="quantity", reason="< 1")
    skus = {demand.sku_id for demand in demands}
    rows = StockItem.objects.filter(
        sku_id__in=skus, available__gt=0, warehouse__is_active=True
    ).values_list(
        "pk",
        "sku_id",
        "warehouse_id",
        "warehouse__merchant_id",
        "warehouse__region__code",
        "warehouse__priority",
        "available",
    )
    try:
        return allocate(demands, [Shelf(*row) for row in rows], region_code)
    except NotEnough as short:
        raise out_of_stock(short.available) from short
