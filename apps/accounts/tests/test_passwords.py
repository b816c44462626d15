import re
from datetime import timedelta

import pytest
from django.test import Client

from apps.accounts.models import CodePurpose, OneTimeCode, UserSession
from apps.accounts.services import (
    TooManyCodes,
    WeakPassword,
    WrongCode,
    WrongPassword,
    ask_for_reset,
    change_password,
    reset_password,
    send_code,
    spend_code,
)
from apps.accounts.tokens import BadToken, issue_tokens, rotate_tokens
from apps.core import clock
from apps.core.limits import TooManyRequests
from apps.core.models import AuditEntry
from apps.messaging.models import OutgoingMessage

pytestmark = pytest.mark.django_db

OLD, NEW = "calm-river-42", "quiet-hill-77"
RESET = CodePurpose.RESET_PASSWORD


def code_sent():
    message = OutgoingMessage.objects.latest("pk")
    return message.params.get("code") or re.search(r"\d{6}", message.body)[0]


def wrong(code):
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_a_new_password_ends_every_session_and_token(shopper):
    browser = Client()
    browser.force_login(shopper)
    tokens = issue_tokens(user_id=shopper.pk)

    change_password(user_id=shopper.pk, current=OLD, new=NEW)

    shopper.refresh_from_db()
    assert shopper.check_password(NEW)
    assert not UserSession.objects.filter(user=shopper).exists()
    with pytest.raises(BadToken):
        rotate_tokens(refresh=tokens.refresh)
    assert browser.get("/account/").status_code == 302
    assert AuditEntry.objects.get().action == "accounts.change_password"


@pytest.mark.parametrize(
    ("current", "new", "refusal"),
    [("nope", NEW, WrongPassword), (OLD, "123", WeakPassword), (OLD, "z1" * 65, WeakPassword)],
)
def test_a_bad_change_changes_nothing(shopper, current, new, refusal):
    tokens = issue_tokens(user_id=shopper.pk)

    with pytest.raises(refusal):
        change_password(user_id=shopper.pk, current=current, new=new)

    shopper.refresh_from_db()
    assert shopper.check_password(OLD)
    assert rotate_tokens(refresh=tokens.refresh)


def test_whoever_changes_the_password_stays_signed_in(client, shopper):
    client.force_login(shopper)

    answer = client.post("/account/password/", {"current": OLD, "password": NEW})

    assert answer.status_code == 302
    assert client.get("/account/").status_code == 200
    assert UserSession.objects.filter(user=shopper).count() == 1


@pytest.mark.parametrize("contact", ["13812345678", "wang@example.com"])
def test_a_code_sets_a_new_password(shopper, contact):
    shopper.email = "wang@example.com"
    shopper.save()
    ask_for_reset(contact=contact)

    user = reset_password(contact=contact, code=code_sent(), new=NEW)

    user.refresh_from_db()
    assert user == shopper
    assert user.check_password(NEW)
    assert user.token_version == 1
    proved = user.email_proved_at if "@" in contact else user.phone_proved_at
    assert proved is not None


def test_a_code_is_kept_as_a_hash(shopper):
    ask_for_reset(contact=shopper.phone)

    row = OneTimeCode.objects.get()
    assert code_sent() not in {row.code_hash, row.target_hash}
    assert len(row.code_hash) == 64


def test_a_code_is_good_once(shopper):
    ask_for_reset(contact=shopper.phone)
    code = code_sent()
    reset_password(contact=shopper.phone, code=code, new=NEW)

    with pytest.raises(WrongCode):
        reset_password(contact=shopper.phone, code=code, new="other-lake-99")

    shopper.refresh_from_db()
    assert shopper.check_password(NEW)


def test_a_code_is_good_for_five_minutes(shopper):
    ask_for_reset(contact=shopper.phone)

    clock.travel(timedelta(minutes=5, seconds=1))

    with pytest.raises(WrongCode):
        reset_password(contact=shopper.phone, code=code_sent(), new=NEW)


