"""Real pages in a real browser: behaviour, policy, width; screenshots are kept under var/screenshots."""

import os
import shutil
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

from apps.catalog.tests.factories import CategoryFactory
from apps.checkout.tests.factories import a_sku
from apps.shop.tests.goods import an_spu_with_colours

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome") or ""
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
MODES = [(390, "light"), (390, "dark"), (1280, "light"), (1280, "dark")]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not CHROMIUM, reason="Chromium is not installed"),
]


@pytest.fixture(scope="module")
def chromium():
    sync_api = pytest.importorskip("playwright.sync_api")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright runs a loop in this thread
    with sync_api.sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield running
        running.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def open_page(chromium, live_server):
    """Open a page that writes down what the browser complains about."""
    contexts = []

    def make(width=390, scheme="light", **more):
        context = chromium.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": 844},
            color_scheme=scheme,
            locale="zh-CN",
            **more,
        )
        contexts.append(context)
        page = context.new_page()
        page.complaints = []
        page.on("console", lambda said: said.type == "error" and page.complaints.append(said.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        return page

    yield make
    for context in contexts:
        context.close()


def keep(page, name, width, scheme):
    folder = Path(settings.VAR_DIR) / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=folder / f"{name}-{width}-{scheme}.png", full_page=True)


@pytest.mark.parametrize(("width", "scheme"), MODES)
def test_pages_fit_their_screen_and_obey_the_policy(open_page, searchable, width, scheme):
    shelf = CategoryFactory(slug="sound")
    sku = a_sku(spu__category=shelf)
    searchable(sku.spu)
    page = open_page(width, scheme)
    addresses = {
        "home": reverse("home"),
        "category": reverse("category", args=["sound"]),
        "product": reverse("product", args=[sku.spu.slug]),
        "cart": reverse("cart"),
        "sign-in": reverse("sign-in"),
    }

    for name, address in addresses.items():
        page.goto(address)
        keep(page, name, width, scheme)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name

    assert page.complaints == []


def test_choosing_adding_and_counting_need_no_reload_to_be_right(open_page):
    spu, skus = an_spu_with_colours(("white", 5), ("black", 3), price="50.00")
    page = open_page()
    page.goto(reverse("product", args=[spu.slug]))

    page.get_by_role("link", name="black").click()
    page.get_by_role("button", name="加入购物车").click()
    page.wait_for_selector(".toast--success")
    page.goto(reverse("cart"))
    page.get_by_role("button", name="增加一件").click()
    page.locator(".summary__total", has_text="¥100.00").wait_for()

    assert page.locator(".cart-line input[name=quantity]").input_value() == "2"
    assert skus["black"].code in page.locator(".cart-line__text a").get_attribute("href")
    assert page.complaints == []


def test_the_purchase_begins_without_script_too(open_page):
    spu, skus = an_spu_with_colours(("white", 5), ("black", 3), price="50.00")
    page = open_page(java_script_enabled=False)
    page.goto(reverse("product", args=[spu.slug]))

    page.get_by_role("link", name="black").click()
    page.get_by_role("button", name="加入购物车").click()
    page.goto(reverse("cart"))
    page.locator("input[name=quantity]").fill("3")
    page.locator(".cart-line").get_by_role("button", name="更新").click()

    assert "¥150.00" in page.locator(".summary__total").inner_text()
    assert page.locator("[name=quantity]").input_value() == "3"
    assert f"sku={skus['black'].code}" in page.locator(".cart-line__text a").get_attribute("href")
