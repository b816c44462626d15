"""SMS and mail arrive where a person reads them."""

import base64
import hashlib
import hmac
import json
import smtplib
import time
import urllib.parse
import uuid
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest

from simulator.messages.sms import signature


@pytest.fixture
def send(sim):
    def call(method="POST", secret=None, **change):
        fields = {
            "AccessKeyId": sim.env["EMSHOP_SMS_ACCESS_KEY_ID"],
            "Action": "SendSms",
            "Format": "JSON",
            "PhoneNumbers": "13800138000",
            "RegionId": "cn-hangzhou",
            "SignName": "小店",
            "SignatureMethod": "HMAC-SHA1",
            "SignatureNonce": str(uuid.uuid4()),
            "SignatureVersion": "1.0",
            "TemplateCode": "SMS_100001",
            "TemplateParam": json.dumps({"code": "246810"}),
            "Timestamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "Version": "2017-05-25",
        } | change
        quote = lambda text: urllib.parse.quote(text, safe="~")  # noqa: E731
        query = "&".join(f"{quote(k)}={quote(v)}" for k, v in sorted(fields.items()))
        secret = secret or sim.env["EMSHOP_SMS_ACCESS_KEY_SECRET"]
        text = f"{method}&%2F&{quote(query)}"
        mac = hmac.new(f"{secret}&".encode(), text.encode(), hashlib.sha1).digest()
        query += "&Signature=" + quote(base64.b64encode(mac).decode())
        url = sim.env["EMSHOP_SMS_BASE_URL"]
        if method == "GET":
            return sim.http.request("GET", f"{url}?{query}").json()["Code"]
        return sim.http.request("POST", url, body=query).json()["Code"]

    return call


def messages(sim, to):
    return sim.control("GET", f"messages?to={to}")["messages"]


def test_the_signature_is_that_of_aliyuns_own_example():
    """The example of the signature page in Aliyun's documents of the SMS service."""
    fields = {
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
    assert signature("GET", fields, "testSecret") == "zJDF+Lrzhj/ThnlvIToysFRq6t4="


def test_a_signed_message_is_read_on_the_phone(sim, send):
    assert send() == "OK"
    assert send("GET", PhoneNumbers="13900139000") == "OK"
    newest = messages(sim, "13900139000")[0]
    assert newest["text"] == "【小店】SMS_100001 code：246810"
    page = sim.get("/phone/").data.decode()
    assert page.index("13900139000") < page.index("13800138000")
    assert "246810" in page


def test_registered_templates_are_written_out(sim, send):
    text = "您的验证码是${code}，5分钟内有效。"
    sim.control("POST", "sms-templates", {"SMS_100002": text})
    send(TemplateCode="SMS_100002", PhoneNumbers="13700137000")
    (message,) = messages(sim, "13700137000")
    assert message["text"] == "【小店】您的验证码是246810，5分钟内有效。"


def test_what_is_not_the_shops_or_makes_no_sense_is_refused(sim, send):
    before = len(messages(sim, ""))
    assert send(secret="other") == "SignatureDoesNotMatch"
    assert send(AccessKeyId="LTAI") == "InvalidAccessKeyId.NotFound"
    assert send(Timestamp="2017-07-12T02:42:19Z") == "InvalidTimeStamp.Expired"
    assert send(PhoneNumbers="phone") == "isv.MOBILE_NUMBER_ILLEGAL"
    assert send(TemplateParam="{") == "isv.INVALID_JSON_PARAM"
    assert send(TemplateCode="") == "isv.INVALID_PARAMETERS"
    assert send(Action="Sing") == "InvalidAction.NotFound"
    sim.knob("sms", "refuse", value="isv.BUSINESS_LIMIT_CONTROL", count=1)
    assert send() == "isv.BUSINESS_LIMIT_CONTROL"
    assert len(messages(sim, "")) == before


def test_a_nonce_is_good_once(send):
    nonce = str(uuid.uuid4())
    assert send(SignatureNonce=nonce) == "OK"
    assert send(SignatureNonce=nonce) == "SignatureNonceUsed"


def test_a_mail_is_read_in_both_its_bodies(sim):
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "shop@example.com", "wang@example.com", "订单已付款"
    mail.set_content("您好，订单已付款。")
    mail.add_alternative("<h1>订单已付款</h1><script>alert(1)</script>", subtype="html")
    with smtplib.SMTP("127.0.0.1", sim.smtp_port, timeout=10) as client:
        client.send_message(mail)

    (message,) = messages(sim, "wang@example.com")

    assert message["subject"] == "订单已付款"
    assert message["text"].strip() == "您好，订单已付款。"
    inbox = sim.get("/mail/").data.decode()
    assert "订单已付款" in inbox
    page = sim.get(f"/mail/{message['key']}").data.decode()
    assert "sandbox" in page
    assert "<script>alert" not in page


def test_the_mail_server_can_be_busy_refuse_and_lose(sim):
    def send(to):
        with smtplib.SMTP("127.0.0.1", sim.smtp_port, timeout=10) as client:
            client.sendmail("shop@example.com", [to], b"Subject: x\r\n\r\nx\r\n")

    sim.knob("mail", "server_error", count=1)
    with pytest.raises(smtplib.SMTPDataError) as busy:
        send("li@example.com")
    assert busy.value.smtp_code == 451
    sim.knob("mail", "refuse", value="550", match="li@example.com", count=1)
    with pytest.raises(smtplib.SMTPDataError) as refused:
        send("li@example.com")
    assert refused.value.smtp_code == 550
    sim.knob("mail", "drop", count=1)
    send("li@example.com")
    assert messages(sim, "li@example.com") == []
    sim.knob("mail", "slow", value=0.5, count=1)
    began = time.time()
    send("li@example.com")
    assert time.time() - began >= 0.5
    assert len(messages(sim, "li@example.com")) == 1
