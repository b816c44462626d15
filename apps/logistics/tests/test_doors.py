import json

import pytest
from django.urls import reverse

from apps.accounts.tests.factories import UserFactory
from apps.logistics.carriers.adapter import CarrierEvent, Step
from apps.logistics.carriers.kd100.pushes import push_signature
from apps.logistics.models import CarrierPush, ParcelStatus, RunStatus
from apps.logistics.selectors import parcels_by_order, shipments_by_order
from apps.logistics.services import assign_courier, record_events, ship_order, void_parcel
from apps.logistics.tests.factories import CourierFactory, a_paid_order, everything

pytestmark = pytest.mark.django_db
YTO = "YT8812345678901"
SALT = "salt-of-tests"


def send_off(order, carrier_code="yto", waybill=YTO, quantities=None):
    shipment = ship_order(
        order_id=order.pk,
        quantities=quantities or everything(order),
        carrier_code=carrier_code,
        waybill=waybill if carrier_code != "own" else None,
        actor=None,
    )
    return shipment.parcels.get()


def an_event(at, step, text):
    return CarrierEvent(at=at, code="", step=Step(step), text=text, place="深圳市")


def a_push(code="5", waybill=YTO):
    line = {"ftime": "2026-11-20 18:00:00", "context": "派件", "statusCode": code}
    last = {"com": "yuantong", "nu": waybill, "state": code, "data": [line]}
    return json.dumps({"status": "polling", "message": "", "lastResult": last})


class TestPushes:
    url = "/carriers/kd100/pushes/"

    @pytest.fixture
    def parcel(self, settings):
        settings.KD100_SALT = SALT
        return send_off(a_paid_order())

    def post(self, client, param, signature):
        return client.post(self.url, {"param": param, "sign": signature})

    def test_a_signed_push_moves_the_parcel_and_is_answered_in_kuaidi100s_words(
        self, client, parcel
    ):
        answer = self.post(client, a_push(), push_signature(a_push(), SALT))

        assert (answer.status_code, answer.json()["result"]) == (200, True)
        assert answer.json()["returnCode"] == "200"
        parcel.refresh_from_db()
        assert parcel.status == ParcelStatus.DELIVERING

    @pytest.mark.parametrize(
        ("param", "signature"),
        [
            (a_push(), "0" * 32),
            (a_push("3"), push_signature(a_push("5"), SALT)),
            ("", ""),
            ("{}", push_signature("{}", SALT)),
            ("[" * 50_000, push_signature("[" * 50_000, SALT)),
            (a_push(waybill="x\0"), push_signature(a_push(waybill="x\0"), SALT)),
        ],
    )
    def test_anything_else_is_refused_without_a_trace(self, client, parcel, param, signature):
        answer = self.post(client, param, signature)

        assert (answer.status_code, answer.json()["result"]) == (403, False)
        assert not CarrierPush.objects.exists()
        parcel.refresh_from_db()
        assert parcel.status == ParcelStatus.CREATED

    def test_without_a_salt_nothing_is_believed(self, client, parcel, settings):
        settings.KD100_SALT = ""

        answer = self.post(client, a_push(), push_signature(a_push(), ""))

        assert answer.status_code == 403
        assert not CarrierPush.objects.exists()

    def test_only_a_post_is_a_push(self, client, parcel):
        assert client.get(self.url).status_code == 405

    def test_what_was_kept_is_answered_with_yes_even_if_it_cannot_be_applied_now(
        self, client, parcel, monkeypatch
    ):
        def stumble(*, push_id):
            raise RuntimeError("the row is locked")

        monkeypatch.setattr("apps.logistics.api.pushes.apply_push", stumble)

        answer = self.post(client, a_push(), push_signature(a_push(), SALT))

        assert answer.json()["result"] is True
        assert CarrierPush.objects.get().applied_at is None


