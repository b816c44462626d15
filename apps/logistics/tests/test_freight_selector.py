from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from apps.catalog.models import ShippingClass
from apps.core.errors import NotFound
from apps.logistics.freight import FreeReason, FreightLine, Package
from apps.logistics.models import FreightTemplate
from apps.logistics.selectors import freight_for
from apps.logistics.tests.factories import FreightRateFactory, FreightTemplateFactory
from apps.regions.models import Region, RegionLevel

pytestmark = pytest.mark.django_db


@pytest.fixture
def xihu():
    province = Region.objects.create(code="330000", name="浙江省", level=RegionLevel.PROVINCE)
    city = Region.objects.create(
        code="330100", name="杭州市", level=RegionLevel.CITY, parent=province
    )
    return Region.objects.create(
        code="330106", name="西湖区", level=RegionLevel.DISTRICT, parent=city
    )


def a_line(key, *, quantity=1, amount="10.00", shipping_class=None):
    class_id = shipping_class.pk if shipping_class else None
    return FreightLine(key, class_id, quantity, 500, 1000, Decimal(amount))


def test_packages_of_several_merchants_take_three_statements(xihu, django_assert_num_queries):
    bulky = ShippingClass.objects.create(code="bulky", name="大件")
    general = FreightTemplateFactory(free_amount=Decimal("99.00"))
    FreightRateFactory(template=general)
    FreightRateFactory(template=general, region_codes=["330000"], first_fee=Decimal("6.00"))
    heavy = FreightTemplateFactory(
        merchant=general.merchant, shipping_class=bulky, charge_by="WEIGHT"
    )
    FreightRateFactory(
        template=heavy, first_units=1000, first_fee="20.00", extra_units=500, extra_fee="5.00"
    )
    other = FreightRateFactory(region_codes=["330106"], is_refused=True).template
    packages = [
        Package(
            general.merchant_id,
            (a_line("a", quantity=2), a_line("b", quantity=5, shipping_class=bulky)),
        ),
        Package(other.merchant_id, (a_line("c"), a_line("d"))),
        Package(general.merchant_id, (a_line("e", amount="99.00"),)),
    ]

    with django_assert_num_queries(3):
        charges = freight_for(packages, xihu.code)

    assert [charge.merchant_id for charge in charges] == [
        general.merchant_id,
        other.merchant_id,
        general.merchant_id,
    ]
    assert [charge.amount for charge in charges] == [
        Decimal("43.00"),  # 6 + 2 for two pieces, 20 + 3 × 5 for 2,500 g
        Decimal("0.00"),
        Decimal("0.00"),
    ]
    assert [charge.refused_line_keys for charge in charges] == [(), ("c", "d"), ()]
    assert charges[2].free_reason == FreeReason.AMOUNT


def test_an_unknown_region_is_refused():
    with pytest.raises(NotFound):
        freight_for([Package(1, (a_line("a"),))], "990000")


def test_a_merchant_has_one_general_template_and_one_rate_for_everywhere_else():
    template = FreightTemplateFactory()
    FreightRateFactory(template=template)

    with pytest.raises(IntegrityError), transaction.atomic():
        FreightTemplateFactory(merchant=template.merchant)
    with pytest.raises(IntegrityError), transaction.atomic():
        FreightRateFactory(template=template)
    assert FreightTemplate.objects.count() == 1
