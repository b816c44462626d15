"""What a package costs to send: tariffs and lines in, amounts out. Pure; whole pieces, grams and cm³."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from apps.core.money import ZERO
from apps.pricing.basket import PackageFreight


class ChargeBy(StrEnum):
    """What a tariff counts."""

    PIECE = "PIECE"
    WEIGHT = "WEIGHT"
    VOLUME = "VOLUME"


class FreeReason(StrEnum):
    """Why a package travels for nothing."""

    AMOUNT = "FREE_FROM_AMOUNT"
    QUANTITY = "FREE_FROM_QUANTITY"
    TARIFF = "FREE_BY_TARIFF"
    NO_TARIFF = "NO_TARIFF"


@dataclass(frozen=True, slots=True)
class Rate:
    """
    What one group of regions costs; no region codes means everywhere else.

    The first ``first_units`` cost ``first_fee``, each further ``extra_units``, begun or full, ``extra_fee``.
    """

    region_codes: frozenset[str]
    first_units: int
    first_fee: Decimal
    extra_units: int
    extra_fee: Decimal
    is_refused: bool = False
    is_never_free: bool = False

    def fee_for(self, units: int) -> Decimal:
        """Return the fee of so many pieces, grams or cm³."""
        beyond = max(0, units - self.first_units)
        if not beyond or not self.extra_units:
            return self.first_fee
        return self.first_fee + self.extra_fee * (-(-beyond // self.extra_units))


@dataclass(frozen=True, slots=True)
class Tariff:
    """One freight template of one merchant, for one shipping class or (None) for all that have no own."""

    template_id: int
    merchant_id: int
    shipping_class_id: int | None
    charge_by: ChargeBy
    rates: tuple[Rate, ...]
    free_amount: Decimal | None = None
    free_quantity: int | None = None
    is_free_by_both: bool = False

    def rate_for(self, region_codes: Sequence[str]) -> Rate | None:
        """Return the rate that names the smallest part of the way from province to district, if any."""
        for code in reversed(region_codes):
            for rate in self.rates:
                if code in rate.region_codes:
                    return rate
        return next((rate for rate in self.rates if not rate.region_codes), None)

    def free_reason(self, *, amount: Decimal, quantity: int) -> FreeReason | None:
        """Say why so much of these goods travels free; None if it does not."""
        by_amount = self.free_amount is not None and amount >= self.free_amount
        by_quantity = self.free_quantity is not None and quantity >= self.free_quantity
        if self.is_free_by_both and not (by_amount and by_quantity):
            return None
        if by_amount:
            return FreeReason.AMOUNT
        return FreeReason.QUANTITY if by_quantity else None


@dataclass(frozen=True, slots=True)
class FreightLine:
    """What the freight of one basket line depends on. ``goods_amount``: after coupons, before points."""

    key: str
    shipping_class_id: int | None
    quantity: int
    weight_grams: int
    volume_cm3: int
    goods_amount: Decimal

    def units(self, charge_by: ChargeBy) -> int:
        per_piece = {
            ChargeBy.PIECE: 1,
            ChargeBy.WEIGHT: self.weight_grams,
            ChargeBy.VOLUME: self.volume_cm3,
        }
        return per_piece[charge_by] * self.quantity


@dataclass(frozen=True, slots=True)
class Package:
    """The lines of one merchant that travel together."""

    merchant_id: int
    lines: tuple[FreightLine, ...]


class SentLine(Protocol):
    """A basket line, as far as sending it goes: ``pricing.Line`` is one. Weight and volume are per piece."""

    @property
    def key(self) -> str: ...
    @property
    def merchant_id(self) -> int: ...
    @property
    def shipping_class_id(self) -> int | None: ...
    @property
    def quantity(self) -> int: ...
    @property
    def weight_grams(self) -> int: ...
    @property
    def volume_cm3(self) -> int: ...


@dataclass(frozen=True, slots=True)
class FreightTable:
    """The tariffs of some merchants to one place, loaded once and asked as often as a quote needs."""

    tariffs: tuple[Tariff, ...]
    region_codes: tuple[str, ...]

    def charge(
        self, lines: Iterable[SentLine], amounts: Mapping[str, Decimal]
    ) -> list[PackageFreight]:
        """Return the freight of each merchant's package; ``amounts`` are the lines' after coupons, by key."""
        packages: dict[int, list[FreightLine]] = {}
        for line in lines:
            packages.setdefault(line.merchant_id, []).append(
                FreightLine(
                    key=line.key,
                    shipping_class_id=line.shipping_class_id,
                    quantity=line.quantity,
                    weight_grams=line.weight_grams,
                    volume_cm3=line.volume_cm3,
                    goods_amount=amounts[line.key],
                )
            )
        return [
            charge_package(Package(merchant_id, tuple(found)), self.tariffs, self.region_codes)
            for merchant_id, found in packages.items()
        ]


@dataclass(frozen=True, slots=True)
class _Part:
    """What one tariff takes for its lines of a package."""

    amount: Decimal = ZERO
    free_reason: FreeReason | None = None
    refused_line_keys: tuple[str, ...] = ()


def charge_package(
    package: Package, tariffs: Collection[Tariff], region_codes: Sequence[str]
) -> PackageFreight:
    """
    Return what a package costs: one charge per tariff, whatever the number of its lines.

    ``region_codes`` lead from the province down to the district.
    """
    parts = [
        _charge_part(tariff, lines, region_codes) for tariff, lines in _by_tariff(package, tariffs)
    ]
    amount = sum((part.amount for part in parts), ZERO)
    reasons = [part.free_reason for part in parts if part.free_reason]
    return PackageFreight(
        merchant_id=package.merchant_id,
        amount=amount,
        free_reason=reasons[0] if reasons and not amount else None,
        refused_line_keys=tuple(key for part in parts for key in part.refused_line_keys),
    )


def _by_tariff(
    package: Package, tariffs: Collection[Tariff]
) -> Iterable[tuple[Tariff | None, list[FreightLine]]]:
    """Group the lines by the tariff of their class, or else by the merchant's general one."""
    own: Mapping[int | None, Tariff] = {
        tariff.shipping_class_id: tariff
        for tariff in tariffs
        if tariff.merchant_id == package.merchant_id
    }
    groups: dict[int | None, tuple[Tariff | None, list[FreightLine]]] = {}
    for line in package.lines:
        tariff = own.get(line.shipping_class_id) or own.get(None)
        key = tariff.template_id if tariff else None
        groups.setdefault(key, (tariff, []))[1].append(line)
    return groups.values()


def _charge_part(
    tariff: Tariff | None, lines: Sequence[FreightLine], region_codes: Sequence[str]
) -> _Part:
    if tariff is None:
        return _Part(free_reason=FreeReason.NO_TARIFF)
    rate = tariff.rate_for(region_codes)
    if rate is None or rate.is_refused:
        return _Part(refused_line_keys=tuple(line.key for line in lines))
    reason = tariff.free_reason(
        amount=sum((line.goods_amount for line in lines), ZERO),
        quantity=sum(line.quantity for line in lines),
    )
    if reason and not rate.is_never_free:
        return _Part(free_reason=reason)
    fee = rate.fee_for(sum(line.units(tariff.charge_by) for line in lines))
    return _Part(amount=fee, free_reason=None if fee else FreeReason.TARIFF)
