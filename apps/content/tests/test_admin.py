import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.accounts.tests.factories import UserFactory
from apps.catalog.tests.test_pictures import drawn
from apps.content.models import Banner

pytestmark = pytest.mark.django_db


def form(**changes):
    data = {"link": "/c/tea/", "position": 1, "is_active": "on"}
    data |= {"translations-TOTAL_FORMS": 1, "translations-INITIAL_FORMS": 0}
    data |= {"translations-0-language": "zh-hans", "translations-0-title": "春茶上市"}
    data["image"] = SimpleUploadedFile("x.png", drawn().getvalue() + b"<script>")
    return data | changes


@pytest.fixture
def browser(as_staff):
    return as_staff(UserFactory(is_staff=True, is_superuser=True))


def test_a_banner_is_written_and_its_picture_drawn_anew(browser):
    answer = browser.post("/admin/content/banner/add/", form())

    assert answer.status_code == 302, answer.context["errors"]
    banner = Banner.objects.get()
    assert banner.translations.get().title == "春茶上市"
    assert b"script" not in banner.image.read()
    assert browser.get("/admin/content/banner/").status_code == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"link": "javascript:alert(1)"},
        {"link": "//evil.example/"},
        {"link": "http://x"},
        {"image": SimpleUploadedFile("x.svg", b"<svg onload='x()'/>")},
        {"image": SimpleUploadedFile("x.png", b"nothing")},
        {"image": ""},
        {"starts_at_0": "2026-02-01", "starts_at_1": "00:00", "ends_at_0": "2026-01-01", "ends_at_1": "00:00"},
    ],
)  # fmt: skip
def test_what_no_banner_should_be_is_refused(browser, changes):
    answer = browser.post("/admin/content/banner/add/", form(**changes))

    assert answer.status_code == 200
    assert not Banner.objects.exists()