def test_a_code_has_five_tries(shopper):
    ask_for_reset(contact=shopper.phone)
    code = code_sent()

    for _ in range(5):
        with pytest.raises(WrongCode):
            reset_password(contact=shopper.phone, code=wrong(code), new=NEW)
    with pytest.raises(WrongCode):
        reset_password(contact=shopper.phone, code=code, new=NEW)

    shopper.refresh_from_db()
    assert shopper.check_password(OLD)
    assert OneTimeCode.objects.get().tries == 5


def test_a_weak_password_does_not_cost_the_code(shopper):
    ask_for_reset(contact=shopper.phone)

    with pytest.raises(WeakPassword):
        reset_password(contact=shopper.phone, code=code_sent(), new="123")

    assert OneTimeCode.objects.get().tries == 0
    assert reset_password(contact=shopper.phone, code=code_sent(), new=NEW) == shopper


def test_a_code_for_one_purpose_is_none_for_another(shopper):
    send_code(contact=shopper.phone, purpose=CodePurpose.PROVE_CONTACT)

    with pytest.raises(WrongCode):
        reset_password(contact=shopper.phone, code=code_sent(), new=NEW)
    spend_code(contact=shopper.phone, purpose=CodePurpose.PROVE_CONTACT, code=code_sent())


def test_a_new_code_voids_the_old_one(shopper):
    ask_for_reset(contact=shopper.phone)
    old = code_sent()
    clock.travel(timedelta(seconds=61))
    ask_for_reset(contact=shopper.phone)

    if old != code_sent():
        with pytest.raises(WrongCode):
            spend_code(contact=shopper.phone, purpose=RESET, code=old)
    spend_code(contact=shopper.phone, purpose=RESET, code=code_sent())


def test_a_minute_between_codes_and_ten_a_day(shopper):
    ask_for_reset(contact=shopper.phone)
    with pytest.raises(TooManyRequests) as caught:
        ask_for_reset(contact=shopper.phone)
    assert 55 <= caught.value.details["retry_after"] <= 60

    for _ in range(9):
        clock.travel(timedelta(seconds=61))
        ask_for_reset(contact=shopper.phone)
    clock.travel(timedelta(seconds=61))
    with pytest.raises(TooManyCodes):
        ask_for_reset(contact=shopper.phone)

    assert OutgoingMessage.objects.count() == 10
    clock.travel(timedelta(days=1))
    ask_for_reset(contact=shopper.phone)


def test_nobody_learns_which_contacts_we_know(client, shopper):
    known = client.post("/account/password/reset/", {"contact": shopper.phone})
    unknown = client.post("/account/password/reset/", {"contact": "13900000000"})

    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    assert OutgoingMessage.objects.get().target == shopper.phone
    with pytest.raises(TooManyRequests):
        ask_for_reset(contact="13900000000")


def test_the_pages_lead_through_a_reset(client, shopper):
    client.post("/account/password/reset/", {"contact": shopper.phone})
    page = client.get("/account/password/reset/code/")
    assert page.context["masked_contact"] == "138****5678"

    bad = client.post(
        "/account/password/reset/code/",
        {"contact": shopper.phone, "code": wrong(code_sent()), "password": NEW},
    )
    good = client.post(
        "/account/password/reset/code/",
        {"contact": shopper.phone, "code": code_sent(), "password": NEW},
    )

    shopper.refresh_from_db()
    assert (bad.status_code, good.status_code) == (400, 302)
    assert shopper.check_password(NEW)
    assert client.get("/account/").status_code == 200


def test_the_code_is_wanted_in_the_language_of_the_page(client, shopper):
    shopper.email = "wang@example.com"
    shopper.save()
    client.post(
        "/account/password/reset/", {"contact": shopper.email}, headers={"accept-language": "en"}
    )

    assert OutgoingMessage.objects.get().subject.startswith("Your code is")
