import uuid
from decimal import Decimal

import pytest
from django.core.management import call_command

from apps.catalog.events import BrandChanged
from apps.catalog.services import change_price, save_category
from apps.core import clock
from apps.core.bus import deliver, publish
from apps.core.models import Delivery
from apps.inventory.services import StockChange, receive_stock
from apps.orders.events import OrderPaid
from apps.orders.models import Order, OrderLine, Trade
from apps.search import services
from apps.search.models import ChangedSpu, SearchDocument, SpuSales
from apps.search.tests.shelf import Shelf

pytestmark = pytest.mark.django_db


@pytest.fixture
def shelf(db):
    return Shelf()


def marked():
    """Deliver what waits for the search, and return the SPUs that are marked then."""
    waiting = Delivery.objects.filter(status="WAITING", handler__startswith="apps.search.")
    for delivery_id in list(waiting.values_list("pk", flat=True)):
        assert deliver(delivery_id)
    return set(ChangedSpu.objects.values_list("pk", flat=True))


def test_a_changed_product_is_marked_and_searchable_after_the_next_run(shelf):
    change_price(sku_id=shelf.mug.skus.get().pk, price=Decimal("45.00"), actor=None)

    assert marked() == {shelf.mug.pk}
    assert services.refresh_marked() == 1

    assert SearchDocument.objects.get(pk=shelf.mug.pk).min_price == Decimal("45.00")
    assert not ChangedSpu.objects.exists()


def test_stock_that_is_there_again_marks_its_product(shelf):
    change = StockChange(shelf.speaker.skus.get().pk, shelf.warehouse.pk, 5)
    receive_stock(changes=[change], reference="delivery-1")

    assert marked() == {shelf.speaker.pk}
    services.refresh_marked()

    assert SearchDocument.objects.get(pk=shelf.speaker.pk).in_stock


def test_a_renamed_category_marks_everything_below_it(shelf):
    save_category(category_id=shelf.top.pk, slug="digital", names={"zh-hans": "电子"}, actor=None)

    assert marked() == {shelf.earphones.pk, shelf.speaker.pk}


def test_a_renamed_brand_marks_its_products(shelf):
    publish(BrandChanged(brand_id=shelf.brands["tao"].pk))

    assert marked() == {shelf.mug.pk, shelf.flask.pk}


def test_a_paid_order_counts_once(shelf):
    order = paid_order(shelf, (shelf.mug, 2), (shelf.flask, 5))
    publish(OrderPaid(order_id=order.pk))

    marked()
    for delivery_id in Delivery.objects.values_list("pk", flat=True):
        deliver(delivery_id)  # brought once more

    sold = dict(SpuSales.objects.values_list("pk", "quantity"))
    assert sold == {shelf.mug.pk: 2, shelf.flask.pk: 5}
    assert services.refresh_ranking() == 2
    assert services.refresh_ranking() == 0
    assert SearchDocument.objects.get(pk=shelf.flask.pk).sales_count == 5


def paid_order(shelf, *wanted):
    amounts = {"goods_amount": 7, "discount_amount": 0, "freight_amount": 0, "payable_amount": 7}
    trade = Trade.objects.create(
        number="1" * 20,
        owner="guest:x",
        checkout_key=uuid.uuid4(),
        contact_phone="13700001234",
        status="PAID",
        paid_at=clock.now(),
        expires_at=clock.now(),
        **amounts,
    )
    order = Order.objects.create(
        number="2" * 20,
        trade=trade,
        merchant=shelf.merchant,
        tax_amount=0,
        status="PAID",
        region_code="330106",
        **amounts,
    )
    for n, (spu, quantity) in enumerate(wanted):
        sku = spu.skus.get()
        OrderLine.objects.create(
            order=order,
            number=f"{order.number}-{n}",
            sku=sku,
            sku_version=sku.version,
            sku_code=sku.code,
            name=sku.code,
            unit_price=1,
            quantity=quantity,
            goods_amount=quantity,
            payable_amount=quantity,
        )
    return order


def test_the_command_writes_everything_anew(shelf, capsys):
    SearchDocument.objects.all().delete()

    call_command("rebuild_search")

    assert "knows 4 products" in capsys.readouterr().out
    assert SearchDocument.objects.count() == 4
