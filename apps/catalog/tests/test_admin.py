from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.accounts.tests.factories import UserFactory
from apps.catalog.models import Category, Media, PriceChange, Sku, Spu
from apps.catalog.services import save_spu
from apps.catalog.spec_text import UnreadableText, read_axes, read_specs, read_tiers, write_axes
from apps.catalog.tests.drafting import a_draft
from apps.catalog.tests.factories import CategoryFactory, SpuFactory
from apps.catalog.tests.test_pictures import drawn

pytestmark = pytest.mark.django_db
LIST = "/admin/catalog/spu/"
FORMSETS = ("translations-", "skus-", "media-", "moves-")
PAGES = (
    "spu/add/",
    "sku/",
    "pricechange/",
    "category/",
    "category/add/",
    "brand/add/",
    "attribute/",
    "attributevalue/",
    "shippingclass/",
)
MODELS = ("spu", "sku", "sputranslation", "media")


@pytest.fixture
def boss():
    return UserFactory(is_staff=True, is_superuser=True, nickname="老板")


@pytest.fixture
def spu():
    return save_spu(a_draft(), actor=None)


def of(formset, rows, initial=0):
    data = {
        f"{formset}-TOTAL_FORMS": len(rows),
        f"{formset}-INITIAL_FORMS": initial,
        f"{formset}-MIN_NUM_FORMS": 0,
        f"{formset}-MAX_NUM_FORMS": 1000,
    }
    for n, row in enumerate(rows):
        data |= {f"{formset}-{n}-{name}": value for name, value in row.items()}
    return data


def form(spu, *, prices=("39.90", "42.00"), version=None, media=(), **changes):
    """What the browser posts for the mug of the drafts."""
    text = spu.translations.get()
    skus = [
        {
            "id": sku.pk,
            "spu": spu.pk,
            "code": sku.code,
            "specs": specs,
            "price": price,
            "weight_grams": sku.weight_grams,
            "volume_cm3": 0,
            "is_active": "on",
            "min_quantity": 1,
            "step_quantity": 1,
        }
        for sku, specs, price in zip(
            spu.skus.order_by("position"), ("red", "blue"), prices, strict=True
        )
    ]
    words = {"id": text.pk, "spu": spu.pk, "language": "zh-hans", "name": text.name}
    words |= {"subtitle": text.subtitle, "description": text.description}
    main = {
        "category": spu.category_id,
        "shipping_class": spu.shipping_class_id,
        "code": spu.code,
        "slug": spu.slug,
        "specs": "colour: 颜色/Colour = red: 红色, blue: 蓝色",
        "seen_version": version or spu.version,
    }
    return {
        **main,
        **of("translations", [words | changes.pop("words", {})], 1),
        **of("skus", skus, 2),
        **of("media", media, sum("id" in row for row in media)),
        **of("moves", []),
        **changes,
    }


def state(spu):
    row = Spu.objects.get(pk=spu.pk)
    prices = list(row.skus.order_by("position").values_list("price", flat=True))
    return row.slug, row.version, row.status, prices


def test_pages_open(as_staff, boss, spu, django_assert_max_num_queries):
    browser = as_staff(boss)
    with django_assert_max_num_queries(15):
        page = browser.get(LIST, {"q": "MUG-RED"})
    assert "陶瓷马克杯" in page.content.decode()
    for address in (f"{LIST}{spu.pk}/change/", *(f"/admin/catalog/{page}" for page in PAGES)):
        assert browser.get(address).status_code == 200, address


def test_saving_without_a_change_changes_nothing(as_staff, boss, spu):
    answer = as_staff(boss).post(f"{LIST}{spu.pk}/change/", form(spu))

    assert answer.status_code == 302, answer.context["errors"]
    assert state(spu) == ("mug", 1, "DRAFT", [Decimal("39.90"), Decimal("42.00")])


