"""Questions about what people were told, and in which words."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings

from apps.notifications.models import Notification, NotificationQuerySet, Preference, Template


def list_notifications(user: Any) -> NotificationQuerySet:
    """Return what somebody was told, the newest first."""
    rows: NotificationQuerySet = Notification.objects.visible_to(user).order_by("-pk")
    return rows


def count_unread(user: Any) -> int:
    """Return how much of it they have not read; for the badge on every page."""
    count: int = Notification.objects.visible_to(user).unread().count()
    return count


def preference_of(user: Any) -> Preference:
    """Return what somebody wishes; everything, if they never said."""
    return Preference.objects.filter(user=user).first() or Preference(user=user)


def texts_by_channel(kind: str, channels: Iterable[str], language: str) -> dict[str, Template]:
    """Return the text in use for each channel, in this language or else in the shop's."""
    languages = [settings.LANGUAGE_CODE, language]  # the later one wins
    rows = Template.objects.active().filter(
        kind=kind, channel__in=list(channels), language__in=languages
    )
    ordered = sorted(
        rows, key=lambda row: languages.index(row.language) if row.language != language else 1
    )
    return {row.channel: row for row in ordered}
