"""Stock of the demo shop: receipts with their movements, a few goods nearly or wholly sold out."""

import zlib
from collections.abc import Iterator, Mapping
from decimal import Decimal
from math import ceil

from apps.backoffice.demo.reading import read_people
from apps.catalog.models import Sku
from apps.inventory.models import StockItem, Warehouse
from apps.inventory.services import StockChange, receive_stock
from apps.merchants.models import Merchant

_LOW_AT = 5
# Of a hundred SKUs so many are sold out, and so many more nearly so.
_SOLD_OUT, _LOW = 4, 5
_BATCH = 200
# Up to which price how many lie in the warehouses, at least and at most.
_USUAL = ((60, 240, 900), (300, 90, 380), (1500, 30, 140), (10**9, 8, 45))


def load_stock(merchants: Mapping[str, Merchant]) -> Iterator[int]:
    """Book a first delivery of every SKU that has never had any; yield how many SKUs were looked at."""
    for code, merchant in merchants.items():
        places = _warehouses(merchant, code)
        skus = list(Sku.objects.filter(merchant=merchant, spu__code__regex="^[A-Z]{2}[0-9]{4}$"))
        had = set(StockItem.objects.filter(sku__in=skus).values_list("sku_id", flat=True))
        for start in range(0, len(skus), _BATCH):
            batch = skus[start : start + _BATCH]
            changes = [
                change for sku in batch if sku.pk not in had for change in _delivery(sku, places)
            ]
            if changes:
                _receive(changes, f"DEMO-{code}-{batch[0].pk}")
            yield len(batch)


def _receive(changes: list[StockChange], reference: str) -> None:
    receive_stock(changes=changes, reference=reference, reason="首批入库")
    skus = {change.sku_id for change in changes}
    StockItem.objects.filter(sku_id__in=skus, low_threshold=0).update(low_threshold=_LOW_AT)


def _warehouses(merchant: Merchant, code: str) -> list[tuple[int, Decimal]]:
    ids = dict(Warehouse.objects.filter(merchant=merchant).values_list("code", "pk"))
    return [
        (ids[place["code"]], Decimal(str(place["share"])))
        for place in read_people()["warehouses"][code]
    ]


def _delivery(sku: Sku, places: list[tuple[int, Decimal]]) -> Iterator[StockChange]:
    left = total = _quantity(sku)
    for warehouse_id, share in places:
        here = min(left, ceil(total * share))
        left -= here
        if here:
            yield StockChange(sku_id=sku.pk, warehouse_id=warehouse_id, quantity=here)


def _quantity(sku: Sku) -> int:
    luck = zlib.crc32(sku.code.encode())
    if luck % 100 < _SOLD_OUT:
        return 0
    if luck % 100 < _SOLD_OUT + _LOW:
        return luck // 100 % 4 + 1
    least, most = next((least, most) for up_to, least, most in _USUAL if sku.price <= up_to)
    return least + luck // 100 % (most - least)