def test_a_product_is_written_on_one_page(as_staff, boss, spu):
    main = {name: value for name, value in form(spu).items() if not name.startswith(FORMSETS)}
    data = main | {"merchant": spu.merchant_id, "code": "CUP", "slug": "cup", "seen_version": ""}
    data |= of("media", []) | of("moves", [])
    data |= of("translations", [{"language": "zh-hans", "name": "茶杯"}])
    sku = {"code": "CUP-1", "specs": "red", "price": "18.00", "tiers": "10: 15.00", "weight_grams": 1,
           "volume_cm3": 1, "is_active": "on", "min_quantity": 1, "step_quantity": 1}  # fmt: skip
    data |= of("skus", [sku]) | {"_save": "1"}

    answer = as_staff(boss).post(f"{LIST}add/", data)

    assert answer.status_code == 302, answer.context["errors"]
    cup = Spu.objects.get(slug="cup")
    assert (cup.status, cup.merchant_id) == ("DRAFT", spu.merchant_id)
    assert list(cup.skus.get().tiers.values_list("min_quantity", "price")) == [
        (10, Decimal("15.00"))
    ]


def test_the_second_operator_is_told_what_the_first_has_changed(as_staff, boss, spu):
    seen = form(spu)
    browser = as_staff(boss)
    browser.post(f"{LIST}{spu.pk}/change/", form(spu, words={"name": "骨瓷杯"}))
    before = state(spu)

    answer = browser.post(f"{LIST}{spu.pk}/change/", seen | {"slug": "mine"})

    assert answer.status_code == 200
    text = answer.content.decode()
    assert "骨瓷杯" in text
    assert "老板" in text
    assert 'value="mine"' in text  # what was typed is still there
    assert state(spu) == before


def test_a_large_price_change_asks_twice(as_staff, boss, spu):
    browser = as_staff(boss)
    data = form(spu, prices=("9.90", "42.00"), change_reason="清仓")

    answer = browser.post(f"{LIST}{spu.pk}/change/", data)
    assert answer.status_code == 200
    assert "39.90 → 9.90" in answer.content.decode()
    assert state(spu)[3] == [Decimal("39.90"), Decimal("42.00")]
    browser.post(f"{LIST}{spu.pk}/change/", data | {"is_confirmed": "on"})

    assert state(spu)[3] == [Decimal("9.90"), Decimal("42.00")]
    change = PriceChange.objects.get()
    assert (change.actor, change.reason) == (boss, "清仓")


def test_a_button_saves_and_moves(as_staff, boss, spu):
    browser = as_staff(boss)

    browser.post(f"{LIST}{spu.pk}/change/", form(spu) | {"catalog_spu_publish": "1"})
    assert state(spu)[2] == "ON_SHELF"
    browser.post(f"{LIST}{spu.pk}/change/", form(spu) | {"catalog_spu_recycle": "1"})
    assert state(spu)[2] == "ON_SHELF"  # not offered there
    browser.post(LIST, {"action": "unpublish_all", "_selected_action": [spu.pk]})
    assert state(spu)[2] == "OFF_SHELF"


def test_pictures_are_added_described_and_removed(as_staff, boss, spu):
    browser = as_staff(boss)
    upload = SimpleUploadedFile("x.png", drawn().getvalue())
    bad = SimpleUploadedFile("x.png", b"<svg onload='x()'/>")
    row = {"alt": "正面", "position": 0}

    refused = browser.post(f"{LIST}{spu.pk}/change/", form(spu, media=[row | {"upload": bad}]))
    assert refused.status_code == 200
    assert not Media.objects.exists()
    browser.post(f"{LIST}{spu.pk}/change/", form(spu, media=[row | {"upload": upload}]))
    media = Media.objects.get()
    assert media.alt == "正面"
    spu.refresh_from_db()
    browser.post(
        f"{LIST}{spu.pk}/change/",
        form(spu, media=[{"id": media.pk, "spu": spu.pk, "alt": "背面", "position": 3}]),
    )
    media.refresh_from_db()
    assert (media.alt, media.position) == ("背面", 3)
    spu.refresh_from_db()
    browser.post(
        f"{LIST}{spu.pk}/change/",
        form(
            spu,
            media=[{"id": media.pk, "spu": spu.pk, "alt": "背面", "position": 3, "DELETE": "on"}],
        ),
    )
    assert not Media.objects.exists()


