"""The adapters against the simulator: a process that checks signatures as the providers do."""

import json
import secrets
import urllib.request

import pytest
from django.conf import settings
from django.core import mail
from django.test import override_settings

from apps.messaging.models import MessageStatus
from apps.messaging.services import queue_email, queue_sms, send_message

pytestmark = pytest.mark.django_db

REAL_MAIL = "django.core.mail.backends.smtp.EmailBackend"


def control(simulator, path, body=None, method=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(  # noqa: S310
        f"{simulator.url}/control/{path}",
        data,
        {"Content-Type": "application/json"},
        method=method or ("POST" if data else "GET"),
    )
    with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310
        return json.load(answer)


def arrived(simulator, to):
    return control(simulator, f"messages?to={to}")["messages"]


def an_sms(to, key):
    return queue_sms(
        to=to,
        template_code="SMS_ORDER_SHIPPED",
        params={"number": "26112000000000000018", "parcels": "顺丰速运 SF1 & co ~*"},
        dedupe_key=key,
    )


def a_phone():
    """A number that nobody has written to: the simulator's book outlives a run."""
    return f"138{secrets.randbelow(10**8):08d}"


def test_an_sms_arrives_with_its_words(simulator):
    phone = a_phone()
    message = an_sms(phone, "sim-1")

    send_message(message.pk)

    message.refresh_from_db()
    (letter,) = arrived(simulator, phone)
    assert (message.status, message.last_error) == ("SENT", "")
    assert message.provider_id
    assert letter["kind"] == "sms"
    assert "顺丰速运 SF1 & co ~*" in letter["text"]


def test_a_wrong_secret_is_refused_and_tried_again(simulator):
    phone = a_phone()
    message = an_sms(phone, "sim-2")

    with override_settings(SMS_ACCESS_KEY_SECRET="wrong"):
        send_message(message.pk)

    message.refresh_from_db()
    assert (message.status, message.attempts) == (MessageStatus.QUEUED, 1)
    assert "SignatureDoesNotMatch" in message.last_error
    assert arrived(simulator, phone) == []


def test_an_email_arrives_as_text_and_page(simulator):
    to = f"{secrets.token_hex(6)}@example.com"
    message = queue_email(
        to=to,
        subject="商品已发货",
        body="您好，\n\n<b>保温杯</b>",
        dedupe_key="sim-3",
    )

    with override_settings(EMAIL_BACKEND=REAL_MAIL):
        send_message(message.pk)

    message.refresh_from_db()
    (letter,) = arrived(simulator, to)
    assert message.status == "SENT"
    assert letter["subject"] == "商品已发货"
    assert "<b>保温杯</b>" in letter["text"]
    assert "&lt;b&gt;保温杯" in letter["html"]
    assert mail.outbox == []


def test_a_mail_server_that_is_away_is_tried_again(simulator):
    message = queue_email(to="a@b.example", subject="x", body="y", dedupe_key="sim-4")

    with override_settings(EMAIL_BACKEND=REAL_MAIL, EMAIL_PORT=1):
        send_message(message.pk)

    message.refresh_from_db()
    assert (message.status, message.attempts) == (MessageStatus.QUEUED, 1)
    assert "ConnectionRefusedError" in message.last_error


def test_the_settings_lead_to_the_simulator(simulator):
    assert settings.SMS_BASE_URL.startswith(simulator.url)
