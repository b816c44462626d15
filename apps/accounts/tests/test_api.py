import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from apps.accounts.models import Address, Audience, TokenFamily, User
from apps.accounts.tests.factories import AddressFactory, a_district
from apps.accounts.tests.test_passwords import code_sent
from apps.accounts.tests.test_profile import picture

pytestmark = pytest.mark.django_db

API = "/api/v1"
PLACE = {
    "recipient": "王小明",
    "phone": "13912345678",
    "region_code": "330106",
    "street": "文三路 100 号",
}


def test_from_nothing_to_a_profile(api_client):
    api = api_client()

    pair = api.post(
        f"{API}/registrations/",
        {"contact": "13812345678", "password": "calm-river-42", "nickname": "小明"},
    )
    api.credentials(HTTP_AUTHORIZATION=f"Bearer {pair.json()['access']}")
    profile = api.get(f"{API}/profile/")

    assert pair.status_code == 201
    assert pair["Cache-Control"] == "no-store"
    assert profile.json() == {
        "nickname": "小明",
        "phone": "138****5678",
        "email": "",
        "avatar": None,
        "birthday": None,
        "gender": "UNSAID",
        "language": "zh-hans",
        "wants_marketing": False,
        "joined_at": profile.json()["joined_at"],
    }


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({}, 400, "VALIDATION_FAILED"),
        ({"contact": "13812345678", "password": "calm-river-42"}, 409, "CONTACT_TAKEN"),
        ({"contact": "13900000000", "password": "12345678"}, 400, "WEAK_PASSWORD"),
        ({"contact": "nobody", "password": "calm-river-42"}, 400, "INVALID_CONTACT"),
        ({"contact": "13900000000", "password": "x" * 129}, 400, "VALIDATION_FAILED"),
        ({"contact": "13900000000", "password": "a\0bcdefgh"}, 400, "MALFORMED_REQUEST"),
        ({"contact": ["13900000000"], "password": "calm-river-42"}, 400, "VALIDATION_FAILED"),
        ({"contact": 13900000000, "password": "calm-river-42"}, 400, "VALIDATION_FAILED"),
        ({"contact": "13900000000", "password": True}, 400, "VALIDATION_FAILED"),
        ({"contact": None, "password": None}, 400, "VALIDATION_FAILED"),
    ],
)
def test_a_registration_that_cannot_be(api_client, shopper, body, status, code):
    answer = api_client().post(f"{API}/registrations/", body)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert set(answer.json()) == {"code", "message", "details", "request_id"}
    assert User.objects.count() == 1


def test_nobody_registers_as_staff(api_client):
    api_client().post(
        f"{API}/registrations/",
        {"contact": "13812345678", "password": "calm-river-42", "is_staff": True, "id": 1},
    )

    assert not User.objects.get().is_staff


def test_signing_in_and_rotating(api_client, shopper):
    api = api_client()
    first = api.post(f"{API}/tokens/", {"contact": shopper.phone, "password": "calm-river-42"})
    second = api.post(f"{API}/tokens/refresh/", {"refresh": first.json()["refresh"]})
    again = api.post(f"{API}/tokens/refresh/", {"refresh": first.json()["refresh"]})
    after = api.post(f"{API}/tokens/refresh/", {"refresh": second.json()["refresh"]})

    assert [each.status_code for each in (first, second, again, after)] == [201, 201, 401, 401]
    assert again.json()["code"] == "REFRESH_TOKEN_INVALID"
    assert TokenFamily.objects.get().is_reused


def test_five_wrong_passwords_lock(api_client, shopper):
    api, body = api_client(), {"contact": shopper.phone, "password": "wrong"}
    answers = [api.post(f"{API}/tokens/", body) for _ in range(5)]

    locked = api.post(f"{API}/tokens/", body | {"password": "calm-river-42"})

    assert {answer.json()["code"] for answer in answers} == {"WRONG_CREDENTIALS"}
    assert (locked.status_code, locked.json()["code"]) == (429, "ACCOUNT_LOCKED")
    assert int(locked["Retry-After"]) > 800
    assert not TokenFamily.objects.exists()


