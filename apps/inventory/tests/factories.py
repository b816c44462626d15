import factory
from factory.django import DjangoModelFactory

from apps.catalog.tests.factories import MerchantFactory, SkuFactory
from apps.inventory import models
from apps.regions.models import Region, RegionLevel


class RegionFactory(DjangoModelFactory):
    class Meta:
        model = Region
        django_get_or_create = ["code"]

    code = "330000"
    name = "浙江省"
    level = RegionLevel.PROVINCE
    parent = None


class WarehouseFactory(DjangoModelFactory):
    class Meta:
        model = models.Warehouse

    merchant = factory.SubFactory(MerchantFactory)
    code = factory.Sequence(lambda n: f"wh-{n}")
    name = factory.Sequence(lambda n: f"仓库{n}")
    region = factory.SubFactory(RegionFactory)


class StockItemFactory(DjangoModelFactory):
    """Units of a SKU with the journal row that they must have."""

    class Meta:
        model = models.StockItem

    sku = factory.SubFactory(SkuFactory)
    warehouse = factory.SubFactory(
        WarehouseFactory, merchant=factory.SelfAttribute("..sku.merchant")
    )
    on_hand = 10

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        item = super()._create(model_class, *args, **kwargs)
        for bucket in models.Bucket.values:
            if count := getattr(item, bucket):
                item.movements.create(
                    bucket=bucket,
                    delta=count,
                    balance_after=count,
                    reason=models.MovementReason.RECEIVED,
                    reference=f"opening-{item.pk}",
                )
        return item
