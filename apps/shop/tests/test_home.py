import json
import re

import pytest
from django.urls import reverse

from apps.catalog.tests.factories import CategoryFactory
from apps.checkout.tests.factories import a_cart, a_sku
from apps.content.models import Banner, BannerTranslation

pytestmark = pytest.mark.django_db


def test_an_empty_shop_says_so(client):
    page = client.get(reverse("home"))

    assert page.status_code == 200
    assert "货架正在补货" in page.content.decode()


def test_the_home_page_shows_banners_departments_and_their_newest(client, searchable):
    department = CategoryFactory(slug="sound")
    leaf = CategoryFactory(parent=department)
    sku = a_sku(price="59.90", spu__category=leaf)
    searchable(sku.spu)
    banner = Banner.objects.create(image="banners/a.webp", link="/c/sound/")
    BannerTranslation.objects.create(banner=banner, language="zh-hans", title="好声音")

    html = client.get(reverse("home")).content.decode()

    assert "好声音" in html
    assert html.count(f'href="/p/{sku.spu.slug}/"') == 2  # most loved, and the department's newest
    assert "¥59.90" in html


def test_a_stranger_gets_a_page_without_token_or_cookie(client):
    page = client.get(reverse("home"))

    assert "csrfmiddlewaretoken" not in page.content.decode()
    assert not page.cookies
    assert page.headers["X-EMShop-Shared-Cache"]


def test_no_page_brings_script_or_style_of_its_own(client, searchable):
    sku = a_sku()
    searchable(sku.spu)
    for url in (reverse("home"), f"/p/{sku.spu.slug}/", reverse("cart"), reverse("sign-in")):
        html = client.get(url).content.decode()
        scripts = re.findall(r"<script(?![^>]*\bsrc=)([^>]*)>", html)
        assert all('type="application/' in attributes for attributes in scripts), url
        assert not re.search(r"\sstyle=|<style|\son[a-z]+=", html), url


def test_the_shopper_sees_how_much_is_in_the_cart(browser, shopper):
    a_cart(shopper, (a_sku(), 3))

    html = browser.get(reverse("categories")).content.decode()

    assert '<span class="count" data-cart-count>3</span>' in html


def test_the_home_page_needs_ten_statements_at_most(
    browser, shopper, searchable, django_assert_max_num_queries
):
    for _ in range(3):
        searchable(a_sku().spu)

    with django_assert_max_num_queries(10):
        assert browser.get(reverse("home")).status_code == 200


def test_a_language_is_remembered_by_a_link(client):
    answer = client.get(reverse("language", args=["en"]), {"next": "/categories/"})

    assert answer.headers["Location"] == "/categories/"
    assert "All categories" in client.get("/categories/").content.decode()


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example/", "javascript:x"])
def test_the_language_link_leads_nowhere_else(client, wanted):
    answer = client.get(reverse("language", args=["en"]), {"next": wanted})

    assert answer.headers["Location"] == "/"


def test_an_unknown_language_does_not_exist(client):
    assert client.get(reverse("language", args=["xx"])).status_code == 404


def test_robots_and_sitemap_name_what_is_on_the_shelf(client):
    sku = a_sku()

    robots = client.get("/robots.txt").content.decode()
    products = client.get("/sitemap-products.xml").content.decode()

    assert "Disallow: /cart/" in robots
    assert "Sitemap: http://testserver/sitemap.xml" in robots
    assert f"/p/{sku.spu.slug}/</loc>" in products
    assert "sitemap-products.xml" in client.get("/sitemap.xml").content.decode()


def test_structured_data_cannot_close_its_block(client):
    sku = a_sku()
    sku.spu.translations.update(name="</script><b>x")

    html = client.get(f"/p/{sku.spu.slug}/").content.decode()

    block = re.search(r'<script type="application/ld\+json">(.*?)</script>', html).group(1)
    assert json.loads(block)["name"] == "</script><b>x"
    assert "<b>x" not in html
