from datetime import timedelta
from decimal import Decimal

import pytest
from django.http import QueryDict

from apps.catalog.services import change_price, unpublish_spu
from apps.core import clock
from apps.core.errors import InvalidInput
from apps.search.models import SearchDocument, SpuSales
from apps.search.parsing import read_query
from apps.search.queries import BadCursor, SearchQuery, Sort
from apps.search.selectors import find_products, suggest_words
from apps.search.services import (
    find_drift,
    mark_changed,
    rebuild,
    refresh_marked,
    refresh_ranking,
)
from apps.search.tests.shelf import Shelf

pytestmark = pytest.mark.django_db


@pytest.fixture
def shelf(db):
    return Shelf()


def found(shelf, **query):
    names = {
        spu.pk: name
        for name in ("earphones", "speaker", "mug", "flask")
        if (spu := getattr(shelf, name))
    }
    return [names[pk] for pk in find_products(SearchQuery(**query)).spu_ids]


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("蓝牙", {"earphones", "speaker"}),
        ("蓝牙耳机", {"earphones"}),
        ("耳机", {"earphones"}),
        ("lanyaerji", {"earphones"}),
        ("erji", {"earphones"}),
        ("beizi", set()),
        ("baowenbei", {"flask"}),
        ("Bluetooth HEADPHONE", {"earphones"}),
        ("headph", {"earphones"}),
        ("85123a", {"mug"}),
        ("MUG-85123A", {"mug"}),
        ("mug-85123a-s", {"mug"}),
        ("华音", {"earphones", "speaker"}),
        ("陶", {"mug", "flask"}),
        ("华音 耳机", {"earphones"}),
        ("数码", {"earphones", "speaker"}),
        ("电视", set()),
        ("🙂", set()),
        ("' | & ! :*", set()),
    ],
)
def test_goods_are_found_by_words_pinyin_brand_and_code(shelf, typed, names):
    assert set(found(shelf, text=typed)) == names


def test_a_name_counts_more_than_a_description(shelf):
    shelf.speaker.translations.update(description="<p>配耳机孔</p>")
    mark_changed([shelf.speaker.pk])
    refresh_marked()

    assert found(shelf, text="耳机") == ["earphones", "speaker"]


def test_filters_narrow_and_counts_stay_consistent(shelf):
    page = find_products(
        SearchQuery(category_id=shelf.cups.pk, value_ids={"material": [shelf.values["clay"].pk]})
    )

    assert page.spu_ids == (shelf.mug.pk,)
    assert page.total == 1
    brand, material = page.facets
    assert [(value.value, value.label, value.count) for value in brand.values] == [
        ("tao", "陶然", 1)
    ]
    assert (material.name, material.label) == ("a_material", "材质")
    assert [(value.value, value.count, value.is_chosen) for value in material.values] == [
        ("clay", 1, True),
        ("steel", 1, False),
    ]


def test_every_count_is_what_choosing_it_would_show(shelf):
    base = {"in_stock": True}
    page = find_products(SearchQuery(**base))

    assert page.total == len(page.spu_ids) == 3
    for pk, count in page.category_counts.items():
        assert len(found(shelf, category_id=pk, **base)) == count
    for pk, count in page.counts.brands.items():
        assert len(found(shelf, brand_ids=[pk], **base)) == count
    for pk, count in page.counts.values.items():
        assert len(found(shelf, value_ids={"material": [pk]}, **base)) == count


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"price_from": Decimal("89.00"), "price_to": Decimal("199.00")}, {"flask", "earphones"}),
        ({"price_to": Decimal("39.00")}, {"mug"}),
        ({"in_stock": True, "text": "蓝牙"}, {"earphones"}),
    ],
)
def test_price_and_stock_filter(shelf, query, names):
    assert set(found(shelf, **query)) == names


def test_goods_of_a_merchant_who_stops_selling_are_gone_at_once(shelf):
    type(shelf.merchant).objects.filter(pk=shelf.merchant.pk).update(status="FROZEN")

    page = find_products(SearchQuery(text="杯"))

    assert (page.spu_ids, page.total) == ((), 0)


def test_sorts(shelf):
    SpuSales.objects.create(spu=shelf.mug, quantity=7)
    assert refresh_ranking() == 1
    SearchDocument.objects.filter(pk=shelf.flask.pk).update(published_at=clock.now() + timedelta(1))

    assert found(shelf, sort=Sort.PRICE) == ["mug", "flask", "earphones", "speaker"]
    assert found(shelf, sort=Sort.PRICE_DOWN) == ["speaker", "earphones", "flask", "mug"]
    assert found(shelf, sort=Sort.SALES)[0] == "mug"
    assert found(shelf, sort=Sort.RELEVANCE)[0] == "mug"
    assert found(shelf, sort=Sort.NEWEST)[0] == "flask"


