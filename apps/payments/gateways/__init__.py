"""The channels, by name."""

from apps.payments.gateways.base import Gateway

GATEWAYS: dict[str, Gateway] = {}


def get_gateway(provider: str) -> Gateway:
    """Return a channel's adapter; an unknown name is a bug."""
    return GATEWAYS[provider]
