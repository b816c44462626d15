"""At the start: a channel that is to work has every key it needs, or the shop does not start (fault C7)."""

from collections.abc import Callable, Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from apps.payments.gateways.credentials import (
    ChannelNotConfigured,
    certificate,
    named,
    private_key,
    public_key,
)
from apps.payments.gateways.wechat.platform_keys import newest_key_id

URLS = {"gateway_url", "base_url"}
DEFAULTED = URLS | {"refund_gap_seconds", "jsapi_url"}

NEEDS: dict[str, list[Callable[[], object]]] = {
    "ALIPAY": [
        lambda: named("ALIPAY", "app_id"),
        lambda: named("ALIPAY", "seller_id"),
        lambda: private_key("ALIPAY"),
        lambda: public_key("ALIPAY"),
    ],
    "WECHAT": [
        lambda: named("WECHAT", "app_id"),
        lambda: named("WECHAT", "mch_id"),
        lambda: named("WECHAT", "mch_serial"),
        lambda: named("WECHAT", "api_v3_key"),
        lambda: private_key("WECHAT"),
        newest_key_id,
    ],
    "UNIONPAY": [
        lambda: named("UNIONPAY", "mer_id"),
        lambda: private_key("UNIONPAY"),
        lambda: certificate("UNIONPAY", "cert"),
        lambda: certificate("UNIONPAY", "middle_cert"),
        lambda: certificate("UNIONPAY", "root_cert"),
    ],
}


@register(Tags.security)
def check_channels(
    app_configs: Sequence[AppConfig] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Name what a channel misses that is listed, or of which somebody has set a part."""
    found: list[CheckMessage] = [
        Error(
            f"EMSHOP_PAYMENT_CHANNELS names {name!r}, which is none of {', '.join(NEEDS)}.",
            id="payments.E001",
        )
        for name in settings.PAYMENT_CHANNELS
        if name.upper() not in NEEDS
    ]
    for provider in NEEDS:
        found += [
            Error(
                f"{provider} cannot work: {missing} is missing or cannot be read.",
                hint=f"Set EMSHOP_{provider}_{missing.upper()}, or leave the channel out altogether.",
                id="payments.E002",
            )
            for missing in missing_of(provider)
            if is_wanted(provider)
        ]
    return found


@register(Tags.security, deploy=True)
def check_some_channel(
    app_configs: Sequence[AppConfig] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """A shop in production can take money."""
    if any(is_wanted(provider) for provider in NEEDS):
        return []
    return [Error("No payment channel is configured.", id="payments.E003")]


def is_wanted(provider: str) -> bool:
    """Say whether a channel is meant to work: it is listed, or has some credential of its own."""
    listed = {name.upper() for name in settings.PAYMENT_CHANNELS}
    values = settings.PAYMENT_CREDENTIALS[provider].items()
    return provider in listed or any(value for name, value in values if name not in DEFAULTED)


def missing_of(provider: str) -> list[str]:
    """Return the names of what a channel needs and has not got."""
    missing = []
    for need in NEEDS[provider]:
        try:
            need()
        except ChannelNotConfigured as problem:
            missing.append(str(problem.details["missing"]))
    return missing
