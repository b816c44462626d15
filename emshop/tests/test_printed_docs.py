"""The pages of docs/ that are printed from the code, and the picture of the layers."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings

from apps.core.management.commands.write_docs import PAGES
from emshop import picture
from emshop.stack.places import PROJECT


def test_pages_are_written_and_then_found_up_to_date(tmp_path):
    said = StringIO()
    with override_settings(BASE_DIR=tmp_path):
        with pytest.raises(CommandError, match=r"Out of date: events\.md, states\.md"):
            call_command("write_docs", "events.md", "states.md", "--check")
        call_command("write_docs", "events.md", "states.md", stdout=said)
        call_command("write_docs", "events.md", "states.md", "--check", stdout=said)

    assert said.getvalue() == "Written: events.md, states.md\nUp to date: all\n"
    assert (tmp_path / "docs" / "events.md").read_text().startswith("# Facts\n")


def test_unknown_page_is_refused_with_the_list():
    with pytest.raises(CommandError, match=f"there are {', '.join(PAGES)}"):
        call_command("write_docs", "poem.md")


def test_schema_page_shows_columns_and_what_the_database_forbids():
    page = StringIO()
    call_command("show_schema", stdout=page)

    text = page.getvalue()
    assert "### accounts_user\n" in text
    assert "| `id` | bigint **key** |  |  |" in text
    assert "- check `" in text


def test_picture_shows_every_layer_and_what_is_built():
    rows = picture.layers()

    drawn = picture.draw(rows, {"core"})

    assert rows[-1] == ["core"]
    assert rows[0] == ["backoffice", "shop"]
    assert drawn.count('class="here"') == 1
    assert drawn.count('class="later"') == sum(map(len, rows)) - 1


def test_picture_in_the_docs_is_current():
    existing = {path.parent.name for path in PROJECT.glob("apps/*/__init__.py")}

    assert picture.TARGET.read_text() == picture.draw(picture.layers(), existing)
