"""The shopper's side of the simulated channels, by its control doors."""

import json
import time
from urllib.parse import parse_qsl, urlsplit

import urllib3

from apps.payments.gateways.charges import ChargeKind

_http = urllib3.PoolManager()


def control(simulator, method, path, body=None):
    """Turn something in the simulator and return its answer."""
    answer = _http.request(
        method,
        f"{simulator.url}/control/{path}",
        body=json.dumps(body) if body is not None else None,
        headers={"Content-Type": "application/json"},
        retries=False,
    )
    assert answer.status < 300, answer.data
    return json.loads(answer.data) if answer.data else None


def pay(simulator, charge, payment):
    """Follow the charge and confirm it, as a shopper does."""
    asked = {"out_trade_no": payment.out_trade_no}
    if charge.kind is ChargeKind.FORM:
        asked["form"] = {"action": charge.url, "fields": charge.fields}
    elif charge.kind is not ChargeKind.JSAPI:
        asked["pay_url"] = charge.url or charge.qr_text
    results = control(simulator, "POST", "payments/pay", [asked])["results"]
    assert "error" not in results[0], results
    return results[0]


def booked(simulator, payment):
    """Return the channel's own row of a payment."""
    return control(simulator, "GET", f"payments/{payment.out_trade_no}")["payments"][0]


def turn_knob(simulator, payment, name, **more):
    """Let something go wrong with one payment, once if not said otherwise."""
    knob = {"channel": payment.provider.lower(), "name": name, "count": 1, **more}
    return control(simulator, "POST", "knobs", {"match": payment.out_trade_no, **knob})


def book(simulator, **query):
    return control(simulator, "GET", "book?" + "&".join(f"{k}={v}" for k, v in query.items()))


def until(said, seconds=8.0):
    """Ask again and again until the answer is there."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        answer = said()
        if answer:
            return answer
        time.sleep(0.05)
    raise AssertionError("it never came")


def fields_of(url):
    return dict(parse_qsl(urlsplit(url).query))
