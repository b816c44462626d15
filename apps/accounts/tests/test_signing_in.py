from datetime import timedelta

import pytest
from django.contrib.auth import authenticate
from django.test import Client, override_settings
from redis.exceptions import ConnectionError as RedisAway

from apps.accounts import backends, login_guard
from apps.accounts.contacts import InvalidContact
from apps.accounts.models import LoginFailure, User, UserSession
from apps.accounts.services import ContactTaken, WeakPassword, register_user
from apps.core import clock

pytestmark = pytest.mark.django_db

RIGHT = "calm-river-42"
SIGN_IN, SIGN_UP = "/account/sign-in/", "/account/sign-up/"


def sign_in(client, password=RIGHT, contact="13812345678", **extra):
    return client.post(SIGN_IN, {"contact": contact, "password": password}, **extra)


@pytest.mark.parametrize(
    ("contact", "phone", "email"),
    [
        ("13812345678", "13812345678", ""),
        (" +86 138-1234-5678 ", "13812345678", ""),
        ("Wang@Example.COM", "", "wang@example.com"),
    ],
)
def test_somebody_registers(contact, phone, email):
    user = register_user(contact=contact, password="calm-river-42", nickname="小明 👩‍🚀")

    user.refresh_from_db()
    assert (user.phone, user.email, user.nickname) == (phone, email, "小明 👩‍🚀")
    assert user.check_password("calm-river-42")
    assert not user.is_staff


@pytest.mark.parametrize(
    ("contact", "password", "refusal"),
    [
        ("12812345678", "calm-river-42", InvalidContact),
        ("1381234567", "calm-river-42", InvalidContact),
        ("１３８１２３４５６７８", "calm-river-42", InvalidContact),
        ("13812345678x", "calm-river-42", InvalidContact),
        ("a@", "calm-river-42", InvalidContact),
        ("a" * 250 + "@b.example", "calm-river-42", InvalidContact),
        ("", "calm-river-42", InvalidContact),
        ("13812345678", "short1", WeakPassword),
        ("13812345678", "password", WeakPassword),
        ("13812345678", "7412589630", WeakPassword),
        ("13812345678", "13812345678", WeakPassword),
        ("13812345678", "x1" * 65, WeakPassword),
    ],
)
def test_what_cannot_be_an_account_is_refused(contact, password, refusal):
    with pytest.raises(refusal):
        register_user(contact=contact, password=password)

    assert not User.objects.exists()


@pytest.mark.parametrize("contact", ["13812345678", "+8613812345678"])
def test_a_contact_belongs_to_one_account(shopper, contact):
    with pytest.raises(ContactTaken):
        register_user(contact=contact, password="calm-river-42")

    assert User.objects.count() == 1


def test_the_case_of_an_email_address_makes_no_difference():
    register_user(contact="a@b.example", password="calm-river-42")

    with pytest.raises(ContactTaken):
        register_user(contact="A@B.example", password="calm-river-42")


@pytest.mark.parametrize("password", ["密码🔐" * 20, "x" * 73 + "-long", "tab\tand space "])
def test_any_text_is_a_password(password):
    with override_settings(
        PASSWORD_HASHERS=["django.contrib.auth.hashers.BCryptSHA256PasswordHasher"]
    ):
        user = register_user(contact="13812345678", password=password)

        assert user.password.startswith("bcrypt_sha256$")
        assert authenticate(None, username="13812345678", password=password) == user
        assert authenticate(None, username="13812345678", password=password[:-1]) is None


def test_signing_in_opens_a_session_that_knows_whose_it_is(client, shopper):
    answer = sign_in(client, headers={"user-agent": "Mozilla/5.0 (Windows NT 10.0) Chrome/140"})

    session = UserSession.objects.get()
    assert (answer.status_code, answer.url) == (302, "/")
    assert (session.user_id, session.ip) == (shopper.pk, "127.0.0.1")
    assert "Chrome/140" in session.agent


def test_signing_in_changes_the_session_key(client, shopper):
    session = client.session
    session["basket"] = "kept"
    session.save()
    before = session.session_key

    sign_in(client)

    assert client.session.session_key != before
    assert client.session["basket"] == "kept"


def test_an_unknown_account_and_a_wrong_password_look_the_same(client, shopper):
    wrong = sign_in(client, "not-the-password")
    unknown = sign_in(client, "not-the-password", contact="13900000000")

    assert (wrong.status_code, unknown.status_code) == (401, 401)
    texts = [page.context["form"].non_field_errors() for page in (wrong, unknown)]
    assert texts[0] == texts[1]
    assert not UserSession.objects.filter(user=shopper).exists()


