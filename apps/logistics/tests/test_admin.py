import pytest
from django.urls import reverse

from apps.logistics.admin import printing
from apps.logistics.models import (
    CourierRun,
    Parcel,
    ParcelStatus,
)
from apps.logistics.services import ship_order
from apps.logistics.tests.factories import (
    CourierFactory,
    a_paid_order,
    audit_of,
    everything,
)

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
