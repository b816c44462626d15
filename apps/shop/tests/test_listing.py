import pytest
from django.urls import reverse

from apps.catalog.models import Brand, BrandTranslation
from apps.catalog.tests.factories import CategoryFactory
from apps.checkout.tests.factories import a_sku
from apps.merchants.models import Merchant, MerchantStatus

pytestmark = pytest.mark.django_db


@pytest.fixture
def brand():
    made = Brand.objects.create(slug="chengyin")
    BrandTranslation.objects.create(brand=made, language="zh-hans", name="澄音")
    return made


def test_a_category_shows_what_is_in_it_and_below(client, searchable):
    shelf = CategoryFactory(slug="sound")
    inside = a_sku(price="59.00", spu__category=CategoryFactory(parent=shelf))
    outside = a_sku(spu__category=CategoryFactory())
    searchable(inside.spu, outside.spu)

    html = client.get(reverse("category", args=["sound"])).content.decode()

    assert f"/p/{inside.spu.slug}/" in html
    assert f"/p/{outside.spu.slug}/" not in html
    assert "共 1 件" in html
    assert '"@type": "BreadcrumbList"' in html


def test_filters_are_chosen_named_and_taken_away(client, searchable, brand):
    shelf = CategoryFactory(slug="sound")
    cheap = a_sku(price="20.00", spu__category=shelf, spu__brand=brand)
    dear = a_sku(price="200.00", spu__category=shelf)
    searchable(cheap.spu, dear.spu)

    page = client.get("/c/sound/", {"brand": "chengyin", "price_to": "50", "sort": "price"})

    html = page.content.decode()
    assert f"/p/{cheap.spu.slug}/" in html
    assert f"/p/{dear.spu.slug}/" not in html
    assert '<a href="?price_to=50&amp;sort=price" rel="nofollow">澄音' in html
    assert '<a href="?brand=chengyin&amp;sort=price" rel="nofollow">¥50.00 以下' in html
    assert '<meta name="robots" content="noindex, follow">' in html
    assert '<link rel="canonical" href="http://testserver/c/sound/">' in html


def test_words_find_goods_and_their_absence_is_no_dead_end(client, searchable):
    sku = a_sku()
    searchable(sku.spu)

    found = client.get(reverse("search"), {"q": "蓝牙耳机"}).content.decode()
    nothing = client.get(reverse("search"), {"q": "紫砂壶"}).content.decode()

    assert f"/p/{sku.spu.slug}/" in found
    assert "没有找到“紫砂壶”" in nothing
    assert f"/p/{sku.spu.slug}/" in nothing  # what others buy


def test_what_is_typed_is_escaped(client):
    html = client.get(reverse("search"), {"q": '"><script>x</script>'}).content.decode()

    assert "<script>x" not in html


@pytest.mark.parametrize(
    "query", ["price_from=1e9", "sort=cheapest", "page=0", "page=x", "price_to=-1", "cursor=%22"]
)
def test_what_cannot_be_read_is_refused(client, query):
    page = client.get(f"{reverse('search')}?{query}")

    assert page.status_code == 400
    assert "无法读取" in page.content.decode() or "没有" in page.content.decode()


def test_suggestions_come_as_json(client, searchable):
    sku = a_sku()
    searchable(sku.spu)

    answer = client.get(reverse("suggest"), {"q": "无线"})

    assert answer.json() == {"suggestions": ["无线蓝牙耳机"]}
    assert client.get(reverse("suggest")).json() == {"suggestions": []}
    assert client.get(reverse("suggest"), {"q": "长" * 500}).json() == {"suggestions": []}


def test_a_seller_has_a_shop_of_its_own_until_it_closes(client, searchable):
    mine, other = a_sku(), a_sku()
    searchable(mine.spu, other.spu)
    address = reverse("merchant", args=[mine.merchant.code])

    html = client.get(address).content.decode()
    Merchant.objects.filter(pk=mine.merchant_id).update(status=MerchantStatus.CLOSED)

    assert f"/p/{mine.spu.slug}/" in html
    assert f"/p/{other.spu.slug}/" not in html
    assert client.get(address).status_code == 404


def test_an_unknown_category_does_not_exist(client):
    assert client.get("/c/nothing-here/").status_code == 404


def test_sold_out_goods_say_so(client, searchable):
    shelf = CategoryFactory(slug="sound")
    searchable(a_sku(stock=0, spu__category=shelf).spu)

    assert "已售罄" in client.get("/c/sound/").content.decode()


def test_a_list_needs_ten_statements_at_most(
    browser, searchable, brand, django_assert_max_num_queries
):
    shelf = CategoryFactory(slug="sound")
    for _ in range(3):
        searchable(a_sku(spu__category=shelf, spu__brand=brand).spu)

    with django_assert_max_num_queries(10):
        assert browser.get("/c/sound/").status_code == 200
