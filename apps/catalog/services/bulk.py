"""Many SPUs at once: what an import writes, in a handful of statements whatever their number."""

from collections.abc import Collection, Iterator, Sequence

from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _
from simple_history.utils import bulk_create_with_history

from apps.catalog.drafts import SpuDraft, Unsound, must_be_sound, spec_hash
from apps.catalog.events import SpuChanged
from apps.catalog.models import (
    PriceTier,
    Sku,
    SpecAxis,
    SpecValue,
    Spu,
    SpuMove,
    SpuStatus,
    SpuTranslation,
)
from apps.catalog.services.saving import CodeTaken
from apps.catalog.words import clean_html
from apps.core import clock
from apps.core.actors import Actor
from apps.core.bus import publish
from apps.core.errors import InvalidInput

_BATCH = 1000
Pair = tuple[Spu, SpuDraft]


@transaction.atomic
def create_spus(drafts: Sequence[SpuDraft], *, actor: Actor | None) -> list[int]:
    """
    Write new SPUs, all or none of them.

    :raises InvalidInput: if a draft contradicts itself or refers to what is not there
    :raises CodeTaken: if a code or an address is in use
    """
    for draft in drafts:
        try:
            must_be_sound(draft)
        except Unsound as problem:
            raise InvalidInput(field=problem.field, reason=problem.reason) from problem
    try:
        with transaction.atomic():
            spus = _create(drafts, actor)
            connection.check_constraints()
    except IntegrityError as problem:
        constraint = getattr(getattr(problem.__cause__, "diag", None), "constraint_name", "") or ""
        if "slug" in constraint or constraint.endswith("code_per_merchant"):
            raise CodeTaken from problem
        raise InvalidInput(field="spu", reason=_("it does not exist, or does not fit")) from problem
    publish(*(SpuChanged(spu_id=spu.pk) for spu in spus))
    return [spu.pk for spu in spus]


@transaction.atomic
def publish_spus(*, spu_ids: Collection[int], actor: Actor | None) -> int:
    """Put those on the shelf that are drafts and ready for it, as the platform may; return how many."""
    for_sale = Sku.objects.filter(spu=OuterRef("pk"), is_active=True)
    ready = (
        Spu.objects.locked()
        .filter(pk__in=spu_ids, status=SpuStatus.DRAFT, publish_at=None, category__is_active=True)
        .filter(Exists(for_sale))
    )
    ids = list(ready.values_list("pk", flat=True))
    at = clock.now()
    Spu.objects.filter(pk__in=ids).update(status=SpuStatus.ON_SHELF, published_at=at)
    SpuMove.objects.bulk_create(
        [_move(pk, SpuStatus.DRAFT, SpuStatus.ON_SHELF, actor) for pk in ids], batch_size=_BATCH
    )
    publish(*(SpuChanged(spu_id=pk) for pk in ids))
    return len(ids)


def _create(drafts: Sequence[SpuDraft], actor: Actor | None) -> list[Spu]:
    spus = Spu.objects.bulk_create([_spu(draft) for draft in drafts], batch_size=_BATCH)
    pairs = list(zip(spus, drafts, strict=True))
    SpuMove.objects.bulk_create(
        [_move(spu.pk, "", SpuStatus.DRAFT, actor) for spu in spus], batch_size=_BATCH
    )
    bulk_create_with_history(
        [text for pair in pairs for text in _texts(pair)], SpuTranslation, batch_size=_BATCH
    )
    links = Spu.attribute_values.through
    links._default_manager.bulk_create(
        links(spu_id=spu.pk, attributevalue_id=value_id)
        for spu, draft in pairs
        for value_id in draft.attribute_value_ids
    )
    _create_matrix(pairs)
    return spus


def _spu(draft: SpuDraft) -> Spu:
    return Spu(
        merchant_id=draft.merchant_id,
        category_id=draft.category_id,
        brand_id=draft.brand_id,
        shipping_class_id=draft.shipping_class_id,
        code=draft.code,
        slug=draft.slug,
        publish_at=draft.publish_at,
        unpublish_at=draft.unpublish_at,
    )


def _move(spu_id: int, before: str, after: str, actor: Actor | None) -> SpuMove:
    return SpuMove(
        spu_id=spu_id,
        from_status=before,
        to_status=after,
        actor=actor,
        reason="import",
        at=clock.now(),
    )


def _texts(pair: Pair) -> Iterator[SpuTranslation]:
    spu, draft = pair
    for language, text in draft.texts.items():
        yield SpuTranslation(
            spu=spu,
            language=language,
            name=text.name.strip(),
            subtitle=text.subtitle.strip(),
            description=clean_html(text.description),
            seo_description=text.seo_description.strip(),
        )


def _create_matrix(pairs: Sequence[Pair]) -> None:
    axes = SpecAxis.objects.bulk_create(
        SpecAxis(spu=spu, code=axis.code, names=dict(axis.names), position=place)
        for spu, draft in pairs
        for place, axis in enumerate(draft.axes, start=1)
    )
    by_code = {(axis.spu_id, axis.code): axis for axis in axes}
    values = SpecValue.objects.bulk_create(
        SpecValue(
            axis=by_code[spu.pk, axis.code],
            code=value.code,
            names=dict(value.names),
            position=place,
        )
        for spu, draft in pairs
        for axis in draft.axes
        for place, value in enumerate(axis.values)
    )
    chosen = {(value.axis.spu_id, value.axis.code, value.code): value.pk for value in values}
    _create_skus(pairs, chosen)


def _create_skus(pairs: Sequence[Pair], chosen: dict[tuple[int, str, str], int]) -> None:
    skus = Sku.objects.bulk_create(list(_skus(pairs)), batch_size=_BATCH)
    drafts = [sku for _spu, draft in pairs for sku in draft.skus]
    links = Sku.spec_values.through
    links._default_manager.bulk_create(
        (
            links(sku_id=sku.pk, specvalue_id=chosen[sku.spu_id, axis, value])
            for sku, draft in zip(skus, drafts, strict=True)
            for axis, value in draft.specs.items()
        ),
        batch_size=_BATCH,
    )
    PriceTier.objects.bulk_create(
        PriceTier(sku=sku, min_quantity=quantity, price=price)
        for sku, draft in zip(skus, drafts, strict=True)
        for quantity, price in draft.tiers
    )


def _skus(pairs: Sequence[Pair]) -> Iterator[Sku]:
    for spu, whole in pairs:
        for position, draft in enumerate(whole.skus):
            yield Sku(
                spu=spu,
                merchant_id=spu.merchant_id,
                code=draft.code,
                spec_hash=spec_hash(draft.specs),
                price=draft.price,
                list_price=draft.list_price,
                cost_price=draft.cost_price,
                weight_grams=draft.weight_grams,
                volume_cm3=draft.volume_cm3,
                is_active=draft.is_active,
                min_quantity=draft.min_quantity,
                step_quantity=draft.step_quantity,
                max_per_order=draft.max_per_order,
                max_per_user=draft.max_per_user,
                max_per_user_days=draft.max_per_user_days,
                position=position,
            )
