from dataclasses import replace
from decimal import Decimal

import pytest

from apps.catalog.drafts import AxisDraft, SkuDraft, SpuText, ValueDraft
from apps.catalog.models import PriceChange, Sku, SlugHistory, SpecValue, Spu, SpuTranslation
from apps.catalog.selectors import skus_for_sale
from apps.catalog.services import (
    CodeTaken,
    PriceNeedsConfirmation,
    SlugTaken,
    change_price,
    save_spu,
)
from apps.catalog.tests.drafting import BLUE, COLOURS, RED, WORDS, a_draft
from apps.catalog.tests.factories import MerchantFactory
from apps.core.errors import InvalidInput, VersionConflict
from apps.core.models import AuditEntry, Delivery

pytestmark = pytest.mark.django_db


def everything():
    """What a refused command must have left alone."""
    return [
        list(model.objects.order_by("pk").values())
        for model in (Spu, Sku, SpuTranslation, SpecValue, PriceChange, SlugHistory)
    ]


def test_a_new_spu_is_a_draft_with_its_matrix(shopper):
    spu = save_spu(a_draft(), actor=shopper)

    assert (spu.status, spu.version, spu.slug) == ("DRAFT", 1, "mug")
    red, blue = spu.skus.order_by("position")
    assert (red.code, red.price, red.weight_grams) == ("MUG-RED", Decimal("39.90"), 350)
    assert red.merchant_id == spu.merchant_id
    assert skus_for_sale([blue.pk])[blue.pk].spec_text == "蓝色"
    assert spu.moves.get().to_status == "DRAFT"
    assert Delivery.objects.filter(event="SpuChanged", payload={"spu_id": spu.pk}).exists()


def test_saving_the_same_again_changes_nothing(shopper):
    draft = a_draft(skus=[replace(RED, tiers=[(10, Decimal("35.00"))]), BLUE])
    spu = save_spu(draft, actor=shopper)
    before, facts = everything(), Delivery.objects.count()

    save_spu(draft, actor=shopper, spu_id=spu.pk, expected_version=1)

    assert everything() == before
    assert Delivery.objects.count() == facts


def test_the_second_operator_is_told_what_the_first_has_changed(shopper, other_shopper):
    draft = a_draft()
    spu = save_spu(draft, actor=shopper)
    words = replace(WORDS, name="新马克杯")
    save_spu(
        replace(draft, texts={"zh-hans": words}), actor=shopper, spu_id=spu.pk, expected_version=1
    )
    before = everything()

    with pytest.raises(VersionConflict) as conflict:
        save_spu(replace(draft, slug="cup"), actor=other_shopper, spu_id=spu.pk, expected_version=1)

    assert conflict.value.details["version"] == 2
    (change,) = conflict.value.details["changes"]
    assert change["by"] == "小明"
    assert change["fields"] == {"name (zh-hans)": ["陶瓷马克杯", "新马克杯"]}
    assert everything() == before


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"slug": "Not A Slug"}, "slug"),
        ({"slug": "马克杯"}, "slug"),
        ({"texts": {"en": WORDS}}, "name"),
        ({"skus": []}, "skus"),
        ({"skus": [RED, replace(BLUE, code="MUG-RED")]}, "skus.code"),
        ({"skus": [RED, replace(BLUE, specs={"colour": "red"})]}, "skus.specs"),
        ({"skus": [replace(RED, specs={})]}, "skus.MUG-RED"),
        ({"skus": [replace(RED, specs={"colour": "green"})]}, "skus.MUG-RED"),
        ({"skus": [replace(RED, price=Decimal("0.00"))]}, "skus.MUG-RED.price"),
        ({"skus": [replace(RED, price=Decimal("1.005"))]}, "skus.MUG-RED.price"),
        ({"skus": [replace(RED, price=Decimal("NaN"))]}, "skus.MUG-RED.price"),
        ({"skus": [replace(RED, price=Decimal("1e9"))]}, "skus.MUG-RED.price"),
        ({"skus": [replace(RED, tiers=[(10, Decimal("50.00"))])]}, "skus.MUG-RED.tiers"),
        ({"skus": [replace(RED, tiers=[(1, Decimal("5.00"))])]}, "skus.MUG-RED.tiers"),
        ({"skus": [replace(RED, min_quantity=5, max_per_order=4)]}, "skus.MUG-RED.max_per_order"),
        ({"skus": [replace(RED, max_per_user_days=3)]}, "skus.MUG-RED.max_per_user_days"),
        ({"skus": [replace(RED, weight_grams=-1)]}, "skus.MUG-RED"),
        ({"axes": [COLOURS] * 4}, "axes"),
        ({"category_id": 10**9}, "category"),
        ({"brand_id": 10**9}, "brand"),
        ({"attribute_value_ids": [10**9]}, "attributevalue"),
    ],
)
def test_a_draft_that_contradicts_itself_is_refused_and_nothing_is_written(changes, field):
    draft = a_draft(**changes)

    with pytest.raises(InvalidInput) as refusal:
        save_spu(draft, actor=None)

    assert refusal.value.details["field"] == field
    assert not Spu.objects.exists()
    assert not Sku.objects.exists()


