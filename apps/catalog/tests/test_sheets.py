from decimal import Decimal

import pytest

from apps.catalog.models import PriceChange, Sku, Spu, SpuStatus, SpuTranslation
from apps.catalog.selectors import skus_for_sale
from apps.catalog.sheets.exporting import product_columns, product_rows
from apps.catalog.sheets.importing import Plan, import_products
from apps.catalog.tests.factories import CategoryFactory, MerchantFactory, ShippingClassFactory
from apps.core.sheets import read_sheet, write_sheet

pytestmark = pytest.mark.django_db

MUG = {
    "spu_code": "MUG",
    "name": "搪瓷杯",
    "name_en": "Enamel mug",
    "category": "cups",
    "axis_1": "颜色|Colour",
    "description": "<p>好用</p><script>x()</script>",
}
RED = {
    **MUG,
    "value_1": "红|Red",
    "sku_code": "MUG-R",
    "price": "19.90",
    "tiers": "3: 18; 10: 17.50",
}
BLUE = {**MUG, "value_1": "蓝|Blue", "sku_code": "MUG-B", "price": "21.00", "max_per_order": "5"}


@pytest.fixture
def merchant():
    CategoryFactory(slug="cups")
    ShippingClassFactory(code="standard")
    return MerchantFactory()


def run(merchant, *rows, **options):
    numbered = list(enumerate(rows, start=2))
    return list(import_products(numbered, Plan(merchant_id=merchant.pk, **options)))[-1]


def test_new_products_go_on_the_shelf(merchant):
    outcome = run(merchant, RED, BLUE)

    spu = Spu.objects.get(code="MUG")
    skus = {sku.code: sku for sku in spu.skus.all()}
    assert (outcome.created, outcome.changed, outcome.failed) == (1, 0, 0)
    assert spu.status == SpuStatus.ON_SHELF
    assert spu.slug == "enamel-mug-mug"
    assert [move.to_status for move in spu.moves.order_by("pk")] == ["DRAFT", "ON_SHELF"]
    assert skus["MUG-R"].price == Decimal("19.90")
    assert [(t.min_quantity, t.price) for t in skus["MUG-R"].tiers.order_by("min_quantity")] == [
        (3, Decimal("18.00")),
        (10, Decimal("17.50")),
    ]
    assert skus["MUG-B"].max_per_order == 5
    text = spu.translations.get(language="zh-hans")
    assert "script" not in text.description
    assert SpuTranslation.history.filter(spu_id=spu.pk).count() == 2
    on_sale = skus_for_sale([skus["MUG-R"].pk])[skus["MUG-R"].pk]
    assert on_sale.is_saleable
    assert "红" in on_sale.spec_text


def test_the_same_sheet_again_changes_nothing(merchant):
    run(merchant, RED, BLUE)
    version = Spu.objects.get().version

    outcome = run(merchant, RED, BLUE)

    assert (outcome.created, outcome.changed, outcome.unchanged) == (0, 0, 1)
    assert Spu.objects.get().version == version


def test_a_sku_is_found_by_its_code_and_empty_cells_leave_alone(merchant):
    run(merchant, RED, BLUE)

    outcome = run(merchant, {"sku_code": "MUG-R", "price": "22.00", "tiers": "-"})

    red, blue = Sku.objects.get(code="MUG-R"), Sku.objects.get(code="MUG-B")
    assert outcome.changed == 1
    assert (red.price, red.tiers.count()) == (Decimal("22.00"), 0)
    assert (blue.price, blue.max_per_order, blue.is_active) == (Decimal("21.00"), 5, True)
    assert Spu.objects.get().translations.count() == 2
    assert PriceChange.objects.filter(sku=red).count() == 2


def test_what_was_done_can_be_undone(merchant):
    run(merchant, RED, BLUE)
    before = list(product_rows(Spu.objects.all()))
    green = {**MUG, "value_1": "绿", "sku_code": "MUG-G", "price": "20.00"}
    done = run(merchant, {"sku_code": "MUG-R", "price": "22.00", "list_price": "30.00"}, green)

    cells = [{name: str(value) for name, value in row.items() if value != ""} for row in done.undo]
    undone = run(merchant, *cells)

    assert (undone.changed, undone.failed) == (1, 0), undone.errors
    after = list(product_rows(Spu.objects.all()))
    assert after[:2] == before
    assert (after[2]["sku_code"], after[2]["is_active"]) == ("MUG-G", 0)


def test_a_dry_run_writes_nothing_and_says_the_same(merchant):
    outcome = run(merchant, RED, BLUE, is_dry_run=True)

    assert outcome.created == 1
    assert not Spu.objects.exists()
    assert not SpuTranslation.history.exists()


