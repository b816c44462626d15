from base64 import b32decode

import pytest
from django.core.management import CommandError, call_command
from django.test import Client, override_settings
from django.urls import reverse
from django_otp.oath import totp
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from apps.accounts.models import User, UserSession
from apps.accounts.second_factor import key_for_people
from apps.core.models import AuditEntry

pytestmark = pytest.mark.django_db

LOGIN, FACTOR = "/admin/login/", "/admin/second-factor/"


@pytest.fixture(autouse=True)
def _second_factor():
    with override_settings(STAFF_SECOND_FACTOR=True):
        yield


def sign_in(client, user, password="calm-river-42"):  # noqa: S107
    return client.post(f"{LOGIN}?next=/admin/", {"username": user.phone, "password": password})


def code_of(device):
    return f"{totp(device.bin_key):06d}"


def test_the_first_sign_in_enrols_a_phone(client, operator):
    boss = operator(phone="13911112222")

    assert sign_in(client, boss).status_code == 302
    assert client.get("/admin/").url == f"{LOGIN}?next=/admin/"
    assert client.get(f"{LOGIN}?next=/admin/").url == f"{FACTOR}?next=%2Fadmin%2F"
    page = client.get(FACTOR)
    device = TOTPDevice.objects.get(user=boss)
    shown = b32decode(page.context["key"].replace(" ", ""))
    done = client.post(FACTOR, {"code": code_of(device)})

    device.refresh_from_db()
    assert page.context["qr"].startswith("data:image/svg+xml")
    assert (shown, device.confirmed) == (device.bin_key, True)
    assert len(set(done.context["paper_codes"])) == 10
    assert client.get("/admin/").status_code == 200
    assert AuditEntry.objects.get().action == "accounts.enrol_second_factor"


def test_a_password_alone_opens_nothing(client, operator):
    boss = operator(phone="13911112222")
    TOTPDevice.objects.create(user=boss, confirmed=True)
    sign_in(client, boss)

    for path in ("/admin/", "/admin/accounts/user/"):
        assert client.get(path).status_code == 302
    assert "qr" not in client.get(FACTOR).context


def test_a_code_lets_in_once(client, operator):
    boss = operator(phone="13911112222")
    device = TOTPDevice.objects.create(user=boss, confirmed=True)
    code = code_of(device)
    sign_in(client, boss)

    assert client.post(f"{FACTOR}?next=/admin/accounts/", {"code": code}).url == "/admin/accounts/"
    assert client.get("/admin/").status_code == 200

    again = Client()
    sign_in(again, boss)
    assert again.post(FACTOR, {"code": code}).status_code == 400
    assert again.get("/admin/").status_code == 302


def test_a_code_on_paper_lets_in_once(client, operator):
    boss = operator(phone="13911112222")
    sign_in(client, boss)
    client.get(FACTOR)
    device = TOTPDevice.objects.get(user=boss)
    paper = client.post(FACTOR, {"code": code_of(device)}).context["paper_codes"]

    for status in (302, 400):
        browser = Client()
        sign_in(browser, boss)
        assert browser.post(FACTOR, {"code": f" {paper[3].upper()} "}).status_code == status
    assert StaticToken.objects.count() == 9


def test_who_guesses_codes_waits_longer_and_longer(client, operator):
    boss = operator(phone="13911112222")
    device = TOTPDevice.objects.create(user=boss, confirmed=True)
    sign_in(client, boss)

    assert client.post(FACTOR, {"code": "000000"}).status_code == 400
    right = client.post(FACTOR, {"code": code_of(device)})

    device.refresh_from_db()
    assert right.status_code == 400
    assert device.throttling_failure_count == 1


@pytest.mark.parametrize("code", ["", "x" * 21, "a\0b", "１２３４５６", "%00"])
def test_what_is_no_code_is_refused(client, operator, code):
    boss = operator(phone="13911112222")
    TOTPDevice.objects.create(user=boss, confirmed=True)
    sign_in(client, boss)

    assert client.post(FACTOR, {"code": code}).status_code == 400
    assert client.get("/admin/").status_code == 302


def test_nobody_enrols_a_second_phone_over_the_first(client, operator):
    boss = operator(phone="13911112222")
    TOTPDevice.objects.create(user=boss, confirmed=True)
    waiting = TOTPDevice.objects.create(user=boss, name="phone", confirmed=False)
    sign_in(client, boss)

    assert client.post(FACTOR, {"code": code_of(waiting)}).status_code == 400
    waiting.refresh_from_db()
    assert not waiting.confirmed


def test_shoppers_have_no_business_here(client, shopper):
    client.force_login(shopper)

    assert client.get(FACTOR).status_code == 302
    assert client.get("/admin/").status_code == 302
    assert not TOTPDevice.objects.exists()
    answer = sign_in(Client(), shopper)
    assert answer.status_code == 200
    assert answer.context["form"].non_field_errors()


