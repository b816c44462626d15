import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.accounts.tests.factories import UserFactory
from apps.catalog.tests.factories import SkuFactory
from apps.inventory.models import StockDocument, StockItem
from apps.inventory.tests.factories import StockItemFactory

pytestmark = pytest.mark.django_db
DOCUMENTS = "/admin/inventory/stockdocument/"
MODELS = ("warehouse", "stockitem", "reservation", "stockmovement", "stockdocument")


@pytest.fixture
def boss():
    return UserFactory(is_staff=True, is_superuser=True)


@pytest.fixture
def item():
    return StockItemFactory(on_hand=10)


def form(item, rows=((1,),), **main):
    data = {"kind": "RECEIPT", "warehouse": item.warehouse_id, "reason": "到货"} | main
    data |= {"lines-TOTAL_FORMS": len(rows), "lines-INITIAL_FORMS": 0}
    for n, (quantity,) in enumerate(rows):
        data |= {f"lines-{n}-sku": item.sku_id, f"lines-{n}-bucket": "on_hand"}
        data |= {f"lines-{n}-quantity": quantity}
    return data


def on_hand():
    return StockItem.objects.get().on_hand


def test_lists_open_and_low_stock_is_found(as_staff, boss, item, django_assert_max_num_queries):
    StockItem.objects.update(low_threshold=10)
    StockItemFactory(on_hand=50, sku=SkuFactory(code="PLENTY"))
    browser = as_staff(boss)

    for model in MODELS:
        with django_assert_max_num_queries(15):
            assert browser.get(f"/admin/inventory/{model}/").status_code == 200
    page = browser.get("/admin/inventory/stockitem/", {"level": "low"}).content.decode()
    assert item.sku.code in page
    assert "PLENTY" not in page
    for level in ("out", "there"):
        assert browser.get("/admin/inventory/stockitem/", {"level": level}).status_code == 200
    for search in (item.sku.code, "opening-"):
        found = browser.get("/admin/inventory/stockmovement/", {"q": search})
        assert item.sku.code in found.content.decode()
    assert browser.get("/admin/inventory/reservation/", {"q": "2026"}).status_code == 200


def test_counts_cannot_be_typed_over(as_staff, boss, item):
    browser = as_staff(boss)
    row = {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 1, "form-0-id": item.pk, "_save": "1"}

    browser.post(
        f"/admin/inventory/stockitem/{item.pk}/change/", {"on_hand": 99, "low_threshold": 3}
    )
    browser.post(
        "/admin/inventory/stockitem/", row | {"form-0-on_hand": 99, "form-0-low_threshold": 4}
    )

    item.refresh_from_db()
    assert (item.on_hand, item.low_threshold) == (10, 4)
    assert browser.get("/admin/inventory/stockmovement/add/").status_code == 403


def test_a_receipt_is_written_then_confirmed_then_reversed(as_staff, boss, item):
    browser = as_staff(boss)

    answer = browser.post(f"{DOCUMENTS}add/", form(item, [(5,)]))
    assert answer.status_code == 302, answer.context["errors"]
    document = StockDocument.objects.get()
    assert (document.status, document.created_by, on_hand()) == ("DRAFT", boss, 10)
    address = f"{DOCUMENTS}{document.pk}/change/"
    assert browser.get(address).status_code == 200

    browser.post(address, form(item, [(7,)]) | {"inventory_stockdocument_confirm": "1"})
    assert on_hand() == 17
    assert browser.get(address).status_code == 200
    browser.post(address, {"inventory_stockdocument_confirm": "1"})
    assert on_hand() == 17
    browser.post(
        address,
        {"lines-TOTAL_FORMS": 0, "lines-INITIAL_FORMS": 0, "inventory_stockdocument_reverse": "1"},
    )

    assert on_hand() == 10
    assert StockDocument.objects.filter(reverses=document, status="CONFIRMED").exists()


def test_lines_come_from_a_sheet_and_a_bad_one_writes_nothing(as_staff, boss, item):
    browser = as_staff(boss)

    def post(text):
        sheet = SimpleUploadedFile("x.csv", text.encode())
        return browser.post(f"{DOCUMENTS}add/", form(item, []) | {"sheet": sheet})

    bad = post(f"sku,quantity\n{item.sku.code},x\nNONE,1")
    assert bad.status_code == 200
    assert "NONE" in bad.content.decode()
    assert not StockDocument.objects.exists()
    assert post(f"sku,quantity\n{item.sku.code},4").status_code == 302
    assert StockDocument.objects.get().lines.get().quantity == 4


def test_a_refused_confirmation_leaves_the_draft(as_staff, boss, item):
    browser = as_staff(boss)
    browser.post(f"{DOCUMENTS}add/", form(item, [(-11,)], kind="ADJUSTMENT"))
    document = StockDocument.objects.get()

    answer = browser.post(
        f"{DOCUMENTS}{document.pk}/change/",
        form(item, [(-12,)]) | {"inventory_stockdocument_confirm": "1"},
    )

    assert answer.status_code == 200
    assert (on_hand(), document.lines.get().quantity) == (10, -11)
    document.refresh_from_db()
    assert document.status == "DRAFT"


def test_drift_is_mended_by_a_button(as_staff, boss, item):
    StockItem.objects.update(on_hand=12)
    browser = as_staff(boss)
    data = {"action": "reconcile", "_selected_action": [item.pk]}

    page = browser.post("/admin/inventory/stockitem/", data, follow=True)
    assert "12 ≠ 10" in page.content.decode()
    assert item.movements.get(reason="RECONCILED").delta == 2


def test_merchant_staff_see_and_move_their_own_stock_alone(as_staff, merchant_staff, item):
    foreign = StockItemFactory(sku=SkuFactory(code="FOREIGN"))
    staff = merchant_staff(
        item.sku.merchant,
        *(f"inventory.view_{model}" for model in MODELS),
        "inventory.add_stockdocument",
        "inventory.add_stockdocumentline",
        "catalog.view_sku",
    )
    browser = as_staff(staff)

    for model in ("stockitem", "stockmovement"):
        page = browser.get(f"/admin/inventory/{model}/").content.decode()
        assert item.sku.code in page
        assert "FOREIGN" not in page
    assert browser.get(f"/admin/inventory/stockitem/{foreign.pk}/change/").status_code == 404
    stolen = form(item) | {"warehouse": foreign.warehouse_id}
    assert browser.post(f"{DOCUMENTS}add/", stolen).status_code == 200
    mixed = form(item) | {"lines-0-sku": foreign.sku_id}
    assert browser.post(f"{DOCUMENTS}add/", mixed).status_code == 200
    assert not StockDocument.objects.exists()
    picker = {"app_label": "inventory", "model_name": "stockdocumentline", "field_name": "sku"}
    page = browser.get("/admin/autocomplete/", picker)
    assert "FOREIGN" not in page.content.decode()
