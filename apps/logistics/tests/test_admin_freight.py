from decimal import Decimal

import pytest
from django.urls import reverse

from apps.logistics.models import (
    CarrierCall,
    FreightRate,
    FreightTemplate,
    Parcel,
    ParcelProblem,
    Shipment,
)
from apps.logistics.services import draft_shipment, ship_order
from apps.logistics.services.locking import lock_parcel
from apps.logistics.services.problems import open_problem
from apps.logistics.tests.factories import (
    XIHU,
    CourierFactory,
    FreightRateFactory,
    a_paid_order,
    a_region,
    audit_of,
    everything,
)
from apps.orders.models import HoldCode
from apps.orders.services import place_hold

pytestmark = pytest.mark.django_db
ALL = (
    "logistics.view_parcel",
    "logistics.print_label",
    "logistics.ship_order",
    "logistics.void_parcel",
)
LIST = "/admin/logistics/parcel/"


def send_off(order, carrier_code="yto", waybill="YT8812345678901"):
    shipment = ship_order(
        order_id=order.pk,
        quantities=everything(order),
        carrier_code=carrier_code,
        waybill=None if carrier_code == "own" else waybill,
        actor=None,
    )
    return shipment.parcels.get()


@pytest.fixture
def parcel():
    return send_off(a_paid_order())


class TestShippingList:
    URL = "/admin/logistics/shipment/"

    def test_many_orders_get_their_waybills_asked_for_at_once(self, operator, as_staff):
        orders = [a_paid_order() for _ in range(3)]
        for order in orders:
            draft_shipment(order_id=order.pk)
        place_hold(order_id=orders[2].pk, code=HoldCode.RISK)
        browser = as_staff(operator("logistics.view_shipment", "logistics.ship_order"))
        assert (
            orders[0].number in browser.get(self.URL, {"status__exact": "DRAFT"}).content.decode()
        )
        data = {
            "action": "ask_for_waybills",
            "_selected_action": list(Shipment.objects.values_list("pk", flat=True)),
        }

        browser.post(self.URL, data)
        browser.post(self.URL, data)

        prepared = Parcel.objects.values_list("shipment__order_id", flat=True)
        assert sorted(prepared) == [orders[0].pk, orders[1].pk]
        assert CarrierCall.objects.filter(kind="REQUEST", status="WAITING").count() == 2


class TestProblems:
    def test_a_problem_is_closed_from_the_list(self, operator, as_staff, parcel):
        open_problem(lock_parcel(parcel.pk), "TROUBLE", "电话无人接听")
        browser = as_staff(
            operator("logistics.view_parcelproblem", "logistics.close_parcelproblem")
        )
        url = "/admin/logistics/parcelproblem/"
        assert "电话无人接听" in browser.get(url, {"open": "yes"}).content.decode()
        assert "电话无人接听" not in browser.get(url, {"open": "no"}).content.decode()

        problem = ParcelProblem.objects.get()
        browser.post(url, {"action": "close", "_selected_action": [problem.pk]})

        problem.refresh_from_db()
        assert problem.closed_at is not None

    def test_a_stuck_call_is_tried_again(self, operator, as_staff, parcel):
        CarrierCall.objects.update(status="STUCK", attempts=8)
        browser = as_staff(operator("logistics.view_carriercall", "logistics.ship_order"))
        call = CarrierCall.objects.get()
        url = "/admin/logistics/carriercall/"
        assert browser.get(url).status_code == 200

        browser.post(url, {"action": "try_again", "_selected_action": [call.pk]})

        call.refresh_from_db()
        assert (call.status, call.attempts) == ("WAITING", 0)


class TestFreight:
    PERMISSIONS = [
        f"logistics.{verb}_{model}"
        for verb in ("view", "add", "change")
        for model in ("freighttemplate", "freightrate")
    ]

    @pytest.fixture
    def browser(self, operator, as_staff):
        a_region(XIHU)
        return as_staff(operator(*self.PERMISSIONS))

    def save(self, browser, template, *rates):
        data = {
            "merchant": template.merchant_id,
            "name": "普通包裹",
            "charge_by": "PIECE",
            "free_amount": "99.00",
            "free_quantity": "",
            "shipping_class": "",
            "rates-TOTAL_FORMS": len(rates),
            "rates-INITIAL_FORMS": template.rates.count(),
        }
        for place, (rate, codes, fee) in enumerate(rates):
            data |= {
                f"rates-{place}-id": rate.pk if rate else "",
                f"rates-{place}-template": template.pk,
                f"rates-{place}-region_codes": codes,
                f"rates-{place}-first_units": 1,
                f"rates-{place}-first_fee": fee,
                f"rates-{place}-extra_units": 1,
                f"rates-{place}-extra_fee": "2.00",
            }
        url = reverse("admin:logistics_freighttemplate_change", args=[template.pk])
        return browser.post(url, data)

    def test_a_template_and_its_rates_are_saved(self, browser):
        rate = FreightRateFactory()

        answer = self.save(
            browser, rate.template, (rate, "", "9.00"), (None, "330100, 330106 330000", "6.00")
        )

        assert answer.status_code == 302
        template = FreightTemplate.objects.get()
        assert template.free_amount == Decimal("99.00")
        rates = [(each.region_codes, each.first_fee) for each in template.rates.order_by("pk")]
        assert rates == [
            ([], Decimal("9.00")),
            (["330000", "330100", "330106"], Decimal("6.00")),
        ]
        assert audit_of(template)[0].action == "freight.saved"

    @pytest.mark.parametrize(
        ("codes", "fee"),
        [
            ("330106, 999999", "6.00"),
            ("浙江", "6.00"),
            ("330106", "-1"),
            ("330106", "6.001"),
            ("330106", "NaN"),
            ("", "6.00"),
        ],
    )
    def test_what_makes_no_sense_is_told_and_changes_nothing(self, browser, codes, fee):
        rate = FreightRateFactory()

        answer = self.save(browser, rate.template, (rate, "", "9.00"), (None, codes, fee))

        assert answer.status_code == 200
        assert FreightRate.objects.get().first_fee == Decimal("8.00")

    @pytest.mark.parametrize(
        "model", ["carrier", "courier", "dispatchaddress", "freighttemplate", "carrierpush"]
    )
    def test_every_list_opens(self, operator, as_staff, model):
        CourierFactory()
        browser = as_staff(operator(f"logistics.view_{model}"))

        assert browser.get(f"/admin/logistics/{model}/").status_code == 200