def test_revoking_signs_the_app_out(api_client, shopper):
    api = api_client()
    pair = api.post(
        f"{API}/tokens/", {"contact": shopper.phone, "password": "calm-river-42"}
    ).json()
    api.credentials(HTTP_AUTHORIZATION=f"Bearer {pair['access']}")

    assert api.post(f"{API}/tokens/revocation/", {"refresh": pair["refresh"]}).status_code == 204
    assert api.get(f"{API}/profile/").status_code == 401


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer a b", "Bearer x", "bearer \xff", "Basic eA==", "Token x"]
)
def test_without_a_good_token_every_door_is_shut(api_client, shopper, header):
    api = api_client()
    if header:
        api.credentials(HTTP_AUTHORIZATION=header)

    for path in ("profile/", "addresses/", "sessions/"):
        answer = api.get(f"{API}/{path}")
        assert answer.status_code == 401
        assert answer["WWW-Authenticate"].startswith("Bearer")
        assert answer.json()["code"] in {"NOT_AUTHENTICATED", "TOKEN_INVALID"}


def test_a_session_cookie_opens_no_door_of_the_api(client, shopper):
    client.force_login(shopper)

    assert client.get(f"{API}/profile/").status_code == 401


def test_staff_tokens_need_the_second_factor(api_client, operator):
    boss = operator(phone="13911112222")
    device = TOTPDevice.objects.create(user=boss, name="phone", confirmed=True)
    body = {"contact": boss.phone, "password": "calm-river-42", "audience": "staff"}
    api = api_client()

    with override_settings(STAFF_SECOND_FACTOR=True):
        without = api.post(f"{API}/tokens/", body)
        wrong = api.post(f"{API}/tokens/", body | {"second_factor": "000000"})
        device.throttle_reset()
        code = f"{totp(device.bin_key):06d}"
        right = api.post(f"{API}/tokens/", body | {"second_factor": code})

    assert [each.status_code for each in (without, wrong, right)] == [401, 401, 201]
    assert wrong.json()["code"] == "SECOND_FACTOR_WRONG"
    assert TokenFamily.objects.get().audience == Audience.STAFF


def test_a_staff_token_opens_no_shoppers_door(api_client, operator):
    assert api_client(operator(), Audience.STAFF).get(f"{API}/profile/").status_code == 401


def test_shoppers_get_no_staff_token(api_client, shopper):
    answer = api_client().post(
        f"{API}/tokens/",
        {"contact": shopper.phone, "password": "calm-river-42", "audience": "staff"},
    )

    assert (answer.status_code, answer.json()["code"]) == (403, "FORBIDDEN")
    assert not TokenFamily.objects.exists()


def test_a_profile_is_changed_in_part(api_client, shopper):
    api = api_client(shopper)

    answer = api.patch(f"{API}/profile/", {"birthday": "1990-02-28", "wants_marketing": True})

    assert answer.status_code == 200
    assert (answer.json()["nickname"], answer.json()["birthday"]) == ("小明", "1990-02-28")
    shopper.refresh_from_db()
    assert shopper.marketing_consent_at is not None


@pytest.mark.parametrize(
    "body",
    [
        {"birthday": "9999-12-31"},
        {"birthday": "0001-01-01"},
        {"birthday": "1990-02-28T00:00:00Z"},
        {"nickname": "x" * 41},
        {"nickname": None},
        {"gender": "X"},
        {"language": "xx"},
        {"wants_marketing": "perhaps"},
    ],
)
def test_a_profile_that_cannot_be(api_client, shopper, body):
    answer = api_client(shopper).patch(f"{API}/profile/", body)

    assert answer.status_code == 400
    shopper.refresh_from_db()
    assert (shopper.nickname, shopper.birthday, shopper.token_version) == ("小明", None, 0)


def test_a_picture_is_sent(api_client, shopper):
    api = api_client(shopper)
    file = SimpleUploadedFile("me.png", picture(), "image/png")

    put = api.put(f"{API}/profile/avatar/", {"file": file}, format="multipart")
    bad = api.put(
        f"{API}/profile/avatar/", {"file": SimpleUploadedFile("a", b"no")}, format="multipart"
    )
    none = api.put(f"{API}/profile/avatar/", {"file": "text"}, format="multipart")
    gone = api.delete(f"{API}/profile/avatar/")

    assert put.json()["avatar"].startswith("/media/avatars/")
    assert [each.json()["code"] for each in (bad, none)] == ["BAD_PICTURE"] * 2
    shopper.refresh_from_db()
    assert (gone.status_code, bool(shopper.avatar)) == (204, False)


def test_a_password_is_changed_and_every_token_ends(api_client, shopper):
    api = api_client(shopper)

    wrong = api.put(f"{API}/password/", {"current": "no", "new": "quiet-hill-77"})
    right = api.put(f"{API}/password/", {"current": "calm-river-42", "new": "quiet-hill-77"})

    assert (wrong.json()["code"], right.status_code) == ("WRONG_PASSWORD", 204)
    assert api.get(f"{API}/profile/").status_code == 401


