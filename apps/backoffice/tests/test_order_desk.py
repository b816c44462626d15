from decimal import Decimal

import pytest
from django.urls import reverse

from apps.backoffice.desk.actions import ACTIONS
from apps.checkout.tests.factories import a_paid_trade, a_sku, a_trade
from apps.core.models import AuditEntry, Delivery, DeliveryStatus
from apps.logistics.models import Shipment
from apps.logistics.tests.factories import a_carrier
from apps.orders.models import Order, OrderStatus, Trade
from apps.payments.models import Refund

pytestmark = pytest.mark.django_db

EVERYTHING = [action.permission for action in ACTIONS.values()]


@pytest.fixture
def clerk(operator):
    names = {*EVERYTHING, "orders.view_order", "orders.change_order", "orders.unmask_order"}
    return operator(*names)


@pytest.fixture
def desk(clerk, as_staff):
    return as_staff(clerk)


def page_of(order):
    return reverse("admin:orders_order_change", args=[order.pk])


def act(desk, order, name, **told):
    return desk.post(reverse("admin:orders_order_act", args=[order.pk, name]), told)


@pytest.fixture
def paid(shopper):
    trade, _payment = a_paid_trade(shopper, (a_sku(price="30.00"), 2))
    return trade.orders.get()


def test_one_page_shows_goods_money_and_the_whole_story(desk, paid):
    page = desk.get(page_of(paid)).content.decode()

    assert paid.number in page
    assert "OrderPaid (order.payment, order.paid)" in page
    assert "UNPAID → PAID" in page
    assert "channel-" in page


def test_personal_data_is_masked_and_looking_at_it_is_on_record(desk, paid):
    assert "13912345678" not in desk.get(page_of(paid)).content.decode()

    shown = desk.post(reverse("admin:orders_order_unmask", args=[paid.pk])).content.decode()

    assert "13912345678" in shown
    assert AuditEntry.objects.get().action == "order.unmasked"


def test_only_what_is_possible_now_is_offered(desk, paid, shopper):
    unpaid = a_trade(shopper, (a_sku(), 1)).orders.get()

    page, other = (desk.get(page_of(order)).content.decode() for order in (paid, unpaid))

    assert "/act/ship/" in page
    assert "/act/reprice/" not in page
    assert "/act/reprice/" in other
    assert "/act/ship/" not in other


def test_shipping_from_the_desk(desk, paid):
    line = paid.lines.get()
    carrier = a_carrier("yto")

    answer = act(
        desk,
        paid,
        "ship",
        carrier=carrier.code,
        waybill="YT1234567890123",
        **{f"line_{line.pk}": 1},
    )

    assert answer.status_code == 302, answer.content.decode()
    assert Order.objects.get(pk=paid.pk).status == OrderStatus.PARTIALLY_SHIPPED
    assert Shipment.objects.filter(order=paid, status="SHIPPED").count() == 1


def test_a_refund_by_amount_and_one_that_is_too_much(desk, paid):
    act(desk, paid, "refund", amount="15.50", reason="碎了一个")
    too_much = act(desk, paid, "refund", amount="44.51", reason="还要")

    refund = Refund.objects.get()
    assert (refund.amount, refund.requested_by.nickname) == (
        Decimal("15.50"),
        refund.requested_by.nickname,
    )
    assert too_much.status_code == 200
    assert Order.objects.get(pk=paid.pk).refunding_amount == Decimal("15.50")


def test_a_price_change_needs_the_version_that_was_read(desk, shopper):
    order = a_trade(shopper, (a_sku(price="30.00"), 1)).orders.get()
    told = {
        "reduction": "5.00",
        "freight_amount": "0.00",
        "reason": "老客户",
        "version": order.version,
    }

    first, second = act(desk, order, "reprice", **told), act(desk, order, "reprice", **told)

    assert (first.status_code, second.status_code) == (302, 200)
    assert Trade.objects.get().payable_amount == Decimal("25.00")


def test_without_the_permission_the_button_and_its_command_are_closed(operator, as_staff, paid):
    reader = as_staff(operator("orders.view_order"))

    assert "/act/" not in reader.get(page_of(paid)).content.decode()
    assert act(reader, paid, "cancel", reason="x").status_code == 403
    assert reader.post(reverse("admin:orders_order_unmask", args=[paid.pk])).status_code == 403
    assert not Refund.objects.exists()


def test_merchant_staff_see_their_own_orders_alone(merchant_staff, as_staff, paid, shopper):
    other = a_trade(shopper, (a_sku(), 1)).orders.get()
    mine = as_staff(merchant_staff(paid.merchant, "orders.view_order", "orders.cancel_order"))

    listed = mine.get(reverse("admin:orders_order_changelist")).content.decode()

    assert paid.number in listed
    assert other.number not in listed
    assert mine.get(page_of(paid)).status_code == 200
    assert mine.get(page_of(other)).status_code == 404
    assert act(mine, other, "cancel-unpaid").status_code == 404


@pytest.mark.parametrize("what", ["number", "trade", "phone"])
def test_orders_are_found_by_whole_numbers(desk, paid, shopper, what):
    a_trade(shopper, (a_sku(), 1), contact_phone="13900000000")
    term = {"number": paid.number, "trade": paid.trade.number, "phone": "13912345678"}[what]

    listed = desk.get(reverse("admin:orders_order_changelist"), {"q": term}).content.decode()

    assert paid.number in listed
    assert desk.get(reverse("admin:orders_order_changelist"), {"q": "1391234"}).status_code == 200


def test_the_list_takes_few_statements(desk, shopper, django_assert_max_num_queries):
    for _ in range(5):
        a_trade(shopper, (a_sku(), 1))

    with django_assert_max_num_queries(15):
        assert desk.get(reverse("admin:orders_order_changelist")).status_code == 200


def test_a_stuck_delivery_can_be_sent_again(desk, clerk, paid):
    row = Delivery.objects.filter(status=DeliveryStatus.WAITING).first() or Delivery.objects.first()
    Delivery.objects.filter(pk=row.pk).update(status=DeliveryStatus.STUCK, handler="x.y")
    clerk.is_superuser = True
    clerk.save()

    desk.post(
        reverse("admin:core_delivery_changelist"),
        {"action": "deliver_again", "_selected_action": [row.pk]},
    )

    assert Delivery.objects.get(pk=row.pk).status == DeliveryStatus.WAITING
