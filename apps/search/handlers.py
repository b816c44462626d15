from apps.catalog.events import BrandChanged, CategoryChanged, SpuChanged
from apps.core.bus import handles
from apps.inventory.events import StockChanged
from apps.orders.events import OrderPaid
from apps.search.services import (
    count_order,
    mark_brand_changed,
    mark_category_changed,
    mark_changed,
    mark_skus_changed,
)


@handles(SpuChanged)
def note_spu(event: SpuChanged) -> None:
    mark_changed([event.spu_id])


@handles(CategoryChanged)
def note_category(event: CategoryChanged) -> None:
    mark_category_changed(event.category_id)


@handles(BrandChanged)
def note_brand(event: BrandChanged) -> None:
    mark_brand_changed(event.brand_id)


@handles(StockChanged)
def note_stock(event: StockChanged) -> None:
    mark_skus_changed([event.sku_id])


@handles(OrderPaid)
def count_sales(event: OrderPaid) -> None:
    count_order(event.order_id)
