from decimal import Decimal

from apps.catalog.models import (
    Attribute,
    AttributeTranslation,
    AttributeValue,
    AttributeValueTranslation,
    Brand,
    BrandTranslation,
)
from apps.catalog.tests.factories import (
    CategoryFactory,
    MerchantFactory,
    SkuFactory,
    SpuFactory,
    SpuTranslationFactory,
)
from apps.inventory.tests.factories import StockItemFactory, WarehouseFactory
from apps.search.services import mark_changed, refresh_marked


class Shelf:
    """Four SPUs in two categories below one, of two brands, in two materials; searchable."""

    def __init__(self):
        self.merchant = MerchantFactory()
        self.warehouse = WarehouseFactory(merchant=self.merchant)
        self.top = CategoryFactory(slug="digital", name__name="数码")
        self.audio = CategoryFactory(slug="audio", parent=self.top, name__name="影音")
        self.cups = CategoryFactory(slug="cups", name__name="杯具")
        self.brands = {
            slug: self._brand(slug, name) for slug, name in (("hua", "华音"), ("tao", "陶然"))
        }
        attribute = Attribute.objects.create(code="material")
        AttributeTranslation.objects.create(attribute=attribute, language="zh-hans", name="材质")
        self.values = {
            code: self._value(attribute, code, name)
            for code, name in (("clay", "陶"), ("steel", "钢"))
        }
        self.earphones = self.spu("无线蓝牙耳机", self.audio, "hua", 199, 10, "EAR-01")
        self.speaker = self.spu("蓝牙音箱", self.audio, "hua", 299, 0, "SPK-01")
        self.mug = self.spu("陶瓷马克杯", self.cups, "tao", 39, 5, "MUG-85123A", "clay")
        self.flask = self.spu("不锈钢保温杯", self.cups, "tao", 89, 5, "FLASK-2", "steel")
        SpuTranslationFactory(
            spu=self.earphones, language="en", name="Wireless Bluetooth headphones"
        )
        self.refresh()

    def spu(self, name, category, brand, price, on_hand, code, value=None):
        spu = SpuFactory(
            merchant=self.merchant,
            category=category,
            brand=self.brands[brand],
            code=code,
            text__name=name,
        )
        sku = SkuFactory(spu=spu, price=Decimal(price), code=f"{code}-S")
        if on_hand:
            StockItemFactory(sku=sku, warehouse=self.warehouse, on_hand=on_hand)
        if value:
            spu.attribute_values.add(self.values[value])
        mark_changed([spu.pk])
        return spu

    def refresh(self):
        mark_changed([self.earphones.pk])
        return refresh_marked()

    def _brand(self, slug, name):
        brand = Brand.objects.create(slug=slug)
        BrandTranslation.objects.create(brand=brand, language="zh-hans", name=name)
        return brand

    def _value(self, attribute, code, name):
        value = AttributeValue.objects.create(attribute=attribute, code=code)
        AttributeValueTranslation.objects.create(value=value, language="zh-hans", name=name)
        return value