class TestApi:
    def test_a_shopper_sees_what_was_sent_with_its_track(
        self, shopper, api_client, django_assert_max_num_queries
    ):
        order = a_paid_order(shopper=shopper, quantities=(2, 3))
        parcel = send_off(order)
        at = parcel.created_at.replace(microsecond=0)
        record_events(
            parcel_id=parcel.pk, waybill=YTO, events=[an_event(at, "PICKED_UP", "已揽收")]
        )
        client = api_client(shopper)

        with django_assert_max_num_queries(9):
            answer = client.get("/api/v1/shipments/", {"order": order.number})

        (shipment,) = answer.json()["results"]
        assert shipment["order"] == order.number
        assert [line["quantity"] for line in shipment["lines"]] == [2, 3]
        (found,) = shipment["parcels"]
        assert (found["waybill"], found["status"]) == (YTO, "PICKED_UP")
        assert found["carrier"] == {"code": "yto", "name": "圆通速递", "phone": "95554"}
        assert [event["text"] for event in found["events"]] == ["已揽收"]
        one = client.get(f"/api/v1/shipments/{shipment['number']}/")
        assert one.json() == shipment

    def test_strangers_see_nothing(self, shopper, other_shopper, api_client):
        order = a_paid_order(shopper=shopper)
        number = send_off(order).shipment.number

        assert api_client().get("/api/v1/shipments/").status_code == 401
        client = api_client(other_shopper)
        assert client.get("/api/v1/shipments/").json()["results"] == []
        answer = client.get("/api/v1/shipments/", {"order": order.number})
        assert answer.json()["results"] == []
        assert client.get(f"/api/v1/shipments/{number}/").status_code == 404

    @pytest.mark.parametrize("order", ["x" * 21, "％", "1" * 1000, "\u202e"])
    def test_a_bad_order_number_is_no_error_of_ours(self, shopper, api_client, order):
        answer = api_client(shopper).get("/api/v1/shipments/", {"order": order})

        assert answer.status_code in {200, 400}
        assert answer.json().get("results", []) == []

    @pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
    def test_nothing_is_changed_through_it(self, shopper, api_client, method):
        assert getattr(api_client(shopper), method)("/api/v1/shipments/").status_code == 405

    def test_what_was_voided_is_not_shown(self, shopper, api_client):
        order = a_paid_order(shopper=shopper)
        void_parcel(parcel_id=send_off(order).pk, reason="", actor=None)

        assert api_client(shopper).get("/api/v1/shipments/").json()["results"] == []


class TestTracks:
    def test_parcels_of_many_orders_take_the_same_few_statements(self, django_assert_num_queries):
        orders = [a_paid_order() for _ in range(3)]
        for place, order in enumerate(orders[:2]):
            parcel = send_off(order, waybill=f"YT881234567890{place}")
            at = parcel.created_at.replace(microsecond=0)
            record_events(
                parcel_id=parcel.pk,
                waybill=parcel.waybill,
                events=[an_event(at, "PICKED_UP", "已揽收"), an_event(at, "SIGNED", "已签收")],
            )

        with django_assert_num_queries(5):
            tracks = parcels_by_order([order.pk for order in orders])
        with django_assert_num_queries(5):
            shipments = shipments_by_order([order.pk for order in orders])

        assert set(tracks) == set(shipments) == {orders[0].pk, orders[1].pk}
        (track,) = tracks[orders[0].pk]
        assert (track.status, track.state_tone, track.sign_code) == ("SIGNED", "good", "")
        assert track.contents == "青瓷茶杯 × 2，青瓷茶杯 × 3"
        assert [event.title for event in track.events] == ["已签收", "已揽收"]

    def test_the_code_is_shown_until_the_parcel_is_handed_over(self):
        order = a_paid_order()
        parcel = send_off(order, carrier_code="own")

        (track,) = parcels_by_order([order.pk])[order.pk]

        assert track.sign_code == parcel.sign_code

    def test_two_parcels_are_numbered(self):
        order = a_paid_order()
        first = next(iter(everything(order)))
        send_off(order, quantities={first: 1})
        send_off(order, waybill="YT8812345678902")

        labels = [track.label for track in parcels_by_order([order.pk])[order.pk]]

        assert labels == ["包裹 1/2", "包裹 2/2"]


class TestCouriersPage:
    @pytest.fixture
    def run(self):
        parcel = send_off(a_paid_order(), carrier_code="own")
        courier = CourierFactory(merchant=parcel.merchant, user=UserFactory())
        return assign_courier(parcel_id=parcel.pk, courier_id=courier.pk, actor=None)

    def test_a_courier_does_a_whole_run_on_the_page(self, client, run):
        client.force_login(run.courier.user)
        page = client.get("/courier/")
        assert run.parcel.number in page.content.decode()
        assert "张三" in page.content.decode()

        for name, data in [
            ("courier-accept", {}),
            ("courier-pick-up", {}),
            ("courier-sign", {"code": run.parcel.sign_code}),
        ]:
            answer = client.post(reverse(name, args=[run.pk]), data)
            assert answer.url == "/courier/"

        run.refresh_from_db()
        assert run.status == RunStatus.SIGNED
        assert run.parcel.number not in client.get("/courier/").content.decode()

    def test_a_wrong_code_is_told_and_counted(self, client, run):
        client.force_login(run.courier.user)
        client.post(reverse("courier-accept", args=[run.pk]))
        client.post(reverse("courier-pick-up", args=[run.pk]))

        client.post(reverse("courier-sign", args=[run.pk]), {"code": "x"})

        run.refresh_from_db()
        assert (run.status, run.wrong_codes) == (RunStatus.PICKED_UP, 1)

    @pytest.mark.parametrize(
        "name", ["courier-accept", "courier-pick-up", "courier-sign", "courier-withdraw"]
    )
    def test_nobody_does_anothers_run(self, client, shopper, run, name):
        url = reverse(name, args=[run.pk])
        assert client.post(url).status_code == 302
        client.force_login(shopper)

        assert client.post(url).status_code == 404
        run.refresh_from_db()
        assert run.status == RunStatus.ASSIGNED

    def test_strangers_are_asked_who_they_are(self, client):
        assert client.get("/courier/").status_code == 302
