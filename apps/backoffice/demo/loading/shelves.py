"""Categories, brands, attributes and banners of the demo shop."""

from typing import Any

from django.db import transaction
from django.utils.text import slugify
from pypinyin import lazy_pinyin

from apps.backoffice.demo.english import english
from apps.backoffice.demo.reading import DemoSpu, read_banners, read_catalogue, shop_words
from apps.catalog.models import (
    Attribute,
    AttributeTranslation,
    AttributeValue,
    AttributeValueTranslation,
    Brand,
    BrandTranslation,
    Category,
    CategoryTranslation,
)
from apps.content.models import Banner, BannerTranslation

ZH, EN = "zh-hans", "en"
Value = tuple[str, str]


@transaction.atomic
def load_categories() -> dict[str, Category]:
    """Return the categories by slug; those that were missing are made, parents first."""
    found = {row.slug: row for row in Category.objects.all()}
    for position, say in enumerate(read_catalogue()[0], start=1):
        if say.slug in found:
            continue
        row = found[say.slug] = Category.objects.create(
            parent=found.get(say.parent),
            slug=say.slug,
            level=say.level,
            position=position,
            image=f"categories/{say.slug}.webp",
        )
        _translate(CategoryTranslation, "category", row, name=(say.name, say.en))
    return found


@transaction.atomic
def load_brands() -> dict[str, Brand]:
    """Return the brands by slug; those that were missing are made."""
    found = {row.slug: row for row in Brand.objects.all()}
    for slug, say in shop_words()["brands"].items():
        if slug not in found:
            row = found[slug] = Brand.objects.create(slug=slug)
            _translate(BrandTranslation, "brand", row, name=(say["name"], say["en"]))
    return found


@transaction.atomic
def load_attribute_values(spus: tuple[DemoSpu, ...]) -> dict[Value, AttributeValue]:
    """Return the values of attributes by attribute and word; those that were missing are made."""
    attributes = _attributes()
    found = {
        (row.attribute_id, row.code): row
        for row in AttributeValue.objects.filter(attribute__in=attributes.values())
    }
    wanted = dict.fromkeys(pair for spu in spus for pair in spu.attributes.items())
    values: dict[Value, AttributeValue] = {}
    for position, (name, word) in enumerate(wanted, start=1):
        attribute, code = attributes[name], _code_of(word)
        row = found.get((attribute.pk, code))
        if row is None:
            row = AttributeValue.objects.create(attribute=attribute, code=code, position=position)
            _translate(AttributeValueTranslation, "value", row, name=(word, english(word)))
            found[attribute.pk, code] = row
        values[name, word] = row
    return values


@transaction.atomic
def load_banners() -> None:
    """Hang up the banners that are missing."""
    for position, say in enumerate(read_banners(), start=1):
        name = f"banners/{say['slug']}.webp"
        banner, is_new = Banner.objects.get_or_create(
            image=name,
            defaults={
                "mobile_image": f"banners/{say['slug']}-narrow.webp",
                "link": say["link"],
                "position": position,
            },
        )
        if is_new:
            titles, subtitles = (say["title"], say["en"]), (say["sub"], say["en_sub"])
            _translate(BannerTranslation, "banner", banner, title=titles, subtitle=subtitles)


def _attributes() -> dict[str, Attribute]:
    found = {row.code: row for row in Attribute.objects.all()}
    attributes = {}
    for position, (name, say) in enumerate(shop_words()["attributes"].items(), start=1):
        code = slugify(say["en"])
        if code not in found:
            found[code] = Attribute.objects.create(
                code=code, is_filterable=say["facet"], position=position
            )
            _translate(AttributeTranslation, "attribute", found[code], name=(name, say["en"]))
        attributes[name] = found[code]
    return attributes


def _code_of(word: str) -> str:
    """Return a code for a word: its English, or its pinyin where that holds no letters."""
    readable = english(word).replace(".", "-").replace("/", "-")
    return (slugify(readable) or slugify("-".join(lazy_pinyin(word))))[:40]


def _translate(model: Any, owner: str, row: Any, **fields: tuple[str, str]) -> None:
    model.objects.bulk_create(
        model(language=language, **{owner: row}, **{key: words[n] for key, words in fields.items()})
        for n, language in enumerate((ZH, EN))
    )
