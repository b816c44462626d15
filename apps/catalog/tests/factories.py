import hashlib
from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from apps.catalog import models
from apps.merchants.models import Merchant


class MerchantFactory(DjangoModelFactory):
    class Meta:
        model = Merchant

    code = factory.Sequence(lambda n: f"merchant-{n}")
    name = factory.Sequence(lambda n: f"商家{n}")


class CategoryFactory(DjangoModelFactory):
    class Meta:
        model = models.Category
        skip_postgeneration_save = True

    slug = factory.Sequence(lambda n: f"category-{n}")
    parent = None
    level = factory.LazyAttribute(lambda row: row.parent.level + 1 if row.parent else 1)
    name = factory.RelatedFactory(
        "apps.catalog.tests.factories.CategoryTranslationFactory", "category"
    )


class CategoryTranslationFactory(DjangoModelFactory):
    class Meta:
        model = models.CategoryTranslation

    category = factory.SubFactory(CategoryFactory)
    language = "zh-hans"
    name = "数码"


class ShippingClassFactory(DjangoModelFactory):
    class Meta:
        model = models.ShippingClass
        django_get_or_create = ["code"]

    code = "parcel"
    name = "普通包裹"


class SpuFactory(DjangoModelFactory):
    """An SPU on the shelf with a Chinese text; its SKUs come from SkuFactory."""

    class Meta:
        model = models.Spu
        skip_postgeneration_save = True

    merchant = factory.SubFactory(MerchantFactory)
    category = factory.SubFactory(CategoryFactory)
    shipping_class = factory.SubFactory(ShippingClassFactory)
    slug = factory.Sequence(lambda n: f"spu-{n}")
    code = factory.Sequence(lambda n: f"SPU{n}")
    status = models.SpuStatus.ON_SHELF
    text = factory.RelatedFactory("apps.catalog.tests.factories.SpuTranslationFactory", "spu")


class SpuTranslationFactory(DjangoModelFactory):
    class Meta:
        model = models.SpuTranslation

    spu = factory.SubFactory(SpuFactory)
    language = "zh-hans"
    name = "无线蓝牙耳机"
    subtitle = "主动降噪"


class SkuFactory(DjangoModelFactory):
    class Meta:
        model = models.Sku

    spu = factory.SubFactory(SpuFactory)
    merchant = factory.SelfAttribute("spu.merchant")
    code = factory.Sequence(lambda n: f"SKU{n}")
    spec_hash = factory.LazyAttribute(lambda row: hashlib.sha256(row.code.encode()).hexdigest())
    price = Decimal("99.00")
    weight_grams = 300
