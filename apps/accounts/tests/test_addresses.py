import pytest
from django.db import IntegrityError, connection, transaction

from apps.accounts.models import Address
from apps.accounts.services import (
    AddressBookFull,
    AddressDraft,
    add_address,
    change_address,
    remove_address,
    set_default_address,
)
from apps.accounts.tests.factories import AddressFactory, a_district
from apps.core.errors import InvalidInput, NotFound

pytestmark = pytest.mark.django_db


def a_draft(**changes):
    return AddressDraft(
        **{
            "recipient": "王小明",
            "phone": "139 1234 5678",
            "region_code": "330106",
            "street": " 文三路 100 号 ",
            **changes,
        }
    )


def typed(**changes):
    return {
        "recipient": "王小明",
        "phone": "13912345678",
        "province": "330000",
        "city": "330100",
        "district": "330106",
        "street": "文三路 100 号",
        **changes,
    }


@pytest.fixture(autouse=True)
def _districts(db):
    a_district()


def test_the_first_address_is_the_default(shopper):
    first = add_address(user_id=shopper.pk, draft=a_draft())
    second = add_address(user_id=shopper.pk, draft=a_draft())

    assert (first.is_default, second.is_default) == (True, False)
    first.refresh_from_db()
    assert (first.phone, first.street, first.region.code) == (
        "13912345678",
        "文三路 100 号",
        "330106",
    )


def test_names_and_streets_stand_sealed(shopper):
    add_address(user_id=shopper.pk, draft=a_draft())

    with connection.cursor() as cursor:
        cursor.execute("SELECT recipient, phone, street FROM accounts_address")
        stored = str(cursor.fetchall())
    assert not [word for word in ("王小明", "13912345678", "文三路") if word in stored]


def test_there_is_one_default(shopper):
    first = add_address(user_id=shopper.pk, draft=a_draft())
    second = add_address(user_id=shopper.pk, draft=a_draft(is_default=True))
    third = add_address(user_id=shopper.pk, draft=a_draft())

    assert _default(shopper) == second.pk
    set_default_address(user_id=shopper.pk, address_id=third.pk)
    assert _default(shopper) == third.pk
    remove_address(user_id=shopper.pk, address_id=third.pk)
    assert _default(shopper) == second.pk
    change_address(user_id=shopper.pk, address_id=first.pk, draft=a_draft(is_default=True))
    assert _default(shopper) == first.pk


def test_the_database_knows_one_default_too(shopper):
    AddressFactory(user=shopper, is_default=True)

    with pytest.raises(IntegrityError), transaction.atomic():
        AddressFactory(user=shopper, is_default=True)


def test_the_twenty_first_address_is_refused(shopper):
    for _ in range(20):
        AddressFactory(user=shopper)

    with pytest.raises(AddressBookFull):
        add_address(user_id=shopper.pk, draft=a_draft())

    assert Address.objects.count() == 20


@pytest.mark.parametrize(
    "wrong",
    [
        {"recipient": " "},
        {"recipient": "x" * 41},
        {"recipient": "a\nb"},
        {"recipient": "\u202egnp"},
        {"phone": "1234"},
        {"phone": "１３９１２３４５６７８"},
        {"region_code": "330100"},
        {"region_code": "999999"},
        {"region_code": ""},
        {"street": ""},
        {"street": "x" * 121},
        {"street": "a\0b"},
    ],
)
def test_what_is_no_address_is_refused(shopper, wrong):
    kept = add_address(user_id=shopper.pk, draft=a_draft())

    with pytest.raises(InvalidInput):
        add_address(user_id=shopper.pk, draft=a_draft(**wrong))
    with pytest.raises(InvalidInput):
        change_address(user_id=shopper.pk, address_id=kept.pk, draft=a_draft(**wrong))

    assert Address.objects.get().street == "文三路 100 号"


