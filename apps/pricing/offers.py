"""What may change a basket's price. Programmes make these; the engine decides which apply, and how much."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import ClassVar

from apps.core.money import ZERO
from apps.pricing.basket import Line
from apps.pricing.stages import Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Which lines an offer is for; what is not said does not matter."""

    merchant_id: int | None = None
    category_ids: frozenset[int] | None = None
    brand_ids: frozenset[int] | None = None
    sku_ids: frozenset[int] | None = None
    excluded_sku_ids: frozenset[int] = frozenset()

    def covers(self, line: Line) -> bool:
        return (
            (self.merchant_id is None or line.merchant_id == self.merchant_id)
            and (self.category_ids is None or line.category_id in self.category_ids)
            and (self.brand_ids is None or line.brand_id in self.brand_ids)
            and (self.sku_ids is None or line.sku_id in self.sku_ids)
            and line.sku_id not in self.excluded_sku_ids
        )


EVERYTHING = Scope()


@dataclass(frozen=True, slots=True, kw_only=True)
class Benefit:
    """So much off, or so many percent off and then at most ``cap``."""

    amount_off: Decimal | None = None
    percent_off: Decimal | None = None
    cap: Decimal | None = None

    def __post_init__(self) -> None:
        if (self.amount_off is None) == (self.percent_off is None):
            raise ValueError("a benefit is an amount or a percentage")
        if self.amount_off is not None and self.amount_off < 0:
            raise ValueError(f"{self.amount_off} off is none")
        if self.percent_off is not None and not 0 <= self.percent_off <= 100:  # noqa: PLR2004
            raise ValueError(f"{self.percent_off} percent off is none")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What is given from an amount or a number of matching units on."""

    benefit: Benefit
    from_amount: Decimal = ZERO
    from_quantity: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """
    One offer. ``ref`` names it to whoever made it; ``code`` is what machines and texts go by.

    Of an ``exclusive_group`` only the best applies; ``not_with`` holds codes it does not go together with;
    ``stop_after`` closes the lines it has reduced to later offers of the stages 2 to 5.
    """

    ref: str
    code: str
    scope: Scope = EVERYTHING
    exclusive_group: str = ""
    not_with: frozenset[str] = frozenset()
    stop_after: bool = False
    expires_at: datetime | None = None
    offer_id: int = 0

    stage: ClassVar[Stage]
    is_coupon: ClassVar[bool] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitPrice(Offer):
    """Stage 1: a lower unit price, by SKU or as a percentage off (limited time, member level)."""

    prices: Mapping[int, Decimal] = field(default_factory=dict)
    percent_off: Decimal | None = None

    stage: ClassVar[Stage] = Stage.UNIT_PRICE


@dataclass(frozen=True, slots=True, kw_only=True)
class ExclusivePrice(Offer):
    """Stage 1: the price of an activity (flash sale, group buy). Its lines skip 2 to 5, but for ``allows``."""

    prices: Mapping[int, Decimal]
    allows: frozenset[Stage] = frozenset()

    stage: ClassVar[Stage] = Stage.UNIT_PRICE


@dataclass(frozen=True, slots=True, kw_only=True)
class Reduction(Offer):
    """Full reduction by steps, of one merchant: the highest step that is met."""

    code: str = "MERCHANT_REDUCTION"
    steps: tuple[Step, ...]

    stage: ClassVar[Stage] = Stage.MERCHANT_REDUCTION


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformReduction(Reduction):
    """Full reduction across shops."""

    code: str = "PLATFORM_REDUCTION"

    stage: ClassVar[Stage] = Stage.PLATFORM_REDUCTION


@dataclass(frozen=True, slots=True, kw_only=True)
class Coupon(Reduction):
    """A coupon of one merchant: one step, whose threshold looks at the amounts after the stages 1 to 4."""

    code: str = "MERCHANT_COUPON"

    stage: ClassVar[Stage] = Stage.COUPON
    is_coupon: ClassVar[bool] = True


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformCoupon(Coupon):
    """A coupon of the platform: applies after the merchants' coupons."""

    code: str = "PLATFORM_COUPON"


@dataclass(frozen=True, slots=True, kw_only=True)
class FreightCoupon(Offer):
    """Takes something off the freight of matching packages, from an amount of goods on."""

    code: str = "FREIGHT_COUPON"
    benefit: Benefit
    from_amount: Decimal = ZERO

    stage: ClassVar[Stage] = Stage.FREIGHT
    is_coupon: ClassVar[bool] = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Points(Offer):
    """Points that the shopper wants to spend: on goods only, up to a share of them, leaving something to pay."""

    code: str = "POINTS"
    asked: int
    balance: int
    points_per_yuan: int = 100
    cap_percent: Decimal = Decimal(50)
    is_zero_pay_allowed: bool = False

    stage: ClassVar[Stage] = Stage.POINTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Earning(Offer):
    """Points that the goods' cash will earn: whole yuan × factor."""

    code: str = "POINTS_EARNED"
    factor: Decimal = Decimal(1)

    stage: ClassVar[Stage] = Stage.EARN