def test_a_password_is_reset_by_code(api_client, shopper):
    api = api_client()
    asked = api.post(f"{API}/password-resets/", {"contact": shopper.phone})
    stranger = api.post(f"{API}/password-resets/", {"contact": "13900000000"})
    again = api.post(f"{API}/password-resets/", {"contact": shopper.phone})
    body = {"contact": shopper.phone, "code": code_sent(), "password": "quiet-hill-77"}

    done = api.post(f"{API}/password-resets/confirmation/", body)
    twice = api.post(f"{API}/password-resets/confirmation/", body)

    assert [each.status_code for each in (asked, stranger, again)] == [202, 202, 429]
    assert asked.content == stranger.content
    assert (done.status_code, twice.json()["code"]) == (204, "WRONG_CODE")
    shopper.refresh_from_db()
    assert shopper.check_password("quiet-hill-77")


def test_sessions_are_listed_and_closed(api_client, shopper, other_shopper):
    here, there, theirs = api_client(shopper), api_client(shopper), api_client(other_shopper)
    rows = here.get(f"{API}/sessions/").json()
    foreign = theirs.get(f"{API}/sessions/").json()[0]["id"]

    refused = here.delete(f"{API}/sessions/{foreign}/")
    everything = here.delete(f"{API}/sessions/")

    assert len(rows) == 2
    assert (refused.status_code, everything.status_code) == (404, 204)
    assert there.get(f"{API}/profile/").status_code == 401
    assert theirs.get(f"{API}/profile/").status_code == 200


def test_the_address_book(api_client, shopper):
    a_district()
    api = api_client(shopper)
    made = api.post(f"{API}/addresses/", PLACE)
    changed = api.put(f"{API}/addresses/{made.json()['id']}/", PLACE | {"street": "天目山路 1 号"})

    assert made.status_code == 201
    assert made.json() == PLACE | {
        "id": made.json()["id"],
        "region_path": ["浙江省", "杭州市", "西湖区"],
        "is_default": True,
    }
    assert changed.json()["street"] == "天目山路 1 号"
    assert api.get(f"{API}/addresses/").json() == [changed.json()]
    assert api.delete(f"{API}/addresses/{made.json()['id']}/").status_code == 204
    assert api.get(f"{API}/addresses/").json() == []


def test_the_same_key_adds_one_address(api_client, shopper):
    a_district()
    api = api_client(shopper)
    key = {"HTTP_IDEMPOTENCY_KEY": "4f6d1c1e-aaaa"}

    first = api.post(f"{API}/addresses/", PLACE, **key)
    second = api.post(f"{API}/addresses/", PLACE, **key)
    other = api.post(f"{API}/addresses/", PLACE | {"street": "x"}, **key)

    assert first.json() == second.json()
    assert second["Idempotent-Replayed"] == "true"
    assert (other.status_code, other.json()["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")
    assert Address.objects.count() == 1


@pytest.mark.parametrize("method", ["get", "put", "delete"])
def test_another_shoppers_address_is_404(api_client, shopper, other_shopper, method):
    theirs = AddressFactory(user=other_shopper)

    answer = getattr(api_client(shopper), method)(f"{API}/addresses/{theirs.pk}/", PLACE)

    assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND")
    theirs.refresh_from_db()
    assert theirs.user == other_shopper


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "VALIDATION_FAILED"),
        (PLACE | {"region_code": "330100"}, "INVALID_INPUT"),
        (PLACE | {"phone": "0571-1234"}, "INVALID_INPUT"),
        (PLACE | {"street": "a\nb"}, "INVALID_INPUT"),
        (PLACE | {"is_default": "perhaps"}, "VALIDATION_FAILED"),
        (PLACE | {"recipient": {"a": 1}}, "VALIDATION_FAILED"),
    ],
)
def test_an_address_that_cannot_be(api_client, shopper, body, code):
    a_district()

    answer = api_client(shopper).post(f"{API}/addresses/", body)

    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert not Address.objects.exists()


def test_an_address_has_no_other_owner(api_client, shopper, other_shopper):
    a_district()

    api_client(shopper).post(f"{API}/addresses/", PLACE | {"user": other_shopper.pk, "id": 7})

    assert Address.objects.get().user == shopper


@pytest.mark.parametrize("pk", ["0", "99999999999999999999999999", "-1", "１", "abc"])
def test_an_id_that_is_none_is_404(api_client, shopper, pk):
    assert api_client(shopper).get(f"{API}/addresses/{pk}/").status_code == 404
