from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext_lazy as _

from apps.catalog.drafts import SpuDraft, Unsound, must_be_sound
from apps.catalog.events import SpuChanged
from apps.catalog.models import SlugHistory, Spu, SpuStatus, SpuTranslation
from apps.catalog.services.matrix import Priced, save_matrix
from apps.catalog.services.pricing import log_changes, must_be_confirmed
from apps.catalog.services.reviewing import review_again
from apps.catalog.services.versions import must_be_version, next_version
from apps.catalog.snapshots import snapshot
from apps.catalog.words import clean_html
from apps.core.actors import Actor
from apps.core.bus import publish
from apps.core.errors import InvalidInput, Refusal


class SlugTaken(Refusal):
    code = "SLUG_TAKEN"
    http_status = 409
    text = _("Another product has the address “{slug}”.")


class CodeTaken(Refusal):
    code = "CODE_TAKEN"
    http_status = 409
    text = _("Another product or SKU of this merchant has one of these codes.")


@transaction.atomic
def save_spu(
    draft: SpuDraft,
    *,
    actor: Actor | None,
    spu_id: int | None = None,
    expected_version: int | None = None,
    is_confirmed: bool = False,
    reason: str = "",
) -> Spu:
    """
    Write the whole of an SPU, a new one (a draft) or, with ``spu_id``, one that is there.

    SKUs keep their row as long as their combination of specs stays; those left out are deleted, or taken
    off sale if anything refers to them. ``is_confirmed`` lets price changes of more than half pass.

    :raises InvalidInput: if the draft contradicts itself
    :raises VersionConflict: if somebody saved since ``expected_version``
    :raises PriceNeedsConfirmation, SlugTaken, CodeTaken: as they say
    """
    try:
        must_be_sound(draft)
    except Unsound as problem:
        raise InvalidInput(field=problem.field, reason=problem.reason) from problem
    spu = _find_or_start(draft, spu_id)
    must_be_version(spu, expected_version)
    before = snapshot(spu) if spu_id else {}
    priced = _write(spu, draft)
    must_be_confirmed(priced.main, is_confirmed)
    log_changes(priced.changes, actor, reason)
    if spu_id is None:
        spu.record_move("", SpuStatus.DRAFT, by=actor)
        publish(SpuChanged(spu_id=spu.pk))
        return spu
    after = snapshot(spu)
    if before != after:
        next_version(spu, before, after, actor)
        review_again(spu, actor)
        publish(SpuChanged(spu_id=spu.pk))
    return spu


def _write(spu: Spu, draft: SpuDraft) -> Priced:
    try:
        with transaction.atomic():
            _save_row(spu, draft)
            _save_words(spu, draft)
            priced = save_matrix(spu, draft)
            connection.check_constraints()  # the deferred ones speak now, while we can answer
    except IntegrityError as problem:
        raise _taken(problem, draft) from problem
    return priced


def _find_or_start(draft: SpuDraft, spu_id: int | None) -> Spu:
    if spu_id is None:
        return Spu(merchant_id=draft.merchant_id)
    spu: Spu = Spu.objects.locked().get(pk=spu_id)
    if spu.merchant_id != draft.merchant_id:
        raise InvalidInput(field="merchant", reason=_("it cannot change"))
    return spu


def _save_row(spu: Spu, draft: SpuDraft) -> None:
    former = spu.slug
    for name in (
        "category_id",
        "brand_id",
        "shipping_class_id",
        "code",
        "slug",
        "publish_at",
        "unpublish_at",
    ):
        setattr(spu, name, getattr(draft, name))
    if SlugHistory.objects.filter(slug=draft.slug).exclude(spu_id=spu.pk).exists():
        raise SlugTaken(slug=draft.slug)
    spu.save()
    if former and former != spu.slug:
        SlugHistory.objects.filter(slug=spu.slug).delete()
        SlugHistory.objects.get_or_create(slug=former, defaults={"spu": spu})
    spu.attribute_values.set(draft.attribute_value_ids)


LONGEST = {"name": 120, "subtitle": 200, "description": 100_000, "seo_description": 200}


def _save_words(spu: Spu, draft: SpuDraft) -> None:
    """Write the texts one by one, so that their history is kept; cleaned, and only where they differ."""
    there = {row.language: row for row in spu.translations.all()}
    for language, text in draft.texts.items():
        row = there.pop(language, None) or SpuTranslation(spu=spu, language=language)
        words: dict[str, Any] = {
            "name": text.name.strip(),
            "subtitle": text.subtitle.strip(),
            "description": clean_html(text.description),
            "seo_description": text.seo_description.strip(),
        }
        too_long = [name for name, value in words.items() if len(value) > LONGEST[name]]
        if too_long:
            raise InvalidInput(field=f"{too_long[0]} ({language})", reason=_("it is too long"))
        if row.pk is None or any(getattr(row, name) != value for name, value in words.items()):
            for name, value in words.items():
                setattr(row, name, value)
            row.save()
    for row in there.values():
        row.delete()


def _taken(problem: IntegrityError, draft: SpuDraft) -> Refusal:
    constraint = getattr(getattr(problem.__cause__, "diag", None), "constraint_name", "") or ""
    if "slug" in constraint:
        return SlugTaken(slug=draft.slug)
    if constraint in {"spu_code_per_merchant", "sku_code_per_merchant"}:
        return CodeTaken()
    field = next((name for name in REFERRED if name in constraint), "spu")
    return InvalidInput(field=field, reason=_("it does not exist, or does not fit"))


REFERRED = ("category", "brand", "shipping_class", "merchant", "attributevalue")
