"""Going out: here, there, everywhere."""

import uuid

from django.db import transaction
from django.db.models import F

from apps.accounts.models import TokenFamily, User, UserSession
from apps.core import clock
from apps.core.errors import NotFound


@transaction.atomic
def log_out_everywhere(*, user_id: int) -> None:
    """Close every session and call back every token of a person, at once."""
    user = User.objects.locked().get(pk=user_id)
    User.objects.filter(pk=user.pk).update(token_version=F("token_version") + 1)
    UserSession.objects.filter(user=user).delete()
    TokenFamily.objects.filter(user=user, revoked_at=None).update(revoked_at=clock.now())


def close_session(*, user_id: int, public_id: uuid.UUID) -> None:
    """
    Sign out one browser or one app of a person.

    :raises NotFound: if it is not theirs, or closed already
    """
    closed, _ = UserSession.objects.filter(user_id=user_id, public_id=public_id).delete()
    revoked = TokenFamily.objects.filter(
        user_id=user_id, public_id=public_id, revoked_at=None
    ).update(revoked_at=clock.now())
    if not closed and not revoked:
        raise NotFound
