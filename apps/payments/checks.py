"""At the start: a channel that is to work has every key it needs, or the shop does not start (fault C7)."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from apps.payments.gateways.readiness import NEEDS, is_wanted, missing_of


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
    for provider in filter(is_wanted, NEEDS):
        found += [
            Error(
                f"{provider} cannot work: {missing} is missing or cannot be read.",
                hint=f"Set EMSHOP_{provider}_{missing.upper()}, or leave the channel out altogether.",
                id="payments.E002",
            )
            for missing in missing_of(provider)
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