@pytest.mark.parametrize(
    "command",
    [
        lambda user, pk: change_address(user_id=user.pk, address_id=pk, draft=a_draft(street="x")),
        lambda user, pk: remove_address(user_id=user.pk, address_id=pk),
        lambda user, pk: set_default_address(user_id=user.pk, address_id=pk),
    ],
)
def test_another_shoppers_address_does_not_exist(shopper, other_shopper, command):
    theirs = AddressFactory(user=other_shopper)

    with pytest.raises(NotFound):
        command(shopper, theirs.pk)

    theirs.refresh_from_db()
    assert (theirs.street, theirs.is_default) == ("文三路 100 号", False)


@pytest.mark.parametrize(
    ("method", "path"),
    [("get", ""), ("post", ""), ("post", "default/"), ("post", "removal/")],
)
def test_the_pages_of_another_shoppers_address_are_404(
    client, shopper, other_shopper, method, path
):
    theirs = AddressFactory(user=other_shopper)
    client.force_login(shopper)

    answer = getattr(client, method)(f"/account/addresses/{theirs.pk}/{path}", typed(street="x"))

    assert answer.status_code == 404
    theirs.refresh_from_db()
    assert (theirs.street, theirs.is_default) == ("文三路 100 号", False)


def test_strangers_are_asked_to_sign_in(client, shopper):
    mine = AddressFactory(user=shopper)

    for path in ("", "new/", f"{mine.pk}/"):
        assert client.get(f"/account/addresses/{path}").url.startswith("/account/sign-in/?next=")
    assert client.post(f"/account/addresses/{mine.pk}/removal/").status_code == 302
    assert Address.objects.count() == 1


def test_the_book_is_shown_with_whole_regions(client, shopper, django_assert_max_num_queries):
    for _ in range(5):
        AddressFactory(user=shopper)
    client.force_login(shopper)

    with django_assert_max_num_queries(6):
        page = client.get("/account/addresses/")

    rows = page.context["addresses"]
    assert len(rows) == 5
    assert rows[0].region_text == "浙江省 杭州市 西湖区"


def test_a_page_writes_an_address_down(client, shopper):
    client.force_login(shopper)

    answer = client.post("/account/addresses/new/", typed(next="/checkout/"))

    assert (answer.status_code, answer.url) == (302, "/checkout/")
    assert Address.objects.get(user=shopper).region.code == "330106"


def test_without_javascript_a_button_shows_the_next_list(client, shopper):
    client.force_login(shopper)

    first = client.get("/account/addresses/new/").context["form"]
    second = client.post("/account/addresses/new/", typed(city="", district="", refresh="1"))
    third = client.post("/account/addresses/new/", typed(district="", refresh="1"))

    assert _codes(first, "province") == ["", "330000"]
    assert _codes(first, "city") == [""]
    assert _codes(second.context["form"], "city") == ["", "330100"]
    assert _codes(third.context["form"], "district") == ["", "330106", "330108"]
    assert second.context["form"].initial["recipient"] == "王小明"
    assert not Address.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"district": ""},
        {"district": "330100"},
        {"city": "110100"},
        {"province": "' OR 1=1"},
        {"phone": "12"},
        {"recipient": ""},
    ],
)
def test_a_page_with_a_mistake_keeps_what_was_typed(client, shopper, wrong):
    client.force_login(shopper)

    answer = client.post("/account/addresses/new/", typed(**wrong))

    assert answer.status_code == 400
    assert answer.context["form"].data["street"] == "文三路 100 号"
    assert not Address.objects.exists()


def test_an_address_is_shown_as_it_was_written_down(client, shopper):
    mine = AddressFactory(user=shopper)
    client.force_login(shopper)

    form = client.get(f"/account/addresses/{mine.pk}/").context["form"]

    assert form.initial | typed() == form.initial


def _default(user):
    return Address.objects.get(user=user, is_default=True).pk


def _codes(form, name):
    return [code for code, _name in form.fields[name].choices]
