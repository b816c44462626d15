import base64
import json
from datetime import timedelta

import jwt
import pytest

from apps.accounts.models import Audience, TokenFamily
from apps.accounts.services import log_out_everywhere
from apps.accounts.tokens import BadToken, find_bearer, issue_tokens, revoke_tokens, rotate_tokens
from apps.core import clock

pytestmark = pytest.mark.django_db


def _unsigned(token, **header):
    body = token.split(".")[1]
    head = base64.urlsafe_b64encode(json.dumps({"typ": "JWT", **header}).encode()).rstrip(b"=")
    return f"{head.decode()}.{body}."


def test_an_access_token_says_whose_it_is_in_one_query(shopper, django_assert_num_queries):
    pair = issue_tokens(user_id=shopper.pk)

    with django_assert_num_queries(1):
        assert find_bearer(pair.access, Audience.SHOPPER) == shopper
    assert pair.access_expires_at - clock.now() == pytest.approx(
        timedelta(minutes=30), abs=timedelta(seconds=5)
    )


@pytest.mark.parametrize(
    "forge",
    [
        lambda t: _unsigned(t, alg="none"),
        lambda t: _unsigned(t, alg="None"),
        lambda t: t[:-4] + "AAAA",
        lambda t: jwt.encode(jwt.decode(t, options={"verify_signature": False}), "x" * 32),
        lambda t: jwt.encode(
            jwt.decode(t, options={"verify_signature": False}),
            "0" * 32,
            algorithm="HS256",
            headers={"kid": "../../../../dev/null"},
        ),
        lambda _: "",
        lambda _: "a.b.c",
        lambda _: "Ā.b.c",
        lambda _: "x" * 5000,
    ],
)
def test_a_forged_token_is_nobodys(shopper, forge):
    token = issue_tokens(user_id=shopper.pk).access

    assert find_bearer(forge(token), Audience.SHOPPER) is None


def test_a_token_ends_with_its_time(shopper):
    pair = issue_tokens(user_id=shopper.pk)

    with clock.travelled(timedelta(minutes=29, seconds=50)):
        assert find_bearer(pair.access, Audience.SHOPPER) == shopper
    with clock.travelled(timedelta(minutes=30, seconds=1)):
        assert find_bearer(pair.access, Audience.SHOPPER) is None


def test_a_refresh_token_is_no_access_token_and_the_reverse(shopper):
    pair = issue_tokens(user_id=shopper.pk)

    assert find_bearer(pair.refresh, Audience.SHOPPER) is None
    with pytest.raises(BadToken):
        rotate_tokens(refresh=pair.access)
    assert TokenFamily.objects.get().generation == 1


def test_audiences_do_not_open_each_others_doors(operator):
    boss = operator()
    staff = issue_tokens(user_id=boss.pk, audience=Audience.STAFF)
    shopping = issue_tokens(user_id=boss.pk)

    assert find_bearer(staff.access, Audience.STAFF) == boss
    assert find_bearer(staff.access, Audience.SHOPPER) is None
    assert find_bearer(shopping.access, Audience.STAFF) is None
    with pytest.raises(BadToken):
        rotate_tokens(refresh=staff.refresh, audience=Audience.SHOPPER)


def test_who_left_the_staff_has_no_staff_token_any_more(operator):
    boss = operator()
    pair = issue_tokens(user_id=boss.pk, audience=Audience.STAFF)
    type(boss).objects.filter(pk=boss.pk).update(is_staff=False)

    assert find_bearer(pair.access, Audience.STAFF) is None


def test_a_disabled_account_has_no_tokens(shopper):
    pair = issue_tokens(user_id=shopper.pk)
    type(shopper).objects.filter(pk=shopper.pk).update(is_active=False)

    assert find_bearer(pair.access, Audience.SHOPPER) is None
    with pytest.raises(BadToken):
        rotate_tokens(refresh=pair.refresh)


def test_refreshing_rotates(shopper):
    first = issue_tokens(user_id=shopper.pk)

    second = rotate_tokens(refresh=first.refresh)
    third = rotate_tokens(refresh=second.refresh)

    assert find_bearer(third.access, Audience.SHOPPER) == shopper
    assert TokenFamily.objects.get().generation == 3


def test_a_refresh_token_used_twice_calls_its_family_back(shopper):
    first = issue_tokens(user_id=shopper.pk)
    elsewhere = issue_tokens(user_id=shopper.pk)
    second = rotate_tokens(refresh=first.refresh)

    with pytest.raises(BadToken):
        rotate_tokens(refresh=first.refresh)

    assert find_bearer(second.access, Audience.SHOPPER) is None
    with pytest.raises(BadToken):
        rotate_tokens(refresh=second.refresh)
    assert find_bearer(elsewhere.access, Audience.SHOPPER) == shopper
    assert TokenFamily.objects.filter(is_reused=True).count() == 1


def test_logging_out_everywhere_voids_every_token(shopper, other_shopper):
    mine, theirs = issue_tokens(user_id=shopper.pk), issue_tokens(user_id=other_shopper.pk)

    log_out_everywhere(user_id=shopper.pk)

    assert find_bearer(mine.access, Audience.SHOPPER) is None
    with pytest.raises(BadToken):
        rotate_tokens(refresh=mine.refresh)
    assert find_bearer(theirs.access, Audience.SHOPPER) == other_shopper


def test_revoking_signs_out_one_app(shopper):
    here, there = issue_tokens(user_id=shopper.pk), issue_tokens(user_id=shopper.pk)

    revoke_tokens(refresh=here.refresh)

    assert find_bearer(here.access, Audience.SHOPPER) is None
    assert find_bearer(there.access, Audience.SHOPPER) == shopper
