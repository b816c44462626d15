"""What people do with what they were told."""

from django.db import transaction

from apps.accounts.models import User
from apps.core import clock
from apps.core.errors import NotFound
from apps.notifications.models import Notification, Preference


def mark_read(*, user_id: int, notification_id: int) -> Notification:
    """
    Note that somebody has read it; the first time counts.

    :raises NotFound: if it was not told to them
    """
    rows = Notification.objects.filter(user_id=user_id, pk=notification_id)
    rows.unread().update(read_at=clock.now())
    row: Notification | None = rows.first()
    if row is None:
        raise NotFound
    return row


def mark_all_read(*, user_id: int) -> int:
    """Note that somebody has read everything; return how much that was."""
    count: int = Notification.objects.filter(user_id=user_id).unread().update(read_at=clock.now())
    return count


@transaction.atomic
def change_preference(*, user_id: int, wants_email: bool, wants_sms: bool) -> Preference:
    """Write down over which channels somebody wants to be told of their orders."""
    user = User.objects.locked().get(pk=user_id)
    wishes, _is_new = Preference.objects.update_or_create(
        user=user, defaults={"wants_email": wants_email, "wants_sms": wants_sms}
    )
    return wishes