def test_three_axes_and_200_skus_are_the_limit():
    axes = [
        AxisDraft(
            code=f"a{n}",
            names={"zh-hans": f"规格{n}"},
            values=[ValueDraft(code=f"v{v}", names={"zh-hans": f"值{v}"}) for v in range(6)],
        )
        for n in range(3)
    ]
    skus = [
        SkuDraft(
            code=f"S{n}",
            price=Decimal("1.00"),
            specs={"a0": f"v{n % 6}", "a1": f"v{n // 6 % 6}", "a2": f"v{n // 36}"},
        )
        for n in range(201)
    ]

    with pytest.raises(InvalidInput):
        save_spu(a_draft(axes=axes, skus=skus), actor=None)
    spu = save_spu(a_draft(axes=axes, skus=skus[:200]), actor=None)

    assert spu.skus.count() == 200
    assert Sku.spec_values.through.objects.count() == 600


def test_an_address_and_codes_belong_to_one():
    draft = a_draft()
    save_spu(draft, actor=None)
    before = everything()

    with pytest.raises(SlugTaken):
        save_spu(
            a_draft(code="OTHER", skus=[replace(RED, code="X"), replace(BLUE, code="Y")]),
            actor=None,
        )
    with pytest.raises(CodeTaken):
        save_spu(replace(draft, slug="other", code="OTHER"), actor=None)

    assert everything() == before
    elsewhere = save_spu(a_draft(merchant=MerchantFactory(), slug="other"), actor=None)
    assert elsewhere.skus.count() == 2


def test_a_left_out_sku_is_deleted_unless_something_refers_to_it():
    draft = a_draft(skus=[RED, BLUE])
    spu = save_spu(draft, actor=None)
    red = spu.skus.get(code="MUG-RED")
    PriceChange.objects.create(sku=red, kind="PRICE", after="39.90")

    save_spu(replace(draft, skus=[BLUE]), actor=None, spu_id=spu.pk)
    assert list(spu.skus.order_by("pk").values_list("code", "is_active")) == [
        ("MUG-RED", False),
        ("MUG-BLUE", True),
    ]
    save_spu(replace(draft, skus=[RED]), actor=None, spu_id=spu.pk)

    assert list(spu.skus.values_list("pk", "code", "is_active")) == [(red.pk, "MUG-RED", True)]
    assert skus_for_sale([red.pk])[red.pk].spec_text == "红色"


def test_specs_can_be_made_over_while_old_skus_are_referred_to():
    draft = a_draft()
    spu = save_spu(draft, actor=None)
    red = spu.skus.get(code="MUG-RED")
    PriceChange.objects.create(sku=red, kind="PRICE", after="39.90")
    sizes = AxisDraft(
        code="size",
        names={"zh-hans": "尺寸"},
        values=[ValueDraft(code="l", names={"zh-hans": "大"})],
    )

    save_spu(
        replace(draft, axes=[sizes], skus=[replace(RED, specs={"size": "l"})]),
        actor=None,
        spu_id=spu.pk,
    )

    red.refresh_from_db()
    assert (red.code, red.is_active) == (f"MUG-RED~{red.pk}", False)
    active = spu.skus.get(is_active=True)
    assert (active.code, skus_for_sale([active.pk])[active.pk].spec_text) == ("MUG-RED", "大")
    assert [axis.code for axis in spu.axes.all()] == ["size"]


def test_a_new_address_keeps_the_old_one_alive():
    draft = a_draft()
    spu = save_spu(draft, actor=None)

    save_spu(replace(draft, slug="cup"), actor=None, spu_id=spu.pk)
    assert SlugHistory.objects.get().slug == "mug"
    with pytest.raises(SlugTaken):
        save_spu(a_draft(code="M2", merchant=MerchantFactory()), actor=None)
    save_spu(draft, actor=None, spu_id=spu.pk)

    assert SlugHistory.objects.get().slug == "cup"
    assert Spu.objects.get().slug == "mug"


