"""Amounts, icons and pages numbers as templates show them."""

from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.paginator import Paginator
from django.template import Context, Template

from apps.core.management.commands.build_assets import flatten_css, squeeze
from apps.core.management.commands.catalogues import used_in
from apps.core.templatetags.design import page_numbers
from apps.core.templatetags.money import money

STATIC = Path(settings.BASE_DIR) / "static"


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [
        (Decimal(0), "CNY", "¥0.00"),
        (Decimal("1234.5"), "CNY", "¥1,234.50"),
        (Decimal(-20), "CNY", "−¥20.00"),
        (Decimal("9.99"), "JPY", "JPY 9.99"),
    ],
)
def test_money_is_spelled_for_people(amount, currency, expected):
    assert money(amount, currency) == expected


def test_price_is_read_once_and_shown_once():
    html = Template('{% load money %}{% price amount "large" %}').render(
        Context({"amount": Decimal("1999.90")})
    )

    assert '<span class="visually-hidden">¥1,999.90</span>' in html
    assert '<span aria-hidden="true"><span class="price__symbol">¥</span>' in html
    assert 'class="price price--large"' in html


def test_no_amount_shows_nothing():
    html = Template("{% load money %}{% price amount %}[{{ amount|money }}]").render(
        Context({"amount": None})
    )

    assert html.strip() == "[]"


def test_an_old_price_is_struck_out():
    html = Template('{% load money %}{% price amount "was" %}').render(
        Context({"amount": Decimal(5)})
    )

    assert "<s>" in html
    assert "price--was" in html


def test_icon_is_silent_without_a_label_and_named_with_one():
    html = Template('{% load design %}{% icon "truck" %}{% icon "star" label="Best" %}').render(
        Context()
    )

    assert 'aria-hidden="true"><use href="' in html
    assert 'role="img" aria-label="Best"' in html


def test_pages_are_elided_in_the_middle():
    page = Paginator(range(1000), 10).page(50)

    assert list(page_numbers(page)) == [1, "…", 48, 49, 50, 51, 52, "…", 100]


def test_squeezing_css_keeps_what_it_means():
    css = "/* why */\n.a {\n  color: red;\n  & .b > i,\n  & .c { margin: 0 auto; }\n}\n"

    assert squeeze(css) == ".a{color:red;& .b > i,& .c{margin:0 auto}}"


def test_the_committed_style_sheet_is_built_from_its_sources_and_within_budget():
    built = (STATIC / "css" / "shop.css").read_text(encoding="utf-8")

    assert built == flatten_css(STATIC / "css" / "index.css")
    assert len(built.encode()) <= 40_000


def test_the_sprite_holds_each_listed_icon():
    sprite = (STATIC / "icons" / "sprite.svg").read_text(encoding="utf-8")

    names = (STATIC / "icons" / "icons.txt").read_text(encoding="utf-8").split()
    assert [name for name in names if f'<symbol id="{name}"' not in sprite] == []


def test_texts_are_found_in_modules_and_templates(tmp_path):
    module = tmp_path / "a.py"
    module.write_text("x = _('One')\ny = ngettext('%(n)d thing', '%(n)d things', 2)\n")
    template = tmp_path / "b.html"
    template.write_text(
        '{% load i18n %}{% translate "Two" %}{% translate "from" context "price" %}'
    )

    assert set(used_in(module)) == {("", "One", ""), ("", "%(n)d thing", "%(n)d things")}
    assert set(used_in(template)) == {("", "Two", ""), ("price", "from", "")}


def test_the_catalogue_command_reports_what_it_compiles(capsys):
    call_command("build_assets", check=True)

    assert capsys.readouterr().out == ""
