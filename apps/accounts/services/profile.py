"""What somebody says about themselves (A10)."""

from dataclasses import dataclass
from datetime import date
from typing import IO

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts.avatars import draw_avatar
from apps.accounts.models import Gender, User
from apps.core import clock
from apps.core.audit import record_audit
from apps.core.errors import InvalidInput
from apps.core.text import is_one_line

OLDEST_BIRTHDAY = date(1900, 1, 1)
MAX_NICKNAME_LENGTH = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileDraft:
    """What may be changed, whole."""

    nickname: str
    birthday: date | None
    gender: str
    language: str
    wants_marketing: bool

    def must_be_valid(self) -> None:
        """
        Check every value.

        :raises InvalidInput: naming the first that cannot be right
        """
        if len(self.nickname) > MAX_NICKNAME_LENGTH or not is_one_line(self.nickname):
            raise InvalidInput(field="nickname", reason=_("one line of at most 40 characters"))
        if self.birthday and not OLDEST_BIRTHDAY <= self.birthday <= clock.today():
            raise InvalidInput(field="birthday", reason=_("a day since 1900 that is not to come"))
        if self.gender not in Gender.values:
            raise InvalidInput(field="gender", reason=_("choose one of the list"))
        if self.language not in dict(settings.LANGUAGES):
            raise InvalidInput(field="language", reason=_("choose one of the list"))


@transaction.atomic
def change_profile(*, user_id: int, draft: ProfileDraft) -> User:
    """
    Write down what somebody says about themselves; consent to marketing is kept with its time.

    :raises InvalidInput: and nothing was changed
    """
    draft.must_be_valid()
    user: User = User.objects.locked().get(pk=user_id)
    had_consent = user.marketing_consent_at is not None
    user.nickname, user.birthday = draft.nickname.strip(), draft.birthday
    user.gender, user.language = draft.gender, draft.language
    if draft.wants_marketing != had_consent:
        user.marketing_consent_at = clock.now() if draft.wants_marketing else None
        record_audit(
            "accounts.marketing_consent",
            user,
            actor=user,
            before={"consent": had_consent},
            after={"consent": draft.wants_marketing},
        )
    user.save(update_fields=["nickname", "birthday", "gender", "language", "marketing_consent_at"])
    return user


def change_avatar(*, user_id: int, upload: IO[bytes]) -> User:
    """
    Replace somebody's picture by a new drawing of what they sent.

    :raises BadPicture: and the old one stays
    """
    picture = draw_avatar(upload)
    with transaction.atomic():
        user: User = User.objects.locked().get(pk=user_id)
        old = user.avatar.name
        user.avatar = picture
        user.save(update_fields=["avatar"])
    _forget_file(user, old)
    return user


def remove_avatar(*, user_id: int) -> None:
    """Take somebody's picture away."""
    with transaction.atomic():
        user: User = User.objects.locked().get(pk=user_id)
        old = user.avatar.name
        user.avatar = ""
        user.save(update_fields=["avatar"])
    _forget_file(user, old)


def _forget_file(user: User, name: str | None) -> None:
    if name:
        user.avatar.storage.delete(name)