def test_descriptions_are_cleaned_and_their_history_is_kept(shopper):
    dirty = (
        '<p onclick="x()">好</p><script>alert(1)</script><img src="x" onerror="x()">'
        '<a href="javascript:x()">点</a><svg onload="x()"></svg><iframe src="//x"></iframe>'
    )
    spu = save_spu(a_draft(texts={"zh-hans": replace(WORDS, description=dirty)}), actor=shopper)

    text = spu.translations.get()
    assert text.description == ('<p>好</p><img src="x"><a rel="noopener nofollow">点</a>')
    assert text.history.count() == 1


def test_a_price_change_is_logged_with_who_and_why(shopper):
    draft = a_draft(skus=[replace(RED, tiers=[(5, Decimal("38.00"))]), BLUE])
    spu = save_spu(draft, actor=shopper)
    new = replace(RED, price=Decimal("45.00"), list_price=Decimal("60.00"))

    save_spu(replace(draft, skus=[new, BLUE]), actor=shopper, spu_id=spu.pk, reason="成本上涨")

    rows = PriceChange.objects.order_by("pk").values_list("sku__code", "kind", "before", "after")
    assert list(rows) == [
        ("MUG-RED", "PRICE", "39.90", "45.00"),
        ("MUG-RED", "LIST_PRICE", "", "60.00"),
        ("MUG-RED", "TIERS", "≥5: 38.00", ""),
    ]
    assert set(PriceChange.objects.values_list("actor", "reason")) == {(shopper.pk, "成本上涨")}
    assert not spu.skus.get(code="MUG-RED").tiers.exists()


def test_a_change_by_more_than_half_needs_confirmation(shopper):
    spu = save_spu(a_draft(), actor=shopper)
    red = spu.skus.get(code="MUG-RED")
    before = everything()

    with pytest.raises(PriceNeedsConfirmation) as refusal:
        change_price(sku_id=red.pk, price=Decimal("19.94"), actor=shopper, reason="清仓")
    with pytest.raises(PriceNeedsConfirmation):
        save_spu(
            a_draft(merchant=spu.merchant, skus=[replace(RED, price=Decimal("60.00")), BLUE]),
            actor=shopper,
            spu_id=spu.pk,
        )

    assert refusal.value.details["skus"] == {"MUG-RED": ["39.90", "19.94"]}
    assert everything() == before
    change_price(sku_id=red.pk, price=Decimal("19.95"), actor=shopper, reason="清仓")
    change_price(
        sku_id=red.pk, price=Decimal("1.00"), actor=shopper, reason="清仓", is_confirmed=True
    )
    assert list(PriceChange.objects.order_by("pk").values_list("before", "after")) == [
        ("39.90", "19.95"),
        ("19.95", "1.00"),
    ]


def test_a_price_is_changed_on_the_version_that_was_seen(shopper):
    spu = save_spu(a_draft(), actor=shopper)
    red = spu.skus.get(code="MUG-RED")
    change_price(sku_id=red.pk, price=Decimal("40.00"), actor=shopper, expected_version=1)

    with pytest.raises(VersionConflict) as conflict:
        change_price(sku_id=red.pk, price=Decimal("41.00"), actor=shopper, expected_version=1)

    assert conflict.value.details["changes"][0]["fields"] == {
        "sku MUG-RED price": ["39.90", "40.00"]
    }
    red.refresh_from_db()
    assert (red.price, red.version) == (Decimal("40.00"), 2)


@pytest.mark.parametrize("price", ["0.00", "-1.00", "1.001", "NaN", "10000000.00"])
def test_what_is_no_price_is_refused(price):
    spu = save_spu(a_draft(), actor=None)
    red = spu.skus.get(code="MUG-RED")

    with pytest.raises(InvalidInput):
        change_price(sku_id=red.pk, price=Decimal(price), actor=None)

    red.refresh_from_db()
    assert red.price == Decimal("39.90")


def test_edits_of_a_merchant_go_back_to_review_if_the_platform_says_so(merchant_staff, operator):
    merchant = MerchantFactory(edits_need_review=True)
    draft = a_draft(merchant=merchant)
    spu = save_spu(draft, actor=None)
    Spu.objects.update(status="ON_SHELF")
    save_spu(replace(draft, slug="cup"), actor=operator(), spu_id=spu.pk)
    assert Spu.objects.get().status == "ON_SHELF"

    save_spu(
        replace(draft, texts={"zh-hans": SpuText(name="神奇杯")}),
        actor=merchant_staff(merchant),
        spu_id=spu.pk,
    )

    assert Spu.objects.get().status == "IN_REVIEW"
    assert AuditEntry.objects.filter(action="catalog.save_spu").count() == 2
