"""Questions about freight, shipments and parcels."""

from collections.abc import Sequence

from apps.logistics.freight import Charge, Package, charge_package
from apps.logistics.models import FreightTemplate
from apps.regions.selectors import region_chain


def freight_for(packages: Sequence[Package], region_code: str) -> list[Charge]:
    """
    Return what each package costs to that region, in the same order: three statements, however many.

    Lines that cannot go there are named, never dropped; the caller refuses them.

    :raises NotFound: if there is no such region
    """
    merchant_ids = {package.merchant_id for package in packages}
    chain = [region.code for region in region_chain(region_code)]
    templates = FreightTemplate.objects.filter(merchant_id__in=merchant_ids)
    tariffs = [template.as_tariff() for template in templates.prefetch_related("rates")]
    return [charge_package(package, tariffs, chain) for package in packages]