def test_the_staffs_sign_in_locks_like_the_shoppers(client, operator):
    boss = operator(phone="13911112222")
    for _ in range(5):
        assert sign_in(client, boss, "wrong").status_code == 200

    answer = sign_in(client, boss)

    assert "_auth_user_id" not in client.session
    assert answer.context["form"].errors


def test_without_the_setting_a_password_is_enough(client, operator):
    with override_settings(STAFF_SECOND_FACTOR=False):
        boss = operator(phone="13911112222")
        sign_in(client, boss)
        assert client.get("/admin/").status_code == 200
    assert UserSession.objects.get(user=boss).ip == "127.0.0.1"


def test_the_key_is_shown_in_groups():
    assert key_for_people(TOTPDevice(key="00" * 20)) == "AAAA AAAA AAAA AAAA AAAA AAAA AAAA AAAA"


def test_createsuperuser_takes_an_email_address(monkeypatch, capsys):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "calm-river-42")

    call_command("createsuperuser", "--noinput", "--email", "Boss@Example.com")

    boss = User.objects.get()
    assert (boss.email, boss.is_staff, boss.is_superuser) == ("boss@example.com", True, True)
    assert boss.check_password("calm-river-42")
    assert "b***@example.com may do everything" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("nobody", "calm-river-42"),
        ("a@b.example", "123"),
        ("", "calm-river-42"),
        ("a@b.example", ""),
    ],
)
def test_createsuperuser_says_what_is_wrong(monkeypatch, email, password):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", password)

    with pytest.raises(CommandError):
        call_command("createsuperuser", "--noinput", "--email", email)

    assert not User.objects.exists()


def test_createsuperuser_changes_no_account(monkeypatch, shopper):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "calm-river-42")

    with pytest.raises(CommandError, match="already"):
        call_command("createsuperuser", "--noinput", "--email", shopper.phone)

    assert not User.objects.filter(is_superuser=True).exists()


def test_people_are_listed_masked(operator, as_staff, shopper, django_assert_max_num_queries):
    browser = as_staff(operator("accounts.view_user"))
    with django_assert_max_num_queries(15):
        page = browser.get("/admin/accounts/user/")

    text = page.content.decode()
    assert "138****5678" in text
    assert shopper.phone not in text


@pytest.mark.parametrize(
    ("term", "count"), [("13812345678", 1), ("小明", 1), ("1381234567", 0), ("A@B.example", 1)]
)
def test_people_are_found_by_whole_contacts(operator, as_staff, shopper, term, count):
    shopper.email = "a@b.example"
    shopper.save()

    page = as_staff(operator("accounts.view_user")).get("/admin/accounts/user/", {"q": term})

    assert page.context["cl"].result_count == count


def test_looking_behind_the_mask_is_on_record(operator, as_staff, shopper):
    url = reverse("admin:accounts_user_personal_data", args=[shopper.pk])
    without = as_staff(operator("accounts.view_user")).get(url)
    looker = operator("accounts.view_user", "accounts.unmask_user")
    shown = as_staff(looker).get(url)

    assert without.status_code == 403
    assert shopper.phone in shown.content.decode()
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor, entry.target_id) == (
        "accounts.unmask_user",
        looker,
        str(shopper.pk),
    )


def test_only_a_superuser_hands_out_powers(operator, as_staff, shopper):
    clerk = operator("accounts.view_user", "accounts.change_user")
    url = reverse("admin:accounts_user_change", args=[shopper.pk])
    body = {"nickname": "renamed", "is_staff": "on", "is_superuser": "on", "is_active": "on"}

    as_staff(clerk).post(url, body)

    shopper.refresh_from_db()
    assert (shopper.nickname, shopper.is_staff, shopper.is_superuser) == ("renamed", False, False)


def test_a_superuser_makes_an_operator(operator, as_staff):
    root = operator(is_superuser=True)
    url = reverse("admin:accounts_user_add")
    body = {"contact": "13955556666", "first_password": "quiet-hill-77", "is_staff": "on"}

    done = as_staff(root).post(url, body)
    again = as_staff(root).post(url, body)

    made = User.objects.reached_by("13955556666").get()
    assert (done.status_code, again.status_code) == (302, 200)
    assert made.is_staff
    assert made.check_password("quiet-hill-77")


def test_closing_an_account_ends_its_sessions(operator, as_staff, shopper):
    theirs = Client()
    theirs.force_login(shopper)
    url = reverse("admin:accounts_user_change", args=[shopper.pk])

    as_staff(operator(is_superuser=True)).post(url, {"nickname": "小明"})

    shopper.refresh_from_db()
    assert not shopper.is_active
    assert not UserSession.objects.filter(user=shopper).exists()
