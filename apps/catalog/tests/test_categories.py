import pytest
from django.db import IntegrityError, connection, transaction

from apps.catalog.models import Category
from apps.catalog.services import (
    CategoryInUse,
    CategoryMisplaced,
    SlugTaken,
    delete_category,
    save_category,
)
from apps.catalog.tests.factories import CategoryFactory, SpuFactory
from apps.core.errors import InvalidInput

pytestmark = pytest.mark.django_db
NAMES = {"zh-hans": "家居", "en": "Home"}


def tree():
    return list(Category.objects.order_by("pk").values_list("slug", "level", "parent__slug"))


@pytest.fixture
def three():
    one = CategoryFactory(slug="one")
    two = CategoryFactory(slug="two", parent=one)
    return one, two, CategoryFactory(slug="three", parent=two)


def test_a_category_is_written_with_its_names(three):
    saved = save_category(slug="home", names=NAMES, actor=None, parent_id=three[0].pk, position=4)

    assert (saved.level, saved.position) == (2, 4)
    assert dict(saved.translations.values_list("language", "name")) == NAMES


def test_what_is_below_moves_along(three):
    _one, two, _three = three

    save_category(category_id=two.pk, slug="two", names=NAMES, actor=None, parent_id=None)

    assert tree() == [("one", 1, None), ("two", 1, None), ("three", 2, "two")]


@pytest.mark.parametrize(("moved", "below"), [(0, 0), (0, 1), (0, 2), (1, 2)])
def test_no_category_is_below_itself(three, moved, below):
    before = tree()

    with pytest.raises(CategoryMisplaced):
        save_category(
            category_id=three[moved].pk,
            slug=three[moved].slug,
            names=NAMES,
            actor=None,
            parent_id=three[below].pk,
        )

    assert tree() == before


def test_three_levels_are_the_limit(three):
    other = CategoryFactory(slug="other")
    before = tree()

    with pytest.raises(CategoryMisplaced):
        save_category(slug="four", names=NAMES, actor=None, parent_id=three[2].pk)
    with pytest.raises(CategoryMisplaced):
        save_category(
            category_id=three[0].pk, slug="one", names=NAMES, actor=None, parent_id=other.pk
        )

    assert tree() == before


def test_the_database_refuses_a_cycle_whoever_writes(three):
    one, _two, three_ = three

    def write_a_cycle():
        Category.objects.filter(pk=one.pk).update(parent=three_, level=3)
        connection.check_constraints()

    with pytest.raises(IntegrityError, match="one level below"), transaction.atomic():
        write_a_cycle()

    assert tree()[0] == ("one", 1, None)


def test_a_category_with_goods_or_children_stays(three):
    SpuFactory(category=three[2])

    for category in three:
        with pytest.raises(CategoryInUse):
            delete_category(category_id=category.pk, actor=None)

    assert len(tree()) == 3
    empty = CategoryFactory()
    delete_category(category_id=empty.pk, actor=None)
    assert len(tree()) == 3


@pytest.mark.parametrize(
    ("slug", "names", "refusal"),
    [
        ("家居", NAMES, InvalidInput),
        ("home", {"en": "Home"}, InvalidInput),
        ("one", NAMES, SlugTaken),
    ],
)
def test_a_category_needs_an_address_of_its_own_and_a_name(three, slug, names, refusal):
    with pytest.raises(refusal):
        save_category(slug=slug, names=names, actor=None)

    assert len(tree()) == 3