@pytest.mark.parametrize(
    "specs",
    ["colour", "colour: 颜色 =", "a b: 颜色 = red: 红", "colour = red, red", "size: 尺 = s: 小"],
)
def test_specs_that_cannot_be_read_come_back(as_staff, boss, spu, specs):
    answer = as_staff(boss).post(f"{LIST}{spu.pk}/change/", form(spu, specs=specs))

    assert answer.status_code == 200
    assert answer.context["errors"]
    assert state(spu)[1] == 1


def test_merchant_staff_work_on_their_own_goods_alone(as_staff, merchant_staff, spu):
    foreign = SpuFactory(text__name="别家的杯子")
    staff = merchant_staff(
        spu.merchant,
        *(f"catalog.{verb}_{model}" for verb in ("view", "change", "add") for model in MODELS),
    )
    browser = as_staff(staff)

    page = browser.get(LIST).content.decode()
    assert "陶瓷马克杯" in page
    assert "别家的杯子" not in page
    assert browser.get(f"{LIST}{foreign.pk}/change/").status_code == 404
    assert browser.post(f"{LIST}{foreign.pk}/change/", form(spu)).status_code == 404
    browser.post(LIST, {"action": "recycle_all", "_selected_action": [foreign.pk]})
    assert Spu.objects.get(pk=foreign.pk).status == "ON_SHELF"
    own = browser.get(f"{LIST}{spu.pk}/change/").content.decode()
    assert "cost_price" not in own
    assert "catalog_spu_approve" not in own


def test_cost_prices_stay_when_those_who_may_not_see_them_save(as_staff, merchant_staff, spu):
    Sku.objects.update(cost_price=Decimal("11.00"))
    staff = merchant_staff(
        spu.merchant,
        *(f"catalog.{verb}_{model}" for verb in ("view", "change") for model in MODELS),
    )

    as_staff(staff).post(f"{LIST}{spu.pk}/change/", form(spu, prices=("41.00", "42.00")))

    assert set(Sku.objects.values_list("price", "cost_price")) == {
        (Decimal("41.00"), Decimal("11.00")),
        (Decimal("42.00"), Decimal("11.00")),
    }


def test_nobody_without_permission_gets_in(as_staff, operator, spu):
    browser = as_staff(operator())

    for address in (LIST, f"{LIST}{spu.pk}/change/", "/admin/catalog/category/"):
        assert browser.get(address).status_code == 403
    assert browser.post(f"{LIST}{spu.pk}/change/", form(spu)).status_code == 403


def test_categories_are_placed_and_refused_in_their_form(as_staff, boss):
    browser = as_staff(boss)
    top = CategoryFactory(slug="top")
    data = {
        "parent": top.pk,
        "name_zh": "杯具",
        "name_en": "Cups",
        "slug": "cups",
        "position": 1,
        "is_active": "on",
    }

    assert browser.post("/admin/catalog/category/add/", data).status_code == 302
    cups = Category.objects.get(slug="cups")
    assert (cups.level, cups.parent) == (2, top)
    answer = browser.post(
        f"/admin/catalog/category/{top.pk}/change/",
        data | {"parent": cups.pk, "slug": "top"},
    )
    assert answer.status_code == 200
    top.refresh_from_db()
    assert top.parent is None
    assert (
        browser.get(f"/admin/catalog/category/{cups.pk}/change/")
        .context["adminform"]
        .form.initial["name_en"]
        == "Cups"
    )


def test_specs_are_read_and_written(spu):
    axes = read_axes("颜色：颜色／Colour ＝ red：红色／Red，blue：蓝色\nsize = s, l: L")

    assert [(axis.code, dict(axis.names)) for axis in axes] == [
        ("颜色", {"zh-hans": "颜色", "en": "Colour"}),
        ("size", {"zh-hans": "size"}),
    ]
    assert read_specs("red, l", axes) == {"颜色": "red", "size": "l"}
    assert (
        write_axes(spu.axes.prefetch_related("values"))
        == "colour: 颜色/Colour = red: 红色, blue: 蓝色"
    )
    assert read_tiers("10: 35.00，50: 30") == [(10, Decimal("35.00")), (50, Decimal(30))]
    for bad in ("x", "10: y", "10"):
        with pytest.raises(UnreadableText):
            read_tiers(bad)
