"""The texts that operators write. A change is a new version; an old one can come back into use."""

from dataclasses import dataclass

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from apps.core.actors import Actor
from apps.core.audit import record_audit
from apps.core.bus import publish
from apps.core.errors import InvalidInput, Refusal
from apps.notifications.events import TemplateChanged
from apps.notifications.kinds import PLANS, Channel
from apps.notifications.models import Template
from apps.notifications.rendering import words_in


class UnknownWord(Refusal):
    """The text names something that nobody will ever fill in."""

    code = "TEMPLATE_WORD_UNKNOWN"
    http_status = 400
    text = _("“{{{word}}}” means nothing here. These words do: {known}")


@dataclass(frozen=True, slots=True, kw_only=True)
class TextDraft:
    """What an operator writes for one kind of news, one channel, one language."""

    kind: str
    channel: str
    language: str
    subject: str
    body: str
    provider_code: str = ""

    def must_be_valid(self) -> None:
        """
        Check that it can be sent one day.

        :raises InvalidInput, UnknownWord: saying what cannot be
        """
        plan = PLANS.get(self.kind)
        if plan is None or self.channel not in Channel.values:
            raise InvalidInput(field="kind", reason=_("choose one of the list"))
        if self.language not in dict(settings.LANGUAGES):
            raise InvalidInput(field="language", reason=_("choose one of the list"))
        if not self.body.strip() or (self.channel != Channel.SMS and not self.subject.strip()):
            raise InvalidInput(field="body", reason=_("a text has words"))
        if self.channel == Channel.SMS and not self.provider_code.strip():
            raise InvalidInput(field="provider_code", reason=_("an SMS has a code at the provider"))
        for text in (self.subject, self.body):
            try:
                words = words_in(text)
            except ValueError as problem:
                raise InvalidInput(field="body", reason=str(problem)) from problem
            for word in sorted(words - set(plan.words)):
                raise UnknownWord(word=word, known=", ".join(f"{{{w}}}" for w in plan.words))


@transaction.atomic
def save_text(*, draft: TextDraft, actor: Actor | None) -> Template:
    """
    Write the next version of a text and use it from now on.

    :raises InvalidInput, UnknownWord: and the present one stays in use
    """
    draft.must_be_valid()
    _take_turn(draft.kind, draft.channel, draft.language)
    versions = Template.objects.of(draft.kind, draft.channel, draft.language)
    newest = versions.aggregate(newest=Max("version"))["newest"] or 0
    versions.active().update(is_active=False)
    text = Template.objects.create(
        kind=draft.kind,
        channel=draft.channel,
        language=draft.language,
        version=newest + 1,
        subject=draft.subject.strip(),
        body=draft.body.strip(),
        provider_code=draft.provider_code.strip(),
        is_active=True,
        author=actor,
    )
    record_audit("notifications.save_text", text, actor=actor, after={"version": text.version})
    publish(TemplateChanged(template_id=text.pk))
    return text


@transaction.atomic
def use_text(*, template_id: int, actor: Actor) -> Template:
    """Bring an old version back into use."""
    text: Template = Template.objects.get(pk=template_id)
    _take_turn(text.kind, text.channel, text.language)
    Template.objects.of(text.kind, text.channel, text.language).active().update(is_active=False)
    Template.objects.filter(pk=text.pk).update(is_active=True)
    record_audit("notifications.use_text", text, actor=actor, after={"version": text.version})
    publish(TemplateChanged(template_id=text.pk))
    text.refresh_from_db()
    return text


def _take_turn(*of: str) -> None:
    """Let one operator at a time decide which version is in use."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 17))", ["|".join(of)])