def test_both_cost_one_hash(shopper, monkeypatch):
    hashed = []
    monkeypatch.setattr(User, "set_password", lambda _self, raw: hashed.append(raw))
    monkeypatch.setattr(User, "check_password", lambda _self, raw: bool(hashed.append(raw)))

    for contact in ("13812345678", "13900000000", "nobody@example.com"):
        assert backends.ContactBackend().authenticate(None, contact, "guess") is None

    assert hashed == ["guess"] * 3


def test_a_closed_account_cannot_come_in(client, shopper):
    User.objects.update(is_active=False)

    assert sign_in(client).status_code == 401


def test_the_fifth_failure_locks_for_a_quarter_of_an_hour(client, shopper):
    for _ in range(4):
        assert sign_in(client, "wrong").status_code == 401
    assert sign_in(client, "wrong").status_code == 401

    locked = sign_in(client)

    assert locked.status_code == 429
    assert 880 <= int(locked["Retry-After"]) <= 900
    assert "_auth_user_id" not in client.session


def test_a_lock_is_for_one_account_from_one_address(client, shopper, other_shopper):
    for _ in range(5):
        sign_in(client, "wrong")

    assert sign_in(client, contact=other_shopper.phone).status_code == 302
    client.logout()
    assert sign_in(client, REMOTE_ADDR="10.0.0.9").status_code == 302


def test_success_forgets_the_failures(client, shopper):
    for _ in range(4):
        sign_in(client, "wrong")
    sign_in(client)
    client.logout()

    for _ in range(4):
        assert sign_in(client, "wrong").status_code == 401
    assert sign_in(client).status_code == 302


def test_without_redis_the_database_counts(client, shopper, monkeypatch):
    def away():
        raise RedisAway

    monkeypatch.setattr(login_guard, "_redis", away)
    for _ in range(5):
        assert sign_in(client, "wrong").status_code == 401

    assert sign_in(client).status_code == 429
    assert LoginFailure.objects.count() == 5
    clock.travel(timedelta(minutes=15, seconds=1))
    assert sign_in(client).status_code == 302
    assert LoginFailure.objects.count() == 0


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"contact": "13812345678"},
        {"contact": "13812345678", "password": "x" * 129},
        {"contact": "13812345678", "password": "nul\0byte"},
        {"contact": "\0", "password": "calm-river-42"},
        {"contact": ["13812345678", "13887654321"], "password": ""},
    ],
)
def test_a_form_that_cannot_be_right_is_shown_again(client, shopper, form):
    answer = client.post(SIGN_IN, form)

    assert answer.status_code == 400
    assert "_auth_user_id" not in client.session
    assert not LoginFailure.objects.exists()


@pytest.mark.parametrize(
    ("next_page", "goes_to"),
    [
        ("/cart/", "/cart/"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("javascript:alert(1)", "/"),
    ],
)
def test_one_comes_back_only_to_places_of_the_shop(client, shopper, next_page, goes_to):
    answer = client.post(
        SIGN_IN, {"contact": shopper.phone, "password": "calm-river-42", "next": next_page}
    )

    assert answer.url == goes_to


def test_signing_up_signs_in(client):
    answer = client.post(SIGN_UP, {"contact": "13812345678", "password": "calm-river-42"})

    user = User.objects.get()
    assert (answer.status_code, client.session["_auth_user_id"]) == (302, str(user.pk))


def test_signing_up_ignores_what_nobody_asked_for(client):
    client.post(
        SIGN_UP,
        {"contact": "13812345678", "password": "calm-river-42", "is_staff": "1", "is_superuser": 1},
    )

    user = User.objects.get()
    assert (user.is_staff, user.is_superuser) == (False, False)


def test_a_taken_contact_is_told(client, shopper):
    answer = client.post(SIGN_UP, {"contact": shopper.phone, "password": "calm-river-42"})

    assert answer.status_code == 409
    assert User.objects.count() == 1


def test_signing_out_takes_a_post(client, shopper):
    sign_in(client)

    assert client.get("/account/sign-out/").status_code == 405
    assert "_auth_user_id" in client.session
    assert client.post("/account/sign-out/").status_code == 302
    assert not UserSession.objects.filter(user=shopper).exists()


def test_forms_are_guarded_against_other_sites(shopper):
    strict = Client(enforce_csrf_checks=True)

    assert sign_in(strict).status_code == 403
    assert not UserSession.objects.filter(user=shopper).exists()
