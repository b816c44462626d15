"""Where channels and shoppers come back to. The paths stand here because the doors are above this app."""

from urllib.parse import urljoin

from django.conf import settings


def notice_url(channel: str) -> str:
    """Return where a channel tells us of payments."""
    return urljoin(settings.SITE_URL, f"/payments/{channel}/notices/")


def refund_notice_url(channel: str) -> str:
    """Return where a channel tells us of refunds."""
    return urljoin(settings.SITE_URL, f"/payments/{channel}/refund-notices/")


def return_url(payment_number: str) -> str:
    """Return where the shopper's browser comes back to. What it carries proves nothing."""
    return urljoin(settings.SITE_URL, f"/payments/{payment_number}/return/")
