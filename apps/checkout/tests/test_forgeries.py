"""Thousands of notices that somebody has touched: none is accepted, nothing is kept, nothing moves (fault C2)."""

import json
import random
from urllib.parse import parse_qsl, urlencode

import pytest

from apps.checkout.tests.factories import a_sku, a_trade
from apps.core.models import Delivery
from apps.orders.models import TradeStatus
from apps.payments.gateways import get_gateway
from apps.payments.models import GatewayNotice, PaymentStatus
from apps.payments.tests.channel_voices import VOICES
from apps.payments.tests.factories import a_payment_for

pytestmark = pytest.mark.django_db

FORGERIES = 1700  # of each channel


def flipped(body, chance):
    place = chance.randrange(len(body))
    return body[:place] + bytes([body[place] ^ (1 << chance.randrange(8))]) + body[place + 1 :]


def shortened(body, chance):
    place = chance.randrange(len(body))
    return body[:place] + body[place + chance.randrange(1, 6) :]


def lengthened(body, chance):
    place = chance.randrange(len(body))
    return body[:place] + bytes([chance.randrange(256)]) + body[place:]


def with_field(body, chance):
    fields = parse_qsl(body.decode(), keep_blank_values=True)
    place = chance.randrange(len(fields) + 1)
    name = chance.choice(["extra", "refund_fee", "trade_status", "txnAmt", "sign_type", "sign"])
    fields.insert(place, (name, chance.choice(["", "0.01", "RSA", "TRADE_SUCCESS"])))
    return urlencode(fields).encode()


def without_field(body, chance):
    fields = parse_qsl(body.decode(), keep_blank_values=True)
    fields.pop(chance.randrange(len(fields)))
    return urlencode(fields).encode()


def with_other_value(body, chance):
    fields = parse_qsl(body.decode(), keep_blank_values=True)
    place = chance.randrange(len(fields))
    name, value = fields[place]
    fields[place] = (name, chance.choice([value + "1", value[:-1], value.swapcase(), "", "0.01"]))
    return urlencode(fields).encode()


def with_other_header(headers, chance):
    name = chance.choice(
        ["Wechatpay-Timestamp", "Wechatpay-Nonce", "Wechatpay-Serial", "Wechatpay-Signature"]
    )
    value = headers[name]
    place = chance.randrange(len(value))
    other = chance.choice("0123456789ABCDEFabcdef+/=")
    altered = chance.choice([value[:place] + other + value[place + 1 :], value[:place], ""])
    return headers | {name: altered}


def with_other_json(body, chance):
    message = json.loads(body)
    message[chance.choice(["id", "event_type", "summary"])] = chance.choice(["x", "", None, 1])
    return json.dumps(message).encode()


FORM_TRICKS = (flipped, shortened, lengthened, with_field, without_field, with_other_value)
JSON_TRICKS = (flipped, shortened, lengthened, with_other_json)


def says_the_same(one, other):
    """Whether two forms mean the same: %3a is %3A, and nobody has forged anything."""
    try:
        return parse_qsl(one.decode(), keep_blank_values=True, strict_parsing=True) == parse_qsl(
            other.decode(), keep_blank_values=True, strict_parsing=True
        )
    except ValueError:
        return False


def forgeries(voice, body, headers, chance):
    """Yield notices that say something else than the signed one."""
    while True:
        if voice.name == "wechat" and chance.random() < 0.3:
            altered, altered_headers = body, with_other_header(headers, chance)
        else:
            tricks = JSON_TRICKS if voice.name == "wechat" else FORM_TRICKS
            altered, altered_headers = chance.choice(tricks)(body, chance), headers
        is_same = altered_headers == headers and (
            altered == body or (voice.name != "wechat" and says_the_same(altered, body))
        )
        if not is_same:
            yield altered, altered_headers


@pytest.mark.parametrize("provider", ["ALIPAY", "WECHAT", "UNIONPAY"])
def test_no_forgery_is_accepted(client, shopper, provider, caplog):
    caplog.set_level("CRITICAL")
    voice, chance = VOICES[provider], random.Random(f"forgeries of {provider}")
    trade = a_trade(shopper, (a_sku(price="13.00"), 2))
    payment = a_payment_for(trade, provider=provider, payee=get_gateway(provider).payee())
    body, headers = voice.seal(voice.fields(payment))
    facts = Delivery.objects.count()
    made = forgeries(voice, body, headers, chance)

    statuses = set()
    for _each in range(FORGERIES):
        altered, altered_headers = next(made)
        response = voice.post(client, altered, altered_headers)
        assert (response.status_code, response.content) != voice.accepted, altered
        statuses.add(response.status_code)

    assert statuses <= {400, 401}
    trade.refresh_from_db()
    payment.refresh_from_db()
    assert (trade.status, payment.status) == (TradeStatus.UNPAID, PaymentStatus.PENDING)
    assert not GatewayNotice.objects.exists()
    assert Delivery.objects.count() == facts
    genuine = voice.post(client, body, headers)
    assert (genuine.status_code, genuine.content) == voice.accepted
