from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from apps.catalog.tests.factories import MerchantFactory
from apps.logistics import models
from apps.logistics.known_carriers import KNOWN_CARRIERS


def a_carrier(code):
    """Return one of the known carriers, which a test with real commits may have swept away."""
    carrier, _ = models.Carrier.objects.get_or_create(code=code, defaults=KNOWN_CARRIERS[code])
    return carrier


class FreightTemplateFactory(DjangoModelFactory):
    class Meta:
        model = models.FreightTemplate

    merchant = factory.SubFactory(MerchantFactory)
    name = factory.Sequence(lambda n: f"运费模板{n}")


class FreightRateFactory(DjangoModelFactory):
    class Meta:
        model = models.FreightRate

    template = factory.SubFactory(FreightTemplateFactory)
    first_fee = Decimal("8.00")
    extra_fee = Decimal("2.00")


class CourierFactory(DjangoModelFactory):
    class Meta:
        model = models.Courier

    merchant = factory.SubFactory(MerchantFactory)
    name = "李师傅"
    phone = "13700000003"
