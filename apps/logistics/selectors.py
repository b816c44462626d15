"""Questions about freight, shipments and parcels."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from apps.logistics.freight import FreightTable, Package, charge_package
from apps.logistics.models import FreightTemplate, Parcel
from apps.orders.models import OrderLine, OrderStatus
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


@dataclass(frozen=True, slots=True)
class ShippableLine:
    """What of one order line may still be sent."""

    line_id: int
    number: str
    sku_code: str
    name: str
    spec_text: str
    image_url: str
    quantity: int


def shippable_lines(order_id: int) -> list[ShippableLine]:
    """Return what is left to ship of a paid order, line by line; nothing if its state forbids shipping."""
    lines = OrderLine.objects.filter(
        order_id=order_id, order__status__in=[OrderStatus.PAID, OrderStatus.PARTIALLY_SHIPPED]
    ).order_by("pk")
    return [
        ShippableLine(
            line_id=line.pk,
            number=line.number,
            sku_code=line.sku_code,
            name=line.name,
            spec_text=line.spec_text,
            image_url=line.image_url,
            quantity=line.unshipped_quantity,
        )
        for line in lines
        if line.unshipped_quantity > 0
    ]


def has_printed_waybill(order_id: int) -> bool:
    """Say whether a parcel of this order has a waybill: from then on the merchant decides on cancelling."""
    parcels = Parcel.objects.live().filter(shipment__order_id=order_id)
    return bool(parcels.exclude(waybill="").exists())