@pytest.mark.parametrize(
    ("change", "row", "column"),
    [
        ({"price": "19.999"}, 3, "price"),
        ({"price": "-1"}, 3, "price"),
        ({"price": "0"}, 3, "price"),
        ({"price": "NaN"}, 3, "price"),
        ({"price": ""}, 3, "price"),
        ({"sku_code": ""}, 3, "sku_code"),
        ({"sku_code": "MUG-R"}, 3, "sku_code"),
        ({"category": "nothing"}, 3, "category"),
        ({"name": "另一个"}, 3, "name"),
        ({"max_per_order": "a few"}, 3, "max_per_order"),
        ({"value_1": ""}, 3, "value_1"),
        ({"value_1": "红"}, 2, "specs"),
        ({"tiers": "3-9"}, 3, "tiers"),
        ({"attributes": "colour"}, 3, "attributes"),
        ({"attributes": "colour: red"}, 2, "attributes"),
        ({"is_active": "maybe"}, 3, "is_active"),
    ],
)
def test_a_bad_cell_is_named_and_its_product_left_out(merchant, change, row, column):
    other = {"spu_code": "BOWL", "name": "碗", "category": "cups", "sku_code": "B1", "price": "9"}

    outcome = run(merchant, RED, {**BLUE, **change}, other)

    assert (row, column) in [(error.row, error.column) for error in outcome.errors]
    assert outcome.failed == 1
    assert list(Spu.objects.values_list("code", flat=True)) == ["BOWL"]


def test_one_that_does_not_fit_keeps_no_other_out(merchant):
    run(merchant, RED, BLUE)
    taken = {**RED, "spu_code": "CUP", "sku_code": "C1", "slug": "enamel-mug-mug", "value_1": ""}
    del taken["axis_1"]
    fine = {"spu_code": "BOWL", "name": "碗", "category": "cups", "sku_code": "B1", "price": "9"}

    outcome = run(merchant, taken, fine)

    assert (outcome.created, outcome.failed) == (1, 1)
    assert outcome.errors[0].row == 2
    assert set(Spu.objects.values_list("code", flat=True)) == {"MUG", "BOWL"}


def test_a_large_price_change_has_to_be_meant(merchant):
    run(merchant, RED, BLUE)
    dear = {"sku_code": "MUG-R", "price": "199.00", "tiers": "-"}

    assert run(merchant, dear).failed == 1
    assert Sku.objects.get(code="MUG-R").price == Decimal("19.90")
    assert run(merchant, dear, prices_are_confirmed=True).changed == 1
    assert Sku.objects.get(code="MUG-R").price == Decimal("199.00")


def test_skus_of_others_are_not_touched(merchant):
    stranger = MerchantFactory()
    run(stranger, {**RED, "slug": "theirs"})

    outcome = run(merchant, {"sku_code": "MUG-R", "price": "1.00"})

    assert outcome.failed == 1
    assert Sku.objects.get(code="MUG-R").price == Decimal("19.90")


@pytest.mark.parametrize("name", ["goods.csv", "goods.xlsx"])
def test_what_goes_out_comes_back(merchant, tmp_path, name):
    run(merchant, {**RED, "name": "=HYPERLINK(1)"}, {**BLUE, "name": "=HYPERLINK(1)"})
    path = tmp_path / name

    assert write_sheet(path, product_columns(with_costs=True), product_rows(Spu.objects.all())) == 2

    rows = [cells for _number, cells in read_sheet(path)]
    assert rows[0]["name"] == "=HYPERLINK(1)"
    outcome = run(merchant, *rows)
    assert (outcome.unchanged, outcome.changed, outcome.failed) == (1, 0, 0), outcome.errors


def test_costs_are_for_those_who_may_see_them():
    assert "cost_price" not in product_columns(with_costs=False)


def test_many_products_take_few_statements(merchant, django_assert_max_num_queries):
    rows = [
        {
            "spu_code": f"P{n}",
            "name": f"品{n}",
            "category": "cups",
            "sku_code": f"S{n}",
            "price": "9",
        }
        for n in range(100)
    ]

    with django_assert_max_num_queries(60):
        outcome = run(merchant, *rows)

    assert outcome.created == 100
    with django_assert_max_num_queries(30):
        assert run(merchant, *rows).unchanged == 100


def test_operators_download_what_they_have_ticked(as_staff, merchant_staff, merchant):
    run(merchant, {**RED, "cost_price": "7.77"}, BLUE)
    stranger = MerchantFactory()
    run(stranger, {**RED, "slug": "theirs", "sku_code": "THEIRS"})
    ticked = {
        "action": "export_sheet",
        "_selected_action": list(Spu.objects.values_list("pk", flat=True)),
    }

    blind = as_staff(merchant_staff(merchant, "catalog.view_spu")).post(
        "/admin/catalog/spu/", ticked
    )
    seeing = as_staff(merchant_staff(merchant, "catalog.view_spu", "catalog.view_cost_price")).post(
        "/admin/catalog/spu/", ticked
    )

    lines = b"".join(blind.streaming_content).decode("utf-8-sig").splitlines()
    assert blind["Content-Disposition"].startswith('attachment; filename="products-')
    assert len(lines) == 3
    assert "cost_price" not in lines[0]
    text = b"".join(seeing.streaming_content).decode("utf-8-sig")
    assert "7.77" in text
    assert "THEIRS" not in text
