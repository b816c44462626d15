"""Goods for the pages' tests."""

import hashlib

from apps.catalog.models import SpecAxis, SpecValue
from apps.catalog.tests.factories import SkuFactory, SpuFactory
from apps.inventory.tests.factories import StockItemFactory


def an_spu_with_colours(*colours, price="50.00", **spu):
    """An SPU with one SKU for each (colour, stock); returns it and its SKUs by colour."""
    made = SpuFactory(**spu)
    axis = SpecAxis.objects.create(spu=made, code="colour", names={"zh-hans": "颜色"}, position=1)
    skus = {}
    for place, (colour, stock) in enumerate(colours):
        value = SpecValue.objects.create(
            axis=axis, code=colour, names={"zh-hans": colour}, position=place
        )
        sku = SkuFactory(
            spu=made,
            price=price,
            position=place,
            spec_hash=hashlib.sha256(colour.encode()).hexdigest(),
        )
        sku.spec_values.set([value])
        StockItemFactory(sku=sku, on_hand=stock)
        skus[colour] = sku
    return made, skus
