from decimal import Decimal

import pytest
from django.urls import reverse

from apps.logistics.admin import printing
from apps.logistics.models import (
    CarrierCall,
    CourierRun,
    FreightRate,
    FreightTemplate,
    Parcel,
    ParcelProblem,
    ParcelStatus,
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


@pytest.fixture
def desk(operator, as_staff):
    return as_staff(operator(*ALL))


def act(parcel, name):
    return reverse("admin:logistics_parcel_act", args=[parcel.pk, name])


def print_labels(browser, *parcels, action="print_labels"):
    data = {"action": action, "_selected_action": [parcel.pk for parcel in parcels]}
    return browser.post(LIST, data)


class TestPrinting:
    def test_labels_come_as_a_pdf_and_are_on_record(self, desk, parcel):
        answer = print_labels(desk, parcel, send_off(a_paid_order(), "own"))

        assert answer.headers["Content-Type"] == "application/pdf"
        assert answer.content.startswith(b"%PDF-")
        assert answer.content.count(b"/Type /Page\n") == 2
        parcel.refresh_from_db()
        assert parcel.status == ParcelStatus.LABEL_PRINTED
        assert [entry.action for entry in audit_of(parcel)] == ["parcel.label_printed"]

        print_labels(desk, parcel)  # again, on another printer

        parcel.refresh_from_db()
        assert parcel.status == ParcelStatus.LABEL_PRINTED
        assert len(audit_of(parcel)) == 2

    def test_without_a_font_the_browser_prints(self, desk, parcel, monkeypatch):
        monkeypatch.setattr(printing, "find_paper_font", lambda: None)

        page = print_labels(desk, parcel).content.decode()

        assert "13900000002" in page
        assert "科技园 1 栋" in page
        assert page.count("<article") == 1
        assert "<rect" in page
        assert " style=" not in page
        assert "<script" not in page

    @pytest.mark.parametrize("has_font", [True, False])
    def test_packing_lists(self, desk, parcel, monkeypatch, has_font):
        if not has_font:
            monkeypatch.setattr(printing, "find_paper_font", lambda: None)

        answer = print_labels(desk, parcel, action="print_packing_lists")

        assert answer.status_code == 200
        assert has_font or "请放门口" in answer.content.decode()

    def test_a_parcel_without_a_waybill_has_no_label_yet(self, desk, parcel):
        Parcel.objects.filter(pk=parcel.pk).update(waybill="")

        answer = print_labels(desk, parcel)

        assert answer.status_code == 302
        parcel.refresh_from_db()
        assert parcel.status == ParcelStatus.CREATED
        assert audit_of(parcel) == []

    def test_at_most_200_at_once(self, desk, parcel, settings):
        settings.LOGISTICS_LABELS_AT_ONCE = 1

        assert print_labels(desk, parcel, send_off(a_paid_order(), "own")).status_code == 302

        parcel.refresh_from_db()
        assert parcel.status == ParcelStatus.CREATED

    def test_one_label_from_the_parcels_page(self, desk, parcel):
        url = reverse("admin:logistics_parcel_label", args=[parcel.pk])

        assert desk.get(url).status_code == 403
        assert desk.post(url).headers["Content-Type"] == "application/pdf"

    def test_nobody_prints_without_permission(self, operator, as_staff, parcel):
        browser = as_staff(operator("logistics.view_parcel"))

        print_labels(browser, parcel)
        url = reverse("admin:logistics_parcel_label", args=[parcel.pk])
        assert browser.post(url).status_code == 403

        parcel.refresh_from_db()
        assert parcel.status == ParcelStatus.CREATED
        assert audit_of(parcel) == []


class TestParcels:
    def test_the_list_and_the_page_open(self, desk, parcel):
        assert parcel.waybill in desk.get(LIST).content.decode()
        assert parcel.waybill in desk.get(LIST, {"q": parcel.waybill}).content.decode()
        order_number = parcel.shipment.order.number
        assert parcel.waybill in desk.get(LIST, {"q": order_number}).content.decode()
        page = desk.get(f"{LIST}{parcel.pk}/change/").content.decode()
        assert "青瓷茶杯" in page
        assert "张三" not in page

    def test_a_waybill_is_corrected_at_the_desk(self, desk, parcel):
        carrier = parcel.carrier
        data = {"carrier": carrier.pk, "waybill": "YT8812345678902", "reason": "typo"}

        assert desk.get(act(parcel, "correction")).status_code == 200
        assert desk.post(act(parcel, "correction"), data).status_code == 302

        parcel.refresh_from_db()
        assert parcel.waybill == "YT8812345678902"

    def test_a_refusal_is_told_and_the_form_stays(self, desk, parcel):
        data = {"carrier": parcel.carrier_id, "waybill": "nonsense", "reason": "typo"}

        answer = desk.post(act(parcel, "correction"), data)

        assert answer.status_code == 200
        assert "nonsense" in answer.content.decode()
        parcel.refresh_from_db()
        assert parcel.waybill == "YT8812345678901"

    def test_a_parcel_is_voided_at_the_desk(self, desk, parcel):
        assert desk.post(act(parcel, "voiding"), {"reason": "wrong goods"}).status_code == 302

        parcel.refresh_from_db()
        assert parcel.status == ParcelStatus.VOIDED
        assert desk.post(act(parcel, "voiding"), {"reason": "again"}).status_code == 302

    def test_a_courier_is_assigned_at_the_desk(self, desk):
        parcel = send_off(a_paid_order(), "own")
        courier = CourierFactory(merchant=parcel.merchant)
        stranger = CourierFactory()

        answer = desk.post(act(parcel, "assignment"), {"courier": stranger.pk})
        assert answer.status_code == 200
        desk.post(act(parcel, "assignment"), {"courier": courier.pk})
        desk.post(act(parcel, "code"))

        assert CourierRun.objects.get().courier == courier
        assert [entry.action for entry in audit_of(parcel)] == ["parcel.sign_code_renewed"]

    @pytest.mark.parametrize("name", ["correction", "voiding", "loss", "return", "nonsense"])
    def test_who_only_looks_does_nothing(self, operator, as_staff, parcel, name):
        browser = as_staff(operator("logistics.view_parcel"))

        assert browser.post(act(parcel, name), {"reason": "x"}).status_code == 403

        parcel.refresh_from_db()
        assert parcel.status == ParcelStatus.CREATED

    def test_a_merchants_staff_see_their_own_parcels(self, merchant_staff, as_staff, parcel):
        other = send_off(a_paid_order(), "own")
        browser = as_staff(merchant_staff(parcel.merchant, *ALL))

        page = browser.get(LIST).content.decode()

        assert parcel.waybill in page
        assert other.waybill not in page
        assert browser.get(f"{LIST}{other.pk}/change/").status_code == 404
        assert browser.post(act(other, "voiding"), {"reason": "x"}).status_code == 404
        url = reverse("admin:logistics_parcel_label", args=[other.pk])
        assert browser.post(url).status_code == 404
        print_labels(browser, other)
        other.refresh_from_db()
        assert other.status == ParcelStatus.CREATED

    @pytest.mark.parametrize("key", ["0", "99999999", "abc", "１", "1e5"])
    def test_an_unknown_parcel_is_not_found(self, desk, key):
        assert desk.get(f"{LIST}{key}/change/").status_code == 404


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