@pytest.mark.parametrize("sort", list(Sort))
@pytest.mark.parametrize("text", ["", "陶"])
def test_pages_stay_stable_while_goods_are_added(shelf, sort, text):
    whole = found(shelf, sort=sort, text=text)
    query = {"sort": sort, "text": text, "page_size": 1}
    first = find_products(SearchQuery(**query))
    seen, cursor = list(first.spu_ids), first.next_cursor
    shelf.spu("全新陶器", shelf.cups, "tao", 1, 1, "NEW-1")
    refresh_marked()

    while cursor:
        page = find_products(SearchQuery(cursor=cursor, **query))
        seen, cursor = [*seen, *page.spu_ids], page.next_cursor

    old = [
        pk
        for pk in seen
        if pk in {shelf.earphones.pk, shelf.speaker.pk, shelf.mug.pk, shelf.flask.pk}
    ]
    assert len(old) == len(set(old)) == len(whole)


def test_numbered_pages(shelf):
    pages = [find_products(SearchQuery(sort=Sort.PRICE, page=n, page_size=3)) for n in (1, 2, 3)]

    assert [len(page.spu_ids) for page in pages] == [3, 1, 0]
    assert [page.total for page in pages] == [4, 4, 4]


@pytest.mark.parametrize(
    "cursor",
    ["x", "=", "bnVsbA", "WzEsMiwzXQ", "W10", "WyJzYWxlcyIsIkluZmluaXR5IiwxXQ", "é", "A" * 200],
)
def test_a_made_up_cursor_is_refused(shelf, cursor):
    for sort in Sort:
        with pytest.raises(BadCursor):
            find_products(SearchQuery(sort=sort, cursor=cursor))


def test_a_page_takes_one_statement_and_its_counts_three_more(shelf, django_assert_num_queries):
    with django_assert_num_queries(4):
        find_products(SearchQuery(text="杯"))
    with django_assert_num_queries(1):
        find_products(SearchQuery(text="杯", page=2))


def test_suggestions_by_prefix_and_pinyin(shelf, django_assert_num_queries):
    list(rebuild())

    assert suggest_words("蓝") == ["蓝牙音箱", "无线蓝牙耳机"]
    assert suggest_words("erj") == ["无线蓝牙耳机"]
    assert suggest_words("bwb") == ["不锈钢保温杯"]
    assert suggest_words("bei")[0] == "杯具"  # the category comes before the single goods
    assert suggest_words("hua") == ["华音"]
    assert suggest_words("phones", "en") == []
    assert suggest_words("blue", "en") == ["Wireless Bluetooth headphones"]
    with django_assert_num_queries(0):
        assert suggest_words("?! ") == []


def test_a_change_is_found_after_one_refresh(shelf, django_capture_on_commit_callbacks):
    sku = shelf.mug.skus.get()
    with django_capture_on_commit_callbacks(execute=False):
        change_price(sku_id=sku.pk, price=Decimal("45.00"), actor=None)
        unpublish_spu(spu_id=shelf.flask.pk, actor=None)
    mark_changed([shelf.mug.pk, shelf.flask.pk])

    assert refresh_marked() == 2

    assert found(shelf, price_from=Decimal("45.00"), price_to=Decimal("45.00")) == ["mug"]
    assert found(shelf, text="保温杯") == []
    assert suggest_words("保温") == []
    assert refresh_marked() == 0


def test_drift_is_found_and_mended(shelf):
    assert find_drift() == 0
    SearchDocument.objects.filter(pk=shelf.mug.pk).update(min_price=1)
    SearchDocument.objects.filter(pk=shelf.flask.pk).delete()
    shelf.speaker.skus.update(is_active=False)

    assert find_drift() == 3
    assert refresh_marked() == 3
    assert find_drift() == 0
    assert set(SearchDocument.objects.values_list("pk", flat=True)) == {
        shelf.earphones.pk,
        shelf.mug.pk,
        shelf.flask.pk,
    }


def test_parameters_become_a_query(shelf):
    query = read_query(
        QueryDict(
            "q=+杯+&brand=tao&brand=none&a_material=clay&price_from=1&price_to=99.5&in_stock=1&sort=-price&page=2&utm=x"
        )
    )

    assert query == SearchQuery(
        text="杯",
        brand_ids=(shelf.brands["tao"].pk,),
        value_ids={"material": (shelf.values["clay"].pk,)},
        price_from=Decimal(1),
        price_to=Decimal("99.5"),
        in_stock=True,
        sort=Sort.PRICE_DOWN,
        page=2,
    )
    assert find_products(read_query(QueryDict("brand=nobody"))).total == 0
    assert find_products(read_query(QueryDict("a_material=glass"))).total == 0
    assert find_products(read_query(QueryDict("q=&price_from=&sort="))).total == 4


@pytest.mark.parametrize(
    "params",
    [
        "price_from=-1",
        "price_from=1e3",
        "price_to=１２",
        "price_to=1.005",
        "price_to=99999999",
        "page=0",
        "page=101",
        "page=x",
        "page_size=101",
        "sort=price;drop",
        "sort=sales&sort=price",
        "q=a&q=b",
        "&".join(f"brand=b{n}" for n in range(41)),
    ],
)
def test_parameters_that_cannot_be_read_are_refused(shelf, params):
    with pytest.raises(InvalidInput):
        read_query(QueryDict(params))
