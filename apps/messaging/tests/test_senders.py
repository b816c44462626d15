import smtplib
from urllib.parse import parse_qs

import pytest
from django.core import mail

from apps.core.outgoing import Answer, OutgoingFailed
from apps.messaging.senders import NotSent, aliyun_sms
from apps.messaging.senders.aliyun_sms import AliyunSms, sign
from apps.messaging.senders.smtp import Smtp
from apps.messaging.services import queue_email, queue_sms

pytestmark = pytest.mark.django_db

# The worked example of Aliyun's own documentation of Dysmsapi.
EXAMPLE = {
    "AccessKeyId": "testId",
    "Action": "SendSms",
    "Format": "XML",
    "OutId": "123",
    "PhoneNumbers": "15300000001",
    "RegionId": "cn-hangzhou",
    "SignName": "阿里云短信测试专用",
    "SignatureMethod": "HMAC-SHA1",
    "SignatureNonce": "45e25e9b-0a6f-4070-8c85-2956eda1b466",
    "SignatureVersion": "1.0",
    "TemplateCode": "SMS_71390007",
    "TemplateParam": '{"customer":"test"}',
    "Timestamp": "2017-07-12T02:42:19Z",
    "Version": "2017-05-25",
}


def test_the_signature_is_that_of_the_published_example():
    assert sign("GET", EXAMPLE, "testSecret") == "zJDF+Lrzhj/ThnlvIToysFRq6t4="


@pytest.fixture
def aliyun(monkeypatch, settings):
    settings.SMS_ACCESS_KEY_ID, settings.SMS_ACCESS_KEY_SECRET = "LTAI", "secret"
    sent = []

    def answers(status=200, body=b'{"Code":"OK","BizId":"900","Message":"OK"}'):
        def send(method, url, *, body, headers):
            sent.append((method, url, {k: v[0] for k, v in parse_qs(body.decode()).items()}))
            return answer

        answer = Answer(status, {}, body)
        monkeypatch.setattr(aliyun_sms, "send", send)
        return sent

    return answers


def an_sms():
    return queue_sms(
        to="13812345678", template_code="SMS_1", params={"code": "042042"}, dedupe_key="k"
    )


def test_an_sms_is_signed_and_taken(aliyun):
    sent = aliyun()

    assert AliyunSms().send(an_sms()) == "900"

    method, _url, params = sent[0]
    signature = params.pop("Signature")
    assert method == "POST"
    assert params["PhoneNumbers"] == "13812345678"
    assert params["TemplateParam"] == '{"code": "042042"}'
    assert signature == sign("POST", params, "secret")


@pytest.mark.parametrize(
    ("status", "body", "is_final"),
    [
        (200, b'{"Code":"isv.BUSINESS_LIMIT_CONTROL","Message":"slow"}', False),
        (200, b'{"Code":"isv.MOBILE_NUMBER_ILLEGAL","Message":"no"}', True),
        (500, b'{"Code":"OK","BizId":"1"}', False),
        (200, b"<html>", False),
        (200, b"[]", False),
        (200, b"{}", False),
    ],
)
def test_a_refusal_says_whether_to_try_again(aliyun, status, body, is_final):
    aliyun(status, body)

    with pytest.raises(NotSent) as caught:
        AliyunSms().send(an_sms())

    assert caught.value.is_final is is_final


def test_a_provider_that_is_away_is_tried_again(aliyun, monkeypatch):
    aliyun()

    def away(*_args, **_kwargs):
        raise OutgoingFailed("timeout")

    monkeypatch.setattr(aliyun_sms, "send", away)

    with pytest.raises(NotSent) as caught:
        AliyunSms().send(an_sms())

    assert not caught.value.is_final


def test_without_an_account_nothing_is_sent(settings):
    settings.SMS_ACCESS_KEY_ID = ""

    with pytest.raises(NotSent, match="EMSHOP_SMS_ACCESS_KEY_ID"):
        AliyunSms().send(an_sms())


def an_email(body="See <b>this</b>\n\nhttps://emshop.example/orders/1"):
    return queue_email(to="a@b.example", subject="订单已发货", body=body, dedupe_key="m")


def test_an_email_goes_as_text_and_as_a_page():
    Smtp().send(an_email())

    letter = mail.outbox[0]
    page = letter.alternatives[0].content
    assert (letter.subject, letter.to) == ("订单已发货", ["a@b.example"])
    assert "&lt;b&gt;this&lt;/b&gt;" in page
    assert '<a href="https://emshop.example/orders/1"' in page


@pytest.mark.parametrize(
    ("problem", "is_final"),
    [
        (smtplib.SMTPRecipientsRefused({"a@b.example": (550, b"no such user")}), True),
        (smtplib.SMTPRecipientsRefused({"a@b.example": (451, b"later")}), False),
        (smtplib.SMTPServerDisconnected("gone"), False),
        (ConnectionRefusedError(), False),
    ],
)
def test_a_mail_server_that_says_no(monkeypatch, problem, is_final):
    def refuse(_self, fail_silently=False):
        raise problem

    monkeypatch.setattr("django.core.mail.EmailMultiAlternatives.send", refuse)

    with pytest.raises(NotSent) as caught:
        Smtp().send(an_email())

    assert caught.value.is_final is is_final
