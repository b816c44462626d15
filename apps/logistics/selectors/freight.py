from collections.abc import Collection, Sequence

from apps.logistics.freight import FreightTable, Package, charge_package
from apps.logistics.models import FreightTemplate
from apps.pricing.basket import PackageFreight
from apps.regions.selectors import region_chain


def tariffs_for(merchant_ids: Collection[int], region_code: str) -> FreightTable:
    """
    Return what these merchants take for sending to that region, ready to be asked: three statements.

    Lines that cannot go there are named by the answers, never dropped; the caller refuses them.

    :raises NotFound: if there is no such region
    """
    chain = tuple(region.code for region in region_chain(region_code))
    templates = FreightTemplate.objects.filter(merchant_id__in=merchant_ids)
    return FreightTable(
        tuple(template.as_tariff() for template in templates.prefetch_related("rates")), chain
    )


def freight_for(packages: Sequence[Package], region_code: str) -> list[PackageFreight]:
    """
    Return what each package costs to that region, in the same order.

    :raises NotFound: if there is no such region
    """
    table = tariffs_for({package.merchant_id for package in packages}, region_code)
    return [charge_package(package, table.tariffs, table.region_codes) for package in packages]
