"""Where people are signed in, and how they prove who they are."""

import uuid
from datetime import timedelta
from typing import ClassVar, Self

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from apps.accounts.models.people import User
from apps.core import clock
from apps.core.querysets import ShopQuerySet


class UserSessionQuerySet(ShopQuerySet["UserSession"]):
    def alive(self) -> Self:
        return self.filter(expire_date__gt=clock.now())

    def visible_to(self, user: User) -> Self:
        return self.filter(user=user).alive()


class UserSession(AbstractBaseSession):
    """A browser that visits, and whose it is once somebody has signed in."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="sessions"
    )
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    agent = models.CharField(max_length=200, blank=True)
    ip = models.GenericIPAddressField(null=True, blank=True)
    opened_at = models.DateTimeField(default=clock.now, editable=False)
    seen_at = models.DateTimeField(default=clock.now, editable=False)

    objects: ClassVar = BaseSessionManager.from_queryset(UserSessionQuerySet)()

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")

    @classmethod
    def get_session_store_class(cls) -> type[SessionBase]:
        store: type[SessionBase] = import_string(f"{settings.SESSION_ENGINE}.SessionStore")
        return store


class Audience(models.TextChoices):
    """For whom a token is good. One is never good for the other's doors."""

    SHOPPER = "emshop:shopper", _("shoppers' app")
    STAFF = "emshop:staff", _("staff's app")


class TokenFamilyQuerySet(ShopQuerySet["TokenFamily"]):
    def alive(self) -> Self:
        return self.filter(revoked_at=None, expires_at__gt=clock.now())

    def visible_to(self, user: User) -> Self:
        return self.filter(user=user, token_version=user.token_version).alive()


class TokenFamily(models.Model):
    """All tokens that come from one sign-in of an app. Only the newest refresh token of it is good."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    audience = models.CharField(max_length=16, choices=Audience.choices)
    token_version = models.PositiveIntegerField()
    generation = models.PositiveIntegerField(default=1)
    agent = models.CharField(max_length=200, blank=True)
    ip = models.GenericIPAddressField(null=True, blank=True)
    opened_at = models.DateTimeField(default=clock.now, editable=False)
    seen_at = models.DateTimeField(default=clock.now, editable=False)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    is_reused = models.BooleanField(default=False)

    objects: ClassVar = TokenFamilyQuerySet.as_manager()

    class Meta:
        verbose_name = _("app that is signed in")
        verbose_name_plural = _("apps that are signed in")
        indexes = [models.Index(fields=["expires_at"], name="token_family_expiry")]

    def __str__(self) -> str:
        return f"{self.audience} {self.public_id}"


class CodePurpose(models.TextChoices):
    RESET_PASSWORD = "RESET_PASSWORD", _("set a new password")
    PROVE_CONTACT = "PROVE_CONTACT", _("prove a phone number or an e-mail address")


class OneTimeCodeQuerySet(ShopQuerySet["OneTimeCode"]):
    def sent_to(self, target_hash: str, purpose: str) -> Self:
        return self.filter(target_hash=target_hash, purpose=purpose)

    def usable(self) -> Self:
        return self.filter(used_at=None, expires_at__gt=clock.database_now())


class OneTimeCode(models.Model):
    """Six digits that somebody was sent, for one purpose, for a few minutes. Only its hash is kept."""

    target_hash = models.CharField(max_length=64)
    purpose = models.CharField(max_length=16, choices=CodePurpose.choices)
    code_hash = models.CharField(max_length=64)
    tries = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar = OneTimeCodeQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["target_hash", "created_at"], name="code_target")]

    def __str__(self) -> str:
        return f"{self.purpose} {self.pk}"


class LoginFailureQuerySet(ShopQuerySet["LoginFailure"]):
    def of(self, who: str, *, within: timedelta) -> Self:
        return self.filter(who=who, at__gt=clock.now() - within)


class LoginFailure(models.Model):
    """A wrong password for an account from an address; counts when Redis is away."""

    who = models.CharField(max_length=64)
    at = models.DateTimeField(default=clock.now, editable=False)

    objects: ClassVar = LoginFailureQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["who", "at"], name="login_failure_who")]

    def __str__(self) -> str:
        return f"{self.who[:8]} {self.at}"
