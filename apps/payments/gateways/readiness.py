"""Which channel has everything it needs: asked at the start, and before it is offered to anybody."""

from collections.abc import Callable

from django.conf import settings

from apps.payments.gateways.credentials import (
    ChannelNotConfigured,
    certificate,
    credentials_of,
    named,
    private_key,
    public_key,
)
from apps.payments.gateways.wechat.platform_keys import newest_key_id

DEFAULTED = {"gateway_url", "base_url", "refund_gap_seconds", "jsapi_url"}

NEEDS: dict[str, tuple[Callable[[], object], ...]] = {
    "ALIPAY": (
        lambda: named("ALIPAY", "app_id"),
        lambda: named("ALIPAY", "seller_id"),
        lambda: private_key("ALIPAY"),
        lambda: public_key("ALIPAY"),
    ),
    "WECHAT": (
        lambda: named("WECHAT", "app_id"),
        lambda: named("WECHAT", "mch_id"),
        lambda: named("WECHAT", "mch_serial"),
        lambda: named("WECHAT", "api_v3_key"),
        lambda: private_key("WECHAT"),
        newest_key_id,
    ),
    "UNIONPAY": (
        lambda: named("UNIONPAY", "mer_id"),
        lambda: private_key("UNIONPAY"),
        lambda: certificate("UNIONPAY", "cert"),
        lambda: certificate("UNIONPAY", "middle_cert"),
        lambda: certificate("UNIONPAY", "root_cert"),
    ),
}


def missing_of(provider: str) -> list[str]:
    """Return the names of what a channel needs and has not got."""
    missing = []
    for need in NEEDS[provider]:
        try:
            need()
        except ChannelNotConfigured as problem:
            missing.append(str(problem.details["missing"]))
    return missing


def is_ready(provider: str) -> bool:
    return not missing_of(provider)


def is_wanted(provider: str) -> bool:
    """Say whether a channel is meant to work: it is listed, or has some credential of its own."""
    listed = {name.upper() for name in settings.PAYMENT_CHANNELS}
    values = credentials_of(provider).items()
    return provider in listed or any(value for name, value in values if name not in DEFAULTED)
