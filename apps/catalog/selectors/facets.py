from collections.abc import Collection
from dataclasses import dataclass

from apps.catalog.models import (
    AttributeTranslation,
    AttributeValue,
    AttributeValueTranslation,
    Brand,
    BrandTranslation,
)
from apps.catalog.translations import active_language, translated


@dataclass(frozen=True, slots=True)
class ValueName:
    """One value of an attribute in one language."""

    id: int
    code: str
    name: str
    attribute: str
    attribute_name: str
    is_filterable: bool


@dataclass(frozen=True, slots=True)
class BrandName:
    id: int
    slug: str
    name: str


def brand_names(brand_ids: Collection[int], language: str | None = None) -> dict[int, BrandName]:
    """Return the brands of these ids with their names in a language."""
    rows = Brand.objects.filter(pk__in=brand_ids).annotate(
        name=translated(BrandTranslation, "brand", "name", language=language or active_language())
    )
    return {row.pk: BrandName(row.pk, row.slug, row.name or row.slug) for row in rows}


def attribute_values_by_id(
    value_ids: Collection[int], language: str | None = None
) -> dict[int, ValueName]:
    """Return the attribute values of these ids with their names, in the order in which they are shown."""
    language = language or active_language()
    rows = (
        AttributeValue.objects.filter(pk__in=value_ids)
        .annotate(
            name=translated(AttributeValueTranslation, "value", "name", language=language),
            attribute_name=translated(
                AttributeTranslation, "attribute", "name", language=language, of="attribute_id"
            ),
        )
        .select_related("attribute")
        .order_by("attribute__position", "attribute_id", "position", "pk")
    )
    return {
        row.pk: ValueName(
            row.pk,
            row.code,
            row.name or row.code,
            row.attribute.code,
            row.attribute_name or row.attribute.code,
            row.attribute.is_filterable,
        )
        for row in rows
    }
