"""Drafts for tests: an SPU of two colours, changed by keyword."""

from dataclasses import replace
from decimal import Decimal

from apps.catalog.drafts import AxisDraft, SkuDraft, SpuDraft, SpuText, ValueDraft
from apps.catalog.tests.factories import CategoryFactory, MerchantFactory, ShippingClassFactory

COLOURS = AxisDraft(
    code="colour",
    names={"zh-hans": "颜色", "en": "Colour"},
    values=[
        ValueDraft(code="red", names={"zh-hans": "红色"}),
        ValueDraft(code="blue", names={"zh-hans": "蓝色"}),
    ],
)
RED = SkuDraft(code="MUG-RED", price=Decimal("39.90"), specs={"colour": "red"}, weight_grams=350)
BLUE = SkuDraft(code="MUG-BLUE", price=Decimal("42.00"), specs={"colour": "blue"})
WORDS = SpuText(name="陶瓷马克杯", subtitle="釉下彩", description="<p>好杯子</p>")


def a_draft(**changes):
    merchant = changes.pop("merchant", None) or MerchantFactory()
    draft = SpuDraft(
        merchant_id=merchant.pk,
        category_id=CategoryFactory().pk,
        shipping_class_id=ShippingClassFactory().pk,
        code="MUG",
        slug="mug",
        texts={"zh-hans": WORDS},
        axes=[COLOURS],
        skus=[RED, BLUE],
    )
    return replace(draft, **changes)
