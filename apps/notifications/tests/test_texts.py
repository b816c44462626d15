import pytest
from django.urls import reverse

from apps.core.errors import InvalidInput
from apps.core.models import AuditEntry, Delivery
from apps.notifications.kinds import PLANS, Channel
from apps.notifications.models import Template
from apps.notifications.rendering import fill, words_in
from apps.notifications.services import TextDraft, UnknownWord, save_text, use_text

pytestmark = pytest.mark.django_db


def a_draft(**changes):
    return TextDraft(
        **{
            "kind": "ORDER_PAID",
            "channel": "SITE",
            "language": "zh-hans",
            "subject": "收到付款",
            "body": "收到 {amount}",
            **changes,
        }
    )


def the_text(**changes):
    of = {"kind": "ORDER_PAID", "channel": "SITE", "language": "zh-hans"} | changes
    return Template.objects.active().get(**of)


def test_every_planned_message_has_a_text_in_both_languages():
    for kind, plan in PLANS.items():
        channels = set(plan.channels) | ({Channel.SMS} if plan.guests_by_sms else set())
        for channel in channels:
            for language in ("zh-hans", "en"):
                text = the_text(kind=kind, channel=channel, language=language)
                assert words_in(text.subject + text.body) <= set(plan.words)
                assert bool(text.provider_code) == (channel == Channel.SMS)


def test_a_change_is_a_new_version_and_the_old_one_stays(operator):
    old = the_text()

    new = save_text(draft=a_draft(), actor=operator())

    old.refresh_from_db()
    assert (old.is_active, old.version, new.is_active, new.version) == (False, 1, True, 2)
    assert the_text() == new
    assert Delivery.objects.get(event="TemplateChanged").payload == {"template_id": new.pk}
    assert AuditEntry.objects.get().after == {"version": 2}


def test_an_old_version_comes_back(operator):
    old = the_text()
    save_text(draft=a_draft(), actor=None)

    use_text(template_id=old.pk, actor=operator())

    assert the_text() == old
    assert Template.objects.active().filter(kind="ORDER_PAID", channel="SITE").count() == 2
    assert save_text(draft=a_draft(), actor=None).version == 3


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"body": "{amuont}"}, UnknownWord),
        ({"subject": "{reason}"}, UnknownWord),
        ({"body": "{amount.__class__}"}, InvalidInput),
        ({"body": "{amount!r:>9}"}, InvalidInput),
        ({"body": "{}"}, InvalidInput),
        ({"body": "{{amount}}"}, InvalidInput),
        ({"body": "100 % }"}, InvalidInput),
        ({"body": "  "}, InvalidInput),
        ({"subject": ""}, InvalidInput),
        ({"kind": "NOTHING"}, InvalidInput),
        ({"channel": "PIGEON"}, InvalidInput),
        ({"language": "xx"}, InvalidInput),
        ({"channel": "SMS", "provider_code": ""}, InvalidInput),
    ],
)
def test_a_text_that_could_not_be_sent_is_refused(changes, refusal):
    before = the_text()

    with pytest.raises(refusal) as caught:
        save_text(draft=a_draft(**changes), actor=None)

    assert caught.value.message
    assert the_text() == before
    assert Template.objects.filter(version__gt=1).count() == 0


def test_words_are_filled_in_once():
    assert fill("{a} {b} {c}", {"a": "{b}", "b": "x"}) == "{b} x "


def test_operators_write_texts(operator, as_staff):
    editor = operator("notifications.view_template", "notifications.change_template")
    url = reverse("admin:notifications_template_change", args=[the_text().pk])
    browser = as_staff(editor)

    page = browser.get(url)
    wrong = browser.post(url, {"subject": "收到付款", "body": "{nonsense}"})
    right = browser.post(url, {"subject": "收到付款", "body": "收到 {amount}", "kind": "X"})

    text = the_text()
    assert "¥128.00" in page.content.decode()
    assert (wrong.status_code, right.status_code) == (200, 302)
    assert "{nonsense}" in wrong.content.decode()
    assert (text.version, text.body, text.author) == (2, "收到 {amount}", editor)
    assert Template.objects.filter(version=1).count() == Template.objects.count() - 1


def test_operators_bring_an_old_version_back(operator, as_staff):
    editor = operator("notifications.view_template", "notifications.change_template")
    old = the_text()
    save_text(draft=a_draft(), actor=None)

    as_staff(editor).post(
        reverse("admin:notifications_template_changelist"),
        {"action": "use_again", "_selected_action": [old.pk]},
    )

    assert the_text() == old


def test_without_the_permission_texts_are_only_read(operator, as_staff):
    reader = as_staff(operator("notifications.view_template"))
    url = reverse("admin:notifications_template_change", args=[the_text().pk])

    assert reader.get(url).status_code == 200
    assert reader.post(url, {"subject": "x", "body": "y"}).status_code == 403
    assert the_text().version == 1
