import pytest

from apps.notifications.models import Notification, Preference

pytestmark = pytest.mark.django_db

PAGE, API = "/account/messages/", "/api/v1/notifications/"


def a_note(user, n=0, **fields):
    return Notification.objects.create(
        user=user,
        kind="ORDER_PAID",
        title=f"付款成功 {n}",
        body="<script>alert(1)</script>",
        dedupe_key=f"{user.pk}:{n}",
        **fields,
    )


def test_the_message_centre_shows_ones_own(client, shopper, other_shopper):
    a_note(shopper)
    a_note(other_shopper, 7)
    client.force_login(shopper)

    page = client.get(PAGE)

    text = page.content.decode()
    assert "付款成功 0" in text
    assert "付款成功 7" not in text
    assert "<script>alert" not in text
    assert page.context["has_unread"] is True


def test_pages_go_back_by_twenty(client, shopper, django_assert_max_num_queries):
    for n in range(45):
        a_note(shopper, n)
    client.force_login(shopper)

    with django_assert_max_num_queries(10):
        first = client.get(PAGE)
    second = client.get(first.context["next_url"])
    third = client.get(second.context["next_url"])

    sizes = [len(page.context["notifications"]) for page in (first, second, third)]
    assert sizes == [20, 20, 5]
    assert third.context["next_url"] == ""


@pytest.mark.parametrize("before", ["x", "-1", "１", "9" * 30, ""])
def test_a_page_that_is_none_is_the_first(client, shopper, before):
    a_note(shopper)
    client.force_login(shopper)

    assert len(client.get(PAGE, {"before": before}).context["notifications"]) == 1


def test_opening_a_message_reads_it_and_leads_on(client, shopper):
    note = a_note(shopper, link="/trades/1/")
    client.force_login(shopper)

    answer = client.get(f"{PAGE}{note.pk}/")

    note.refresh_from_db()
    assert (answer.status_code, answer.url) == (302, "/trades/1/")
    assert note.read_at is not None


def test_another_shoppers_message_is_404(client, api_client, shopper, other_shopper):
    theirs = a_note(other_shopper)
    client.force_login(shopper)

    assert client.get(f"{PAGE}{theirs.pk}/").status_code == 404
    assert api_client(shopper).post(f"{API}{theirs.pk}/reading/").status_code == 404
    theirs.refresh_from_db()
    assert theirs.read_at is None


def test_everything_is_read_at_once(client, shopper, other_shopper):
    for n in range(3):
        a_note(shopper, n)
    theirs = a_note(other_shopper)
    client.force_login(shopper)

    client.post(f"{PAGE}read/")

    theirs.refresh_from_db()
    assert not Notification.objects.visible_to(shopper).unread().exists()
    assert theirs.read_at is None


def test_wishes_are_changed_on_the_page(client, shopper):
    client.force_login(shopper)

    client.post(f"{PAGE}preferences/", {"wants_sms": "on"})

    wishes = Preference.objects.get(user=shopper)
    assert (wishes.wants_email, wishes.wants_sms) == (False, True)


def test_strangers_are_asked_to_sign_in(client, api_client):
    assert client.get(PAGE).status_code == 302
    assert client.post(f"{PAGE}preferences/").status_code == 302
    assert api_client().get(API).status_code == 401
    assert not Preference.objects.exists()


def test_the_api_lists_counts_and_reads(api_client, shopper, django_assert_num_queries):
    for n in range(25):
        a_note(shopper, n)
    api = api_client(shopper)

    with django_assert_num_queries(2):
        first = api.get(API).json()
    rest = api.get(first["next"]).json()
    read = api.post(f"{API}{first['results'][0]['id']}/reading/").json()

    assert [len(page["results"]) for page in (first, rest)] == [20, 5]
    assert first["results"][0]["title"] == "付款成功 24"
    assert read["read_at"] is not None
    assert api.get(f"{API}count/").json() == {"unread": 24}
    assert len(api.get(API, {"unread": "true", "page_size": 100}).json()["results"]) == 24
    assert api.post(f"{API}readings/").json() == {"unread": 0}


@pytest.mark.parametrize("query", [{"unread": "perhaps"}, {"cursor": "x"}])
def test_a_query_that_is_none_is_refused(api_client, shopper, query):
    answer = api_client(shopper).get(API, query)

    assert answer.status_code in {400, 404}
    assert answer.json()["code"] in {"VALIDATION_FAILED", "NOT_FOUND"}


def test_wishes_over_the_api(api_client, shopper):
    api = api_client(shopper)
    url = "/api/v1/notification-preferences/"

    before = api.get(url).json()
    after = api.put(url, {"wants_email": False, "wants_sms": True}).json()
    wrong = api.put(url, {"wants_email": "perhaps"})

    assert before == {"wants_email": True, "wants_sms": True}
    assert after == {"wants_email": False, "wants_sms": True} == api.get(url).json()
    assert wrong.status_code == 400
