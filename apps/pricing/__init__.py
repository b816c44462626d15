"""What a basket costs, given prices and offers. Pure: no Django, no database, no clock."""

from apps.pricing.basket import Freight, Line, PackageFreight
from apps.pricing.engine import price_basket
from apps.pricing.offers import (
    Benefit,
    Coupon,
    Earning,
    ExclusivePrice,
    FreightCoupon,
    Offer,
    PlatformCoupon,
    PlatformReduction,
    Points,
    Reduction,
    Scope,
    Step,
    UnitPrice,
)
from apps.pricing.quote import (
    Explanation,
    NearMiss,
    Quote,
    QuotedAdjustment,
    QuotedLine,
    QuotedPackage,
)
from apps.pricing.rendering import TaxRounding
from apps.pricing.stages import Stage
from apps.pricing.unit_rules import CheapestOff, Package, UnitRule, UnitsForPrice

__all__ = [
    "Benefit",
    "CheapestOff",
    "Coupon",
    "Earning",
    "ExclusivePrice",
    "Explanation",
    "Freight",
    "FreightCoupon",
    "Line",
    "NearMiss",
    "Offer",
    "Package",
    "PackageFreight",
    "PlatformCoupon",
    "PlatformReduction",
    "Points",
    "Quote",
    "QuotedAdjustment",
    "QuotedLine",
    "QuotedPackage",
    "Reduction",
    "Scope",
    "Stage",
    "Step",
    "TaxRounding",
    "UnitPrice",
    "UnitRule",
    "UnitsForPrice",
    "price_basket",
]
