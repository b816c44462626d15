import re
from decimal import Decimal

import pytest
from PIL import Image

from apps.backoffice.demo.english import english, english_description
from apps.backoffice.demo.loading.describing import chinese_description
from apps.backoffice.demo.reading import MEDIA_DIR, read_banners, read_catalogue, shop_words
from apps.catalog.words import clean_html

HAN = re.compile(r"[\u4e00-\u9fff]")
CATEGORIES, SPUS = read_catalogue()


def test_there_is_a_shop_to_walk_through():
    top = [category for category in CATEGORIES if category.level == 1]

    assert len(top) >= 8
    assert {category.level for category in CATEGORIES} == {1, 2, 3}
    assert len(SPUS) >= 220
    assert sum(len(list(spu.combinations())) for spu in SPUS) >= 650
    assert len({spu.merchant for spu in SPUS}) == 3
    assert {spu.shipping_class for spu in SPUS} == {"standard", "heavy", "cold"}


@pytest.mark.parametrize("field", ["code", "slug", "name", "en"])
def test_nothing_is_there_twice(field):
    values = [getattr(spu, field) for spu in SPUS]

    assert len(set(values)) == len(values)


def test_every_category_with_goods_is_a_leaf():
    slugs = {category.slug: category for category in CATEGORIES}

    assert {slugs[spu.category].level for spu in SPUS} == {3}
    assert {category.parent for category in CATEGORIES} - set(slugs) == {""}


def test_prices_can_be_believed():
    for spu in SPUS:
        assert spu.list_price > spu.price > Decimal(10), spu.name
        assert Decimal("0.3") < spu.cost_share < 1, spu.name
        assert spu.weight_grams > 0, spu.name


def test_everything_has_english_words():
    words = [option.name for spu in SPUS for axis in spu.axes for option in axis.options]
    words += [value for spu in SPUS for value in spu.attributes.values()]

    assert [word for word in words if HAN.search(english(word))] == []
    assert [spu.name for spu in SPUS if HAN.search(spu.en)] == []


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("雾霾蓝", "Haze blue"),
        ("1.8米床", "1.8 m bed"),
        ("江苏南通", "Nantong, Jiangsu"),
        ("16GB+512GB", "16GB+512GB"),
    ],
)
def test_words_are_put_together(word, said):
    assert english(word) == said


def test_descriptions_pass_the_allow_list_unchanged():
    for spu in SPUS:
        assert clean_html(chinese_description(spu)) == chinese_description(spu)
        assert clean_html(english_description(spu)) == english_description(spu)


def test_every_picture_is_there_and_has_its_size():
    for spu in SPUS:
        names = {spu.picture(place) for place in range(1, 5)}
        names |= {spu.picture_in(colour) for colour in spu.colours}
        for name in names:
            with Image.open(MEDIA_DIR / name) as picture:
                assert picture.size == (800, 800)
            card = MEDIA_DIR / name.replace(".webp", "-400.webp")
            assert card.is_file()


def test_tiles_banners_and_marks_are_there():
    assert all(
        (MEDIA_DIR / f"categories/{category.slug}.webp").is_file() for category in CATEGORIES
    )
    assert all(
        (MEDIA_DIR / f"merchants/{code}.webp").is_file() for code in shop_words()["merchants"]
    )
    links = {f"/c/{category.slug}/" for category in CATEGORIES}
    for banner in read_banners():
        assert banner["link"] in links
        with Image.open(MEDIA_DIR / f"banners/{banner['slug']}.webp") as picture:
            assert picture.size == (1680, 560)


def test_the_pictures_do_not_weigh_too_much():
    assert sum(path.stat().st_size for path in MEDIA_DIR.rglob("*.webp")) < 25 * 1024 * 1024
