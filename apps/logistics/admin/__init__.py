from apps.logistics.admin.carriers import CarrierAdmin, CourierAdmin, DispatchAddressAdmin
from apps.logistics.admin.freight import FreightTemplateAdmin
from apps.logistics.admin.parcels import ParcelAdmin
from apps.logistics.admin.problems import CarrierCallAdmin, CarrierPushAdmin, ParcelProblemAdmin
from apps.logistics.admin.shipments import ShipmentAdmin

__all__ = [
    "CarrierAdmin",
    "CarrierCallAdmin",
    "CarrierPushAdmin",
    "CourierAdmin",
    "DispatchAddressAdmin",
    "FreightTemplateAdmin",
    "ParcelAdmin",
    "ParcelProblemAdmin",
    "ShipmentAdmin",
]
