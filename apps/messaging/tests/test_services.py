from datetime import timedelta

import pytest
from django.db import connection, transaction

from apps.core import clock
from apps.messaging import services
from apps.messaging.models import FIRST_PAUSE, MAX_ATTEMPTS, Channel, MessageStatus, OutgoingMessage
from apps.messaging.senders import SENDERS, NotSent
from apps.messaging.services import NotStuck, queue_email, queue_sms, resend_message, send_message
from apps.messaging.tasks import prune_messages, send_due_messages

pytestmark = pytest.mark.django_db


class Recorder:
    """Takes or refuses messages as told, and remembers them."""

    def __init__(self):
        self.taken, self.problem = [], None

    def send(self, message):
        if self.problem:
            raise self.problem
        self.taken.append((message.target, message.params or message.body))
        return f"biz-{len(self.taken)}"


@pytest.fixture
def provider(monkeypatch):
    recorder = Recorder()
    monkeypatch.setitem(SENDERS, Channel.SMS, recorder)
    monkeypatch.setitem(SENDERS, Channel.EMAIL, recorder)
    return recorder


def a_message(**fields):
    defaults = {
        "to": "13812345678",
        "template_code": "SMS_CODE",
        "params": {"code": "123456"},
        "dedupe_key": "one",
    }
    return queue_sms(**(defaults | fields))


def test_a_message_is_sent_once(provider):
    message = a_message()

    assert send_message(message.pk) is True
    assert send_message(message.pk) is False

    message.refresh_from_db()
    assert provider.taken == [("13812345678", {"code": "123456"})]
    assert (message.status, message.attempts, message.provider_id) == ("SENT", 1, "biz-1")


def test_the_same_dedupe_key_writes_nothing_new():
    first, second = a_message(), a_message(params={"code": "999999"})

    assert first.pk == second.pk
    assert OutgoingMessage.objects.get().params == {"code": "123456"}


def test_what_it_says_and_to_whom_stands_sealed():
    a_message()
    queue_email(to="a@b.example", subject="Hello\r\nBcc: x@y", body="Dear 王", dedupe_key="two")

    with connection.cursor() as cursor:
        cursor.execute("SELECT target, sealed_params, body FROM messaging_outgoingmessage")
        stored = str(cursor.fetchall())

    for secret in ("13812345678", "123456", "a@b.example", "王"):
        assert secret not in stored
    assert OutgoingMessage.objects.get(dedupe_key="two").subject == "Hello Bcc: x@y"


def test_it_falls_with_the_transaction_that_wrote_it(provider):
    def fail():
        a_message()
        raise ValueError("the order was not placed")

    with pytest.raises(ValueError, match="not placed"), transaction.atomic():
        fail()

    assert send_due_messages() == ""
    assert not OutgoingMessage.objects.exists()


def test_pauses_grow_until_it_is_stuck(provider):
    message = a_message()
    provider.problem = NotSent("busy")
    pauses = []

    for _ in range(MAX_ATTEMPTS):
        assert send_message(message.pk) is True
        message.refresh_from_db()
        pauses.append((message.due_at - clock.now()).total_seconds())
        assert send_message(message.pk) is False
        clock.travel(message.due_at - clock.now() + timedelta(seconds=1))

    first = FIRST_PAUSE.total_seconds()
    assert pauses == [pytest.approx(first * 3**n, abs=2) for n in range(MAX_ATTEMPTS)]
    assert (message.status, message.attempts, message.last_error) == ("FAILED", 8, "busy")
    assert send_message(message.pk) is False


def test_what_can_never_be_sent_is_stuck_at_once(provider):
    message = a_message()
    provider.problem = NotSent("isv.MOBILE_NUMBER_ILLEGAL", is_final=True)

    send_message(message.pk)

    message.refresh_from_db()
    assert (message.status, message.attempts) == ("FAILED", 1)


def test_a_message_of_a_dead_sender_is_taken_over(provider):
    message = a_message()
    OutgoingMessage.objects.filter(pk=message.pk).update(
        status=MessageStatus.SENDING, lease_until=clock.now() + timedelta(seconds=60), attempts=1
    )

    assert send_due_messages() == ""
    clock.travel(timedelta(seconds=61))
    assert send_due_messages() == "1 handled"

    assert len(provider.taken) == 1


def test_a_sender_whose_lease_ran_out_records_nothing(provider):
    message = a_message()
    claimed = services._claim(message.pk)
    clock.travel(timedelta(seconds=61))
    send_message(message.pk)

    claimed.note_failure("timeout", is_final=True)

    message.refresh_from_db()
    assert (message.status, message.last_error) == ("SENT", "")


def test_a_code_that_is_too_old_is_not_sent(provider):
    message = a_message(useless_at=clock.now() + timedelta(minutes=5))
    clock.travel(timedelta(minutes=5, seconds=1))

    send_message(message.pk)

    message.refresh_from_db()
    assert provider.taken == []
    assert (message.status, message.last_error) == ("FAILED", "too late to be of use")


def test_no_message_leaves_inside_a_transaction(provider, settings):
    settings.OUTGOING_ALLOWED_IN_ATOMIC = False
    message = a_message()

    with pytest.raises(RuntimeError, match="inside a transaction"):
        send_message(message.pk)

    message.refresh_from_db()
    assert (message.status, provider.taken) == ("QUEUED", [])


def test_a_stuck_message_gets_another_chance(provider, shopper):
    message = a_message()
    with pytest.raises(NotStuck):
        resend_message(message_id=message.pk, actor=shopper)
    provider.problem = NotSent("no such template", is_final=True)
    send_message(message.pk)
    provider.problem = None

    resend_message(message_id=message.pk, actor=shopper)
    send_message(message.pk)

    message.refresh_from_db()
    assert (message.status, message.attempts) == ("SENT", 1)


def test_old_messages_are_forgotten_but_stuck_ones_stay(provider):
    for key in ("a", "b"):
        send_message(a_message(dedupe_key=key).pk)
    OutgoingMessage.objects.filter(dedupe_key="b").update(status=MessageStatus.FAILED)

    clock.travel(timedelta(days=91))

    assert prune_messages() == "1 messages"
    assert OutgoingMessage.objects.get().dedupe_key == "b"
