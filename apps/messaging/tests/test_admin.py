import pytest
from django.urls import reverse

from apps.messaging.models import MessageStatus, OutgoingMessage
from apps.messaging.services import queue_email, queue_sms

pytestmark = pytest.mark.django_db

LIST = "/admin/messaging/outgoingmessage/"


@pytest.fixture
def stuck():
    message = queue_sms(
        to="13812345678", template_code="SMS_1", params={"code": "042042"}, dedupe_key="one"
    )
    OutgoingMessage.objects.update(status=MessageStatus.FAILED, attempts=8, last_error="busy")
    return message


def test_messages_are_listed_masked(operator, as_staff, stuck, django_assert_max_num_queries):
    browser = as_staff(operator("messaging.view_outgoingmessage"))
    with django_assert_max_num_queries(15):
        page = browser.get(LIST)
    detail = browser.get(reverse("admin:messaging_outgoingmessage_change", args=[stuck.pk]))

    for text in (page.content.decode(), detail.content.decode()):
        assert "138****5678" in text
        assert "13812345678" not in text
        assert "042042" not in text


@pytest.mark.parametrize(
    ("term", "count"), [("13812345678", 1), ("A@B.example", 1), ("138", 0), ("", 2)]
)
def test_messages_are_found_by_whole_targets(operator, as_staff, stuck, term, count):
    queue_email(to="a@b.example", subject="x", body="y", dedupe_key="two")

    page = as_staff(operator("messaging.view_outgoingmessage")).get(LIST, {"q": term})

    assert page.context["cl"].result_count == count


@pytest.mark.parametrize(
    ("permissions", "status"),
    [
        (("messaging.view_outgoingmessage",), MessageStatus.FAILED),
        (
            ("messaging.view_outgoingmessage", "messaging.resend_outgoingmessage"),
            MessageStatus.QUEUED,
        ),
    ],
)
def test_a_stuck_message_is_sent_again_by_who_may(operator, as_staff, stuck, permissions, status):
    as_staff(operator(*permissions)).post(
        LIST, {"action": "send_again", "_selected_action": [stuck.pk]}
    )

    stuck.refresh_from_db()
    assert stuck.status == status


def test_nobody_writes_or_removes_messages(operator, as_staff, stuck):
    boss = as_staff(operator(is_superuser=True))

    assert boss.get(reverse("admin:messaging_outgoingmessage_add")).status_code == 403
    url = reverse("admin:messaging_outgoingmessage_delete", args=[stuck.pk])
    assert boss.post(url, {"post": "yes"}).status_code == 403
    assert OutgoingMessage.objects.count() == 1
