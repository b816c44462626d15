from typing import Any

from django.core.exceptions import PermissionDenied

from apps.accounts.models import User


def person_of(request: Any) -> User:
    """
    Return who is signed in, behind a door that lets nobody else in.

    :raises PermissionDenied: if the door was left open
    """
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user
