"""Tell one person one thing, over every channel that is planned for it and that they want."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import transaction

from apps.accounts.models import User
from apps.core.bus import publish
from apps.messaging.services import queue_email, queue_sms
from apps.notifications.events import PersonTold
from apps.notifications.kinds import PLANS, Channel
from apps.notifications.models import Notification, Template
from apps.notifications.rendering import fill, words_in
from apps.notifications.selectors import preference_of, texts_by_channel

MAX_BODY = 500
MAX_SUBJECT = 120
NOT_FOR_SMS = "link"  # its domain would have to be registered with the provider


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What is to be told: of which kind, about what, to whom, in which words."""

    kind: str
    about: str  # tells this news from every other of its kind; the second time it is nothing new
    user: User | None
    phone: str  # of the guest, or where the goods go
    language: str
    words: Mapping[str, str] = field(default_factory=dict)
    number: str = ""
    link: str = ""

    @property
    def dedupe_key(self) -> str:
        return f"{self.kind}:{self.about}"


@transaction.atomic
def tell(news: News) -> None:
    """Write down what is to be told; the same news again writes nothing."""
    channels = _channels_for(news)
    for channel, text in texts_by_channel(news.kind, channels, news.language).items():
        _WRITERS[Channel(channel)](news, text)


def _channels_for(news: News) -> list[str]:
    plan = PLANS[news.kind]
    if news.user is None:
        return [Channel.SMS] if plan.guests_by_sms else []
    wishes = preference_of(news.user)
    return [channel for channel in plan.channels if wishes.wants(channel)]


def _write_in_shop(news: News, text: Template) -> None:
    if news.user is None:
        return
    row, is_new = Notification.objects.get_or_create(
        dedupe_key=news.dedupe_key,
        defaults={
            "user": news.user,
            "kind": news.kind,
            "title": fill(text.subject, news.words)[:MAX_SUBJECT],
            "body": fill(text.body, news.words)[:MAX_BODY],
            "number": news.number,
            "link": news.link,
        },
    )
    if is_new:
        publish(PersonTold(notification_id=row.pk))


def _write_email(news: News, text: Template) -> None:
    if news.user is None or not news.user.email:
        return
    queue_email(
        to=news.user.email,
        subject=fill(text.subject, news.words),
        body=fill(text.body, news.words),
        dedupe_key=f"{news.dedupe_key}:email",
    )


def _write_sms(news: News, text: Template) -> None:
    to = (news.user.phone if news.user else "") or news.phone
    if not to or not text.provider_code:
        return
    wanted = words_in(text.body) - {NOT_FOR_SMS}
    queue_sms(
        to=to,
        template_code=text.provider_code,
        params={name: news.words.get(name, "") for name in sorted(wanted)},
        dedupe_key=f"{news.dedupe_key}:sms",
    )


_WRITERS = {
    Channel.SITE: _write_in_shop,
    Channel.EMAIL: _write_email,
    Channel.SMS: _write_sms,
}
