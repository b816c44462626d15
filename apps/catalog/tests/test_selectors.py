from datetime import UTC, datetime
from decimal import Decimal

import pytest

from apps.catalog.models import (
    Attribute,
    AttributeTranslation,
    AttributeValue,
    AttributeValueTranslation,
    Media,
    PriceTier,
    SlugHistory,
    SpecAxis,
    SpecValue,
    Spu,
    SpuStatus,
    SpuTranslation,
)
from apps.catalog.selectors import (
    SpecChoice,
    category_tree,
    find_moved_slug,
    get_category,
    get_product,
    product_cards,
    skus_for_sale,
)
from apps.catalog.tests.factories import (
    CategoryFactory,
    CategoryTranslationFactory,
    SkuFactory,
    SpuFactory,
    SpuTranslationFactory,
)
from apps.core import clock
from apps.core.errors import NotFound

pytestmark = pytest.mark.django_db


@pytest.fixture
def earphones():
    """An SPU in two languages with a red and a blue SKU, of which the red has tiers and a picture."""
    spu = SpuFactory(slug="earphones")
    SpuTranslationFactory(spu=spu, language="en", name="Wireless earphones", subtitle="Quiet")
    axis = SpecAxis.objects.create(
        spu=spu, code="colour", position=1, names={"zh-hans": "颜色", "en": "Colour"}
    )
    values = [
        SpecValue.objects.create(axis=axis, code=code, position=n, names=names)
        for n, (code, names) in enumerate(
            [("red", {"zh-hans": "红色", "en": "Red"}), ("blue", {"zh-hans": "蓝色"})]
        )
    ]
    red = SkuFactory(spu=spu, code="E-RED", price=Decimal("199.00"), list_price=Decimal("299.00"))
    blue = SkuFactory(spu=spu, code="E-BLUE", price=Decimal("209.00"), position=1)
    for sku, value in zip((red, blue), values, strict=True):
        sku.spec_values.add(value)
    PriceTier.objects.create(sku=red, min_quantity=10, price=Decimal("189.50"))
    shape = {"width": 800, "height": 800}
    Media.objects.bulk_create(
        [
            Media(spu=spu, image="goods/front.png", **shape),
            Media(
                spu=spu,
                sku=red,
                image="goods/red.png",
                renditions={"400": {"jpeg": "goods/red-400.jpg", "webp": "goods/red-400.webp"}},
                **shape,
            ),
        ]
    )
    return spu


def test_skus_for_sale_says_everything_in_one_statement(earphones, django_assert_num_queries):
    red, blue = earphones.skus.order_by("pk")

    with django_assert_num_queries(1):
        found = skus_for_sale([red.pk, blue.pk, 10**9])

    assert list(found) == [red.pk, blue.pk]
    row = found[red.pk]
    assert (row.name, row.code, row.spec_text) == ("无线蓝牙耳机", "E-RED", "红色")
    assert row.specs == (SpecChoice("colour", "颜色", "red", "红色"),)
    assert (row.unit_price, row.list_price) == (Decimal("199.00"), Decimal("299.00"))
    assert row.tiers == ((10, Decimal("189.50")),)
    assert row.image_url == "/media/goods/red-400.jpg"
    assert row.picture.webp_srcset == "/media/goods/red-400.webp 400w"
    assert (row.is_saleable, row.why_not) == (True, "")
    assert found[blue.pk].image_url == "/media/goods/front.png"
    assert found[blue.pk].tiers == ()


def test_names_fall_back_to_the_first_language(earphones):
    found = {
        sku.code: sku
        for sku in skus_for_sale(earphones.skus.values_list("pk", flat=True), "en").values()
    }

    assert (found["E-RED"].name, found["E-RED"].spec_text) == ("Wireless earphones", "Red")
    assert found["E-BLUE"].spec_text == "蓝色"


@pytest.mark.parametrize(
    ("change", "why_not"),
    [
        ({"is_active": False}, "NOT_FOR_SALE"),
        ({"spu__status": SpuStatus.OFF_SHELF}, "OFF_SHELF"),
        ({"spu__unpublish_at": datetime(2026, 1, 1, tzinfo=UTC)}, "OFF_SHELF"),
        ({"spu__merchant__status": "FROZEN"}, "MERCHANT_CLOSED"),
    ],
)
def test_what_cannot_be_bought_says_why_not(change, why_not):
    sku = SkuFactory(**change)

    row = skus_for_sale([sku.pk])[sku.pk]

    assert (row.is_saleable, row.why_not) == (False, why_not)


