import pytest

from apps.catalog.models import SlugHistory
from apps.merchants.models import MerchantStatus
from apps.search.tests.shelf import Shelf

pytestmark = pytest.mark.django_db
ZH = {"headers": {"accept-language": "zh-hans"}}


@pytest.fixture
def shelf(db):
    return Shelf()


def test_a_list_with_search_and_facets(client, shelf, django_assert_max_num_queries):
    with django_assert_max_num_queries(6):
        answer = client.get("/api/v1/products/", {"q": "杯", "sort": "price"}, **ZH)

    body = answer.json()
    assert answer.status_code == 200
    assert (body["total"], body["next"]) == (2, None)
    assert [card["slug"] for card in body["results"]] == [shelf.mug.slug, shelf.flask.slug]
    mug = body["results"][0]
    assert (mug["name"], mug["min_price"], mug["currency"], mug["in_stock"]) == (
        "陶瓷马克杯",
        "39.00",
        "CNY",
        True,
    )
    assert [facet["name"] for facet in body["facets"]] == ["brand", "a_material"]


def test_the_same_answer_is_not_sent_twice(client, shelf):
    first = client.get("/api/v1/products/")
    again = client.get("/api/v1/products/", headers={"if-none-match": first["ETag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert "public" in first["Cache-Control"]


def test_pages_follow_each_other(client, shelf):
    seen, address = [], "/api/v1/products/?page_size=1&sort=price"
    while address:
        body = client.get(address).json()
        seen += [card["min_price"] for card in body["results"]]
        address = body["next"]

    assert seen == ["39.00", "89.00", "199.00", "299.00"]


def test_filters(client, shelf):
    def slugs(**params):
        body = client.get("/api/v1/products/", params).json()
        return {card["slug"] for card in body["results"]}

    assert slugs(category="digital") == {shelf.earphones.slug, shelf.speaker.slug}
    assert slugs(category="digital", in_stock="1") == {shelf.earphones.slug}
    assert slugs(merchant=shelf.merchant.code, a_material="steel") == {shelf.flask.slug}
    assert slugs(brand=["tao", "hua"], price_to="39.00") == {shelf.mug.slug}


@pytest.mark.parametrize(
    ("params", "status", "code"),
    [
        ("price_from=abc", 400, "INVALID_INPUT"),
        ("sort=evil", 400, "INVALID_INPUT"),
        ("page_size=1000", 400, "INVALID_INPUT"),
        ("page_size=１２", 400, "INVALID_INPUT"),
        ("cursor=zzz", 400, "INVALID_INPUT"),
        ("category=a&category=b", 400, "INVALID_INPUT"),
        ("category=none", 404, "NOT_FOUND"),
        ("merchant=none", 404, "NOT_FOUND"),
        ("q=%00", 400, None),
        ("q=" + "x" * 5000, 200, None),
    ],
)
def test_what_cannot_be_read_is_said_so(client, shelf, params, status, code):
    answer = client.get(f"/api/v1/products/?{params}")

    assert answer.status_code == status
    if code:
        assert answer.json()["code"] == code


def test_one_product(client, shelf, django_assert_max_num_queries):
    with django_assert_max_num_queries(5):
        answer = client.get(f"/api/v1/products/{shelf.mug.slug}/", **ZH)

    body = answer.json()
    assert (body["name"], body["version"]) == ("陶瓷马克杯", 1)
    assert body["brand"] == {"slug": "tao", "name": "陶然"}
    assert body["attributes"] == [{"name": "材质", "value": "陶"}]
    assert [crumb["slug"] for crumb in body["categories"]] == ["cups"]
    (sku,) = body["skus"]
    assert (sku["code"], sku["price"], sku["available"]) == ("MUG-85123A-S", "39.00", 5)
    same = client.get(
        f"/api/v1/products/{shelf.mug.slug}/",
        headers={"if-none-match": answer["ETag"], "accept-language": "zh-hans"},
    )
    assert same.status_code == 304


def test_a_former_address_leads_to_the_present_one(client, shelf):
    SlugHistory.objects.create(spu=shelf.mug, slug="old-mug")

    answer = client.get("/api/v1/products/old-mug/")

    assert answer.status_code == 301
    assert answer["Location"].endswith(f"/api/v1/products/{shelf.mug.slug}/")


def test_goods_of_a_closed_merchant_have_no_page(client, shelf):
    type(shelf.merchant).objects.update(status=MerchantStatus.FROZEN)

    answer = client.get(f"/api/v1/products/{shelf.mug.slug}/")

    assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND")


def test_suggestions(client, shelf):
    answer = client.get("/api/v1/products/suggestions/", {"q": "lany"}, **ZH)

    assert answer.json() == {"suggestions": ["蓝牙音箱", "无线蓝牙耳机"]}
    for bad in ("", " ", "x" * 81):
        assert client.get("/api/v1/products/suggestions/", {"q": bad}).status_code == 400


def test_the_tree_of_categories(client, shelf, django_assert_num_queries):
    with django_assert_num_queries(1):
        answer = client.get("/api/v1/categories/", **ZH)

    assert [(node["slug"], node["name"]) for node in answer.json()] == [
        ("digital", "数码"),
        ("cups", "杯具"),
    ]
    assert answer.json()[0]["children"][0]["slug"] == "audio"
    again = client.get(
        "/api/v1/categories/",
        headers={"if-none-match": answer["ETag"], "accept-language": "zh-hans"},
    )
    assert again.status_code == 304


@pytest.mark.parametrize(
    "address", ["categories/", "products/", "products/suggestions/", "products/x/"]
)
def test_nothing_can_be_written(client, db, address):
    for method in (client.post, client.put, client.patch, client.delete):
        assert method(f"/api/v1/{address}").status_code == 405
