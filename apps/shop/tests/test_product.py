import json
import re

import pytest

from apps.catalog.models import SlugHistory, Spu, SpuStatus
from apps.checkout.tests.factories import a_sku
from apps.shop.tests.goods import an_spu_with_colours

pytestmark = pytest.mark.django_db


def test_the_page_shows_price_stock_and_a_form_without_token(client):
    sku = a_sku(price="1299.00", list_price="1599.00", stock=3)

    html = client.get(f"/p/{sku.spu.slug}/").content.decode()

    assert '<span class="visually-hidden">¥1,299.00</span>' in html
    assert "<s>" in html
    assert "仅剩 3 件" in html
    assert f'name="sku" value="{sku.pk}"' in html
    assert "csrfmiddlewaretoken" not in html


def test_each_choice_is_a_link_to_its_sku_and_a_missing_one_is_dashed(client):
    spu, skus = an_spu_with_colours(("white", 5), ("black", 0))

    html = client.get(f"/p/{spu.slug}/").content.decode()

    white, black = skus["white"], skus["black"]
    assert re.search(rf'class="option"\s+href="\?sku={white.code}"[^>]*aria-current="true"', html)
    assert f'class="option is-missing" href="?sku={black.code}"' in html


def test_a_link_chooses_its_sku(client):
    spu, skus = an_spu_with_colours(("white", 5), ("black", 0))

    html = client.get(f"/p/{spu.slug}/", {"sku": skus["black"].code}).content.decode()

    assert f'name="sku" value="{skus["black"].pk}"' in html
    assert "已售罄" in html
    assert re.search(r"data-sku-buy disabled", html)


def test_an_unknown_sku_falls_back_to_one_that_can_be_bought(client):
    spu, skus = an_spu_with_colours(("white", 0), ("black", 2))

    html = client.get(f"/p/{spu.slug}/", {"sku": "nonsense"}).content.decode()

    assert f'name="sku" value="{skus["black"].pk}"' in html


def test_the_script_gets_every_combination(client):
    spu, skus = an_spu_with_colours(("white", 5), ("black", 0))

    html = client.get(f"/p/{spu.slug}/").content.decode()

    block = re.search(r'<script id="skus" type="application/json">(.*?)</script>', html).group(1)
    told = {each["code"]: each for each in json.loads(block)}
    assert told[skus["white"].code]["quantity"] == 5
    assert told[skus["white"].code]["max"] == 5
    assert told[skus["black"].code]["fill"]["stock"] == "已售罄"
    assert told[skus["black"].code]["fill"]["price"]["text"] == "¥50.00"


def test_search_engines_are_told_the_offer(client):
    sku = a_sku(price="59.90")

    html = client.get(f"/p/{sku.spu.slug}/").content.decode()

    block = re.search(r'<script type="application/ld\+json">(.*?)</script>', html).group(1)
    offer = json.loads(block)["offers"][0]
    assert (offer["price"], offer["priceCurrency"]) == ("59.90", "CNY")
    assert offer["availability"] == "https://schema.org/InStock"
    assert f'<link rel="canonical" href="http://testserver/p/{sku.spu.slug}/">' in html


def test_a_former_address_leads_to_the_present_one_for_good(client):
    sku = a_sku()
    SlugHistory.objects.create(spu=sku.spu, slug="old-name")

    answer = client.get("/p/old-name/")

    assert answer.status_code == 301
    assert answer.headers["Location"] == f"/p/{sku.spu.slug}/"


def test_what_is_off_the_shelf_does_not_exist(client):
    sku = a_sku()
    Spu.objects.filter(pk=sku.spu_id).update(status=SpuStatus.OFF_SHELF)

    assert client.get(f"/p/{sku.spu.slug}/").status_code == 404


def test_limits_are_told_before_they_are_met(client):
    sku = a_sku(min_quantity=2, step_quantity=2, max_per_user=6)

    html = client.get(f"/p/{sku.spu.slug}/").content.decode()

    assert "2 件起售，每次 2 件，每人限购 6 件" in html
    assert re.search(r'name="quantity"\s+value="2"\s+min="2"', html)


def test_the_page_needs_ten_statements_at_most(browser, django_assert_max_num_queries):
    spu, _skus = an_spu_with_colours(("white", 5), ("black", 5))

    with django_assert_max_num_queries(10):
        assert browser.get(f"/p/{spu.slug}/").status_code == 200
