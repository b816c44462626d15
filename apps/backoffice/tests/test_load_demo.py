from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db.models import Sum

from apps.accounts.models import Address, User
from apps.backoffice.demo.loading import goods
from apps.backoffice.demo.loading.goods import load_goods
from apps.backoffice.demo.loading.people import load_people
from apps.backoffice.demo.loading.sellers import load_sellers
from apps.catalog.models import Media, Sku, Spu, SpuStatus
from apps.catalog.selectors import get_product, skus_for_sale
from apps.content.models import Banner
from apps.core.laws import list_violations
from apps.inventory.laws import LAWS
from apps.inventory.models import StockItem, StockMovement
from apps.inventory.selectors import quantities_by_sku
from apps.logistics.models import FreightTemplate
from apps.merchants.models import Merchant, MerchantStaff
from apps.regions.services import load_regions, read_regions

BEDDING = "60-count-long-staple-cotton-sateen-bedding-set"


@pytest.fixture
def some_goods(db, monkeypatch):
    """The demo's sellers, and a catalogue cut down to three SPUs."""
    categories, spus = goods.read_catalogue()
    monkeypatch.setattr(goods, "read_catalogue", lambda: (categories, spus[:3]))
    load_regions(read_regions())
    return load_sellers()


def test_loading_fills_the_shop_and_a_second_time_changes_nothing(db):
    call_command("load_demo")

    assert Spu.objects.filter(status=SpuStatus.ON_SHELF).count() >= 220
    assert Sku.objects.count() >= 650
    assert Merchant.objects.filter(is_platform=True).count() == 1
    assert Banner.objects.count() >= 4
    assert FreightTemplate.objects.count() == 7
    assert Address.objects.filter(user__nickname="林小满", is_default=True).count() == 1
    assert MerchantStaff.objects.count() == 3
    assert all(default_storage.exists(name) for name in _picture_names(200))
    stock = quantities_by_sku(list(Sku.objects.values_list("pk", flat=True)))
    assert min(stock.values(), default=0) >= 0
    assert any(1 <= available <= 4 for available in stock.values())
    assert Sku.objects.exclude(pk__in=[sku for sku, left in stock.items() if left]).exists()
    assert [list_violations(law, at=datetime.now(UTC)) for law in LAWS] == [[]] * len(LAWS)
    before = _counts()
    call_command("load_demo")
    assert _counts() == before


def test_people_can_sign_in_with_what_is_printed(some_goods):
    rows = load_people(some_goods)

    assert len(rows) == 4
    for role, contact, password in rows:
        person = User.objects.reached_by(contact).get()
        assert person.check_password(password)
        assert person.is_staff is (role != "shopper")
    keeper = User.objects.reached_by("merchant@emshop.example").get()
    assert keeper.has_perm("catalog.change_spu")
    assert not keeper.has_perm("catalog.review_spu")


def test_a_product_is_what_the_files_say(some_goods):
    assert sum(load_goods(some_goods)) == 3

    product = get_product(BEDDING, "zh-hans")
    skus = list(Sku.objects.filter(spu__slug=BEDDING).order_by("position"))
    assert product.name == "60支新疆长绒棉缎纹四件套"
    assert [crumb.name for crumb in product.crumbs] == ["居家生活", "床品家纺", "四件套"]
    assert ("材质", "长绒棉") in product.attributes
    assert len(product.pictures) == 4
    assert len(skus) == 8
    assert (skus[0].code, skus[0].price, skus[0].list_price) == (
        "EM-BD1001-01",
        Decimal("429.00"),
        Decimal("599.00"),
    )
    assert skus[1].price == Decimal("469.00")
    assert skus[1].weight_grams > skus[0].weight_grams
    assert skus[0].media.get().image.name == "goods/bd1001-1.webp"
    assert skus[2].media.get().image.name == "goods/bd1001-c2.webp"
    assert skus_for_sale([skus[0].pk])[skus[0].pk].is_saleable
    assert get_product(BEDDING, "en").name == "60-count long-staple cotton sateen bedding set"


def test_what_an_interruption_left_out_is_added(some_goods, monkeypatch):
    monkeypatch.setattr(goods, "_BATCH", 1)
    loading = load_goods(some_goods)
    next(loading)
    loading.close()
    assert Spu.objects.count() == 1

    list(load_goods(some_goods))

    assert Spu.objects.count() == 3
    assert not StockItem.objects.exists()


def test_what_an_operator_changed_stays(some_goods):
    list(load_goods(some_goods))
    Sku.objects.filter(code="EM-BD1001-01").update(price=Decimal("399.00"))

    list(load_goods(load_sellers()))

    assert Sku.objects.get(code="EM-BD1001-01").price == Decimal("399.00")


def test_a_real_shop_is_left_alone(db, settings):
    settings.IS_HTTPS = True

    with pytest.raises(CommandError, match="everybody knows"):
        call_command("load_demo")

    assert not User.objects.exists()


def _picture_names(most):
    return Media.objects.order_by("pk").values_list("image", flat=True)[:most]


def _counts():
    models = (Spu, Sku, Media, StockItem, StockMovement, User, Address, Banner, Merchant)
    on_hand = StockItem.objects.aggregate(total=Sum("on_hand"))["total"]
    return {model.__name__: model.objects.count() for model in models} | {"on_hand": on_hand}
