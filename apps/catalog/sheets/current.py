"""SPUs as they are, as drafts: what a sheet is laid over, and what an export writes out."""

from collections.abc import Collection, Iterator

from apps.catalog.drafts import AxisDraft, SkuDraft, SpuDraft, SpuText, ValueDraft
from apps.catalog.models import Sku, SpecAxis, Spu
from apps.catalog.models.spus import SpuQuerySet

_WITH = (
    "translations",
    "attribute_values",
    "axes__values",
    "skus__spec_values__axis",
    "skus__tiers",
)


def whole_spus(rows: SpuQuerySet) -> SpuQuerySet:
    """Return the SPUs with everything that a draft of them needs."""
    return rows.prefetch_related(*_WITH)


def drafts_by_id(spu_ids: Collection[int]) -> dict[int, tuple[Spu, SpuDraft]]:
    """Return each SPU with the draft that would change nothing; unknown ids are left out."""
    rows = whole_spus(Spu.objects.filter(pk__in=spu_ids))
    return {spu.pk: (spu, draft_of(spu)) for spu in rows}


def draft_of(spu: Spu) -> SpuDraft:
    """Return the draft that would change nothing; the SPU must have come from ``whole_spus``."""
    axes = sorted(spu.axes.all(), key=lambda axis: axis.position)
    return SpuDraft(
        merchant_id=spu.merchant_id,
        category_id=spu.category_id,
        brand_id=spu.brand_id,
        shipping_class_id=spu.shipping_class_id,
        code=spu.code,
        slug=spu.slug,
        publish_at=spu.publish_at,
        unpublish_at=spu.unpublish_at,
        texts={
            text.language: SpuText(
                name=text.name,
                subtitle=text.subtitle,
                description=text.description,
                seo_description=text.seo_description,
            )
            for text in spu.translations.all()
        },
        axes=tuple(_axis(axis) for axis in axes),
        skus=tuple(_skus(spu, len(axes))),
        attribute_value_ids=tuple(sorted(value.pk for value in spu.attribute_values.all())),
    )


def _axis(axis: SpecAxis) -> AxisDraft:
    values = sorted(axis.values.all(), key=lambda value: (value.position, value.pk))
    return AxisDraft(
        code=axis.code,
        names=dict(axis.names),
        values=tuple(ValueDraft(code=value.code, names=dict(value.names)) for value in values),
    )


def _skus(spu: Spu, axes: int) -> Iterator[SkuDraft]:
    """Return the SKUs; one that has lost its place on an axis is off sale for good, and left out."""
    for sku in sorted(spu.skus.all(), key=lambda sku: (sku.position, sku.pk)):
        draft = _sku(sku)
        if len(draft.specs) == axes:
            yield draft


def _sku(sku: Sku) -> SkuDraft:
    return SkuDraft(
        code=sku.code,
        price=sku.price,
        specs={value.axis.code: value.code for value in sku.spec_values.all()},
        list_price=sku.list_price,
        cost_price=sku.cost_price,
        tiers=tuple(sorted((tier.min_quantity, tier.price) for tier in sku.tiers.all())),
        weight_grams=sku.weight_grams,
        volume_cm3=sku.volume_cm3,
        is_active=sku.is_active,
        min_quantity=sku.min_quantity,
        step_quantity=sku.step_quantity,
        max_per_order=sku.max_per_order,
        max_per_user=sku.max_per_user,
        max_per_user_days=sku.max_per_user_days,
    )
