"""What happens when everybody does it at once; each with a twin whose guard is off, which must fail."""

import time
from types import SimpleNamespace

import pytest
from django.db.models import F
from django.test import RequestFactory

from apps.accounts import tokens
from apps.accounts.login_guard import AccountLocked, LoginGuard
from apps.accounts.models import Address, CodePurpose, OneTimeCode, TokenFamily, User
from apps.accounts.services import (
    AddressBookFull,
    AddressDraft,
    WrongCode,
    WrongCredentials,
    add_address,
    ask_for_reset,
    check_credentials,
    codes,
    log_out_everywhere,
    spend_code,
)
from apps.accounts.tests.factories import AddressFactory, UserFactory
from apps.accounts.tests.test_passwords import code_sent, wrong
from apps.accounts.tokens import BadToken, TokenPair, issue_tokens, rotate_tokens
from apps.core import clock
from apps.core.querysets import ShopQuerySet
from apps.core.tests.racing import race

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

AT_ONCE = 8
RESET = CodePurpose.RESET_PASSWORD


@pytest.fixture
def person():
    return UserFactory(phone="13812345678")


def fill_the_book(user):
    """Nineteen addresses; then eight browser tabs each add one more."""
    place = AddressFactory(user=user)
    Address.objects.bulk_create(
        Address(user=user, recipient="王", phone="13912345678", region=place.region, street="1")
        for _ in range(18)
    )
    draft = AddressDraft(
        recipient="王小明", phone="13912345678", region_code="330106", street="1", is_default=True
    )
    return race([lambda: add_address(user_id=user.pk, draft=draft)] * AT_ONCE)


def test_eight_tabs_add_one_address_to_nineteen(person):
    results = fill_the_book(person)

    assert sum(isinstance(each, AddressBookFull) for each in results) == AT_ONCE - 1
    assert Address.objects.filter(user=person).count() == 20
    assert Address.objects.filter(user=person, is_default=True).count() == 1


def test_control_without_the_lock_the_book_overflows(person, monkeypatch):
    monkeypatch.setattr(ShopQuerySet, "locked", lambda self: self.order_by("pk"))

    fill_the_book(person)

    assert Address.objects.filter(user=person).count() != 20


def guess_in_parallel(person):
    ask_for_reset(contact=person.phone)
    guess = wrong(code_sent())
    return race(
        [lambda: spend_code(contact=person.phone, purpose=RESET, code=guess)] * (2 * AT_ONCE)
    )


def test_parallel_guesses_cost_a_try_each(person):
    results = guess_in_parallel(person)

    assert all(isinstance(each, WrongCode) for each in results)
    assert OneTimeCode.objects.get().tries == 5
    with pytest.raises(WrongCode):
        spend_code(contact=person.phone, purpose=RESET, code=code_sent())


def test_control_with_a_count_that_is_read_first_guesses_are_lost(person, monkeypatch):
    def careless(target, purpose):
        row = OneTimeCode.objects.sent_to(target, purpose).usable().order_by("-pk").first()
        if row is None or row.tries >= 5:
            return None
        row.tries += 1
        row.save(update_fields=["tries"])
        looked_at.append(row)
        return row

    looked_at = []
    monkeypatch.setattr(codes, "_take_try", careless)

    guess_in_parallel(person)

    assert len(looked_at) > 5


def test_a_code_is_spent_by_one(person):
    ask_for_reset(contact=person.phone)
    code = code_sent()

    results = race([lambda: spend_code(contact=person.phone, purpose=RESET, code=code)] * 4)

    assert sum(each is None for each in results) == 1
    assert sum(isinstance(each, WrongCode) for each in results) == 3


def sign_in_wrongly(person):
    request = RequestFactory().post("/account/sign-in/")

    def attempt():
        return check_credentials(request, contact=person.phone, password="wrong")

    return race([attempt] * (2 * AT_ONCE))


def test_parallel_passwords_are_five_tries_too(person):
    results = sign_in_wrongly(person)

    assert sum(isinstance(each, WrongCredentials) for each in results) == 5
    assert sum(isinstance(each, AccountLocked) for each in results) == 2 * AT_ONCE - 5


def test_control_a_guard_that_only_counts_afterwards_lets_more_through(person, monkeypatch):
    monkeypatch.setattr(LoginGuard, "take_try", lambda _self: None)

    results = sign_in_wrongly(person)

    assert sum(isinstance(each, WrongCredentials) for each in results) > 5


def refresh_in_parallel(person):
    pair = issue_tokens(user_id=person.pk)
    return race([lambda: rotate_tokens(refresh=pair.refresh)] * 4)


def test_one_refresh_token_gives_one_pair(person):
    results = refresh_in_parallel(person)

    assert sum(isinstance(each, TokenPair) for each in results) == 1
    assert sum(isinstance(each, BadToken) for each in results) == 3
    family = TokenFamily.objects.get()
    assert (family.generation, family.is_reused) == (2, True)


def test_control_without_the_lock_one_refresh_token_gives_several(person, monkeypatch):
    monkeypatch.setattr(ShopQuerySet, "locked", lambda self: self.order_by("pk"))
    monkeypatch.setattr(tokens, "clock", _slow_clock())

    results = refresh_in_parallel(person)

    assert sum(isinstance(each, TokenPair) for each in results) > 1


def test_logging_out_while_tokens_are_refreshed_leaves_none_alive(person):
    pairs = [issue_tokens(user_id=person.pk) for _ in range(AT_ONCE)]
    runners = [lambda p=pair: rotate_tokens(refresh=p.refresh) for pair in pairs]

    race([*runners, lambda: log_out_everywhere(user_id=person.pk)])

    person.refresh_from_db()
    assert not TokenFamily.objects.visible_to(person).exists()
    assert not TokenFamily.objects.filter(
        revoked_at=None, token_version=F("user__token_version")
    ).exists()
    assert User.objects.get().token_version == 1


def _slow_clock():
    """Time that takes its time, so that the twin's threads surely meet."""

    def now():
        time.sleep(0.05)
        return clock.now()

    return SimpleNamespace(now=now)
