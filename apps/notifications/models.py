"""What people are told: the texts, what each person was told, and what they wish to be told."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.core import clock
from apps.core.querysets import ShopQuerySet
from apps.notifications.kinds import Channel, Kind


class TemplateQuerySet(ShopQuerySet["Template"]):
    def active(self) -> Self:
        return self.filter(is_active=True)

    def of(self, kind: str, channel: str, language: str) -> Self:
        return self.filter(kind=kind, channel=channel, language=language)


class Template(models.Model):
    """One version of one text. A version never changes; the newest is usually the one in use."""

    kind = models.CharField(_("about"), max_length=24, choices=Kind.choices)
    channel = models.CharField(_("channel"), max_length=8, choices=Channel.choices)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    version = models.PositiveIntegerField(_("version"), editable=False)
    subject = models.CharField(_("subject"), max_length=120, blank=True)
    body = models.TextField(_("text"), max_length=2000)
    provider_code = models.CharField(
        _("code at the SMS provider"),
        max_length=40,
        blank=True,
        help_text=_("The provider keeps the text of an SMS; register this one there first."),
    )
    is_active = models.BooleanField(_("in use"), default=False, editable=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(_("written at"), default=clock.now, editable=False)

    objects: ClassVar = TemplateQuerySet.as_manager()

    class Meta:
        verbose_name = _("text")
        verbose_name_plural = _("texts")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "channel", "language", "version"], name="template_version_once"
            ),
            models.UniqueConstraint(
                fields=["kind", "channel", "language"],
                condition=Q(is_active=True),
                name="one_template_in_use",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.get_channel_display()} · {self.language} v{self.version}"


class NotificationQuerySet(ShopQuerySet["Notification"]):
    def visible_to(self, user: Any) -> Self:
        return self.filter(user=user)

    def unread(self) -> Self:
        return self.filter(read_at=None)


class Notification(models.Model):
    """Something a person was told in the shop."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=24, choices=Kind.choices)
    title = models.CharField(max_length=120)
    body = models.CharField(max_length=500)
    number = models.CharField(max_length=20, blank=True)
    link = models.CharField(max_length=200, blank=True)
    dedupe_key = models.CharField(max_length=120, unique=True)
    created_at = models.DateTimeField(default=clock.now)
    read_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        indexes = [
            models.Index(fields=["user", "-id"], name="notification_list"),
            models.Index(fields=["user"], name="notification_unread", condition=Q(read_at=None)),
        ]

    def __str__(self) -> str:
        return self.title


class Preference(models.Model):
    """Over which channels, besides the shop itself, somebody wants to be told of their orders."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    wants_email = models.BooleanField(_("by e-mail"), default=True)
    wants_sms = models.BooleanField(_("by SMS"), default=True)

    class Meta:
        verbose_name = _("preference")
        verbose_name_plural = _("preferences")

    def __str__(self) -> str:
        return str(self.user_id)

    def wants(self, channel: str) -> bool:
        return {Channel.EMAIL: self.wants_email, Channel.SMS: self.wants_sms}.get(
            Channel(channel), True
        )