def test_cards_of_what_is_on_the_shelf(earphones, django_assert_num_queries):
    hidden = SkuFactory(spu__status=SpuStatus.DRAFT).spu
    empty = SpuFactory()

    with django_assert_num_queries(1):
        cards = product_cards([earphones.pk, hidden.pk, empty.pk], "zh-hans")

    assert list(cards) == [earphones.pk]
    card = cards[earphones.pk]
    assert (card.name, card.subtitle) == ("无线蓝牙耳机", "主动降噪")
    assert (card.min_price, card.max_price) == (Decimal("199.00"), Decimal("209.00"))
    assert (card.list_price, card.sku_count, card.only_sku_id) == (Decimal("299.00"), 2, None)
    assert card.image_url == "/media/goods/front.png"


def test_the_product_page_takes_four_statements(earphones, django_assert_num_queries):
    top = CategoryFactory(slug="digital")
    earphones.category = CategoryFactory(slug="audio", parent=top, name__name="音频")
    earphones.save()
    value = AttributeValue.objects.create(
        attribute=Attribute.objects.create(code="noise"), code="anc"
    )
    AttributeTranslation.objects.create(
        attribute=value.attribute, language="zh-hans", name="降噪方式"
    )
    AttributeValueTranslation.objects.create(value=value, language="zh-hans", name="主动降噪")
    earphones.attribute_values.add(value)

    with django_assert_num_queries(4):
        product = get_product("earphones")

    assert product.name == "无线蓝牙耳机"
    assert [(crumb.slug, crumb.name) for crumb in product.crumbs] == [
        ("digital", "数码"),
        ("audio", "音频"),
    ]
    assert product.attributes == (("降噪方式", "主动降噪"),)
    assert [sku.code for sku in product.skus] == ["E-RED", "E-BLUE"]
    assert [(value.code, value.name) for value in product.axes[0].values] == [
        ("red", "红色"),
        ("blue", "蓝色"),
    ]
    assert [str(picture) for picture in product.pictures] == ["/media/goods/front.png"]
    assert (product.min_price, product.max_price) == (Decimal("199.00"), Decimal("209.00"))


def test_choices_without_an_active_sku_are_not_shown(earphones):
    earphones.skus.filter(code="E-BLUE").update(is_active=False)

    product = get_product("earphones")

    assert [sku.code for sku in product.skus] == ["E-RED"]
    assert [value.code for value in product.axes[0].values] == ["red"]


@pytest.mark.parametrize("status", [SpuStatus.DRAFT, SpuStatus.OFF_SHELF, SpuStatus.RECYCLED])
def test_what_is_not_on_the_shelf_has_no_page(earphones, status):
    Spu.objects.update(
        status=status, recycled_at=clock.now() if status == SpuStatus.RECYCLED else None
    )

    with pytest.raises(NotFound):
        get_product("earphones")


def test_a_former_address_leads_to_the_present_one(earphones):
    SlugHistory.objects.create(spu=earphones, slug="old-earphones")

    assert find_moved_slug("old-earphones") == "earphones"
    assert find_moved_slug("never") is None


def test_the_tree_hides_what_is_below_a_hidden_category(django_assert_num_queries):
    top = CategoryFactory(slug="top")
    child = CategoryFactory(slug="child", parent=top)
    CategoryFactory(slug="grandchild", parent=child)
    hidden = CategoryFactory(slug="hidden", is_active=False)
    CategoryFactory(slug="below-hidden", parent=hidden)
    CategoryTranslationFactory(category=child, language="en", name="Child")

    with django_assert_num_queries(1):
        tree = category_tree("en")

    assert [node.slug for root in tree for node in root.walk()] == ["top", "child", "grandchild"]
    node = get_category("grandchild", tree=tree)
    assert [(each.slug, each.name) for each in node.path()] == [
        ("top", "数码"),
        ("child", "Child"),
        ("grandchild", "数码"),
    ]
    with pytest.raises(NotFound):
        get_category("below-hidden", tree=tree)


def test_an_spu_without_words_is_shown_by_its_code():
    sku = SkuFactory()
    SpuTranslation.objects.all().delete()

    assert skus_for_sale([sku.pk])[sku.pk].name == sku.code
