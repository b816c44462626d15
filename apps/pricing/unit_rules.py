"""Stage 2: rules that count units. A unit that one rule has used is gone for the others."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar, NamedTuple

from apps.pricing.fen import fen_of, percent_of
from apps.pricing.offers import Offer
from apps.pricing.stages import Stage


class Pool(NamedTuple):
    """Units of one line that a rule may use: where they stand, what one costs (fen), how many there are."""

    place: int
    unit: int
    free: int
    sku_id: int


class Use(NamedTuple):
    """What a rule did: units used by line, and fen taken off in all."""

    used: Mapping[int, int]
    saved: int


class Group(NamedTuple):
    """``times`` equal groups of units: (place, unit price, count) of one group, dearest first."""

    parts: tuple[tuple[int, int, int], ...]
    times: int


NOTHING = Use({}, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitRule(Offer):
    """A rule of stage 2. It gets the free units of its lines and says which it uses and what that saves."""

    stage: ClassVar[Stage] = Stage.UNIT_RULE

    def use(self, pools: Sequence[Pool]) -> Use:
        raise NotImplementedError

    def missing(self, pools: Sequence[Pool]) -> int:
        """Return how many units are missing to the next group; 0 if that cannot be said."""
        return 0


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitsForPrice(UnitRule):
    """Any ``units`` of the matching ones for one price; the dearest are taken, as long as it saves something."""

    code: str = "UNITS_FOR_PRICE"
    units: int
    price: Decimal

    def use(self, pools: Sequence[Pool]) -> Use:
        price, used, saved = fen_of(self.price), dict[int, int](), 0
        for group in _groups(pools, self.units):
            gain = sum(unit * count for _, unit, count in group.parts) - price
            if gain <= 0:
                break
            saved += gain * group.times
            _note(used, group)
        return Use(used, saved)

    def missing(self, pools: Sequence[Pool]) -> int:
        return _missing(pools, self.units)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheapestOff(UnitRule):
    """
    In every ``group`` units the ``cheapest`` are ``percent_off``.

    Second at half price: group 2, cheapest 1, 50 percent; three for two: group 3, cheapest 1, 100 percent.
    """

    code: str = "CHEAPEST_OFF"
    group: int
    cheapest: int = 1
    percent_off: Decimal = Decimal(100)

    def use(self, pools: Sequence[Pool]) -> Use:
        used, saved = dict[int, int](), 0
        for group in _groups(pools, self.group):
            value = _value_of_cheapest(group, self.cheapest)
            saved += percent_of(value, self.percent_off) * group.times
            _note(used, group)
        return Use(used, saved) if saved else NOTHING

    def missing(self, pools: Sequence[Pool]) -> int:
        return _missing(pools, self.group)


@dataclass(frozen=True, slots=True, kw_only=True)
class Package(UnitRule):
    """Certain SKUs together, for one price."""

    code: str = "PACKAGE"
    parts: Mapping[int, int]
    price: Decimal

    def use(self, pools: Sequence[Pool]) -> Use:
        have = dict.fromkeys(self.parts, 0)
        for pool in pools:
            if pool.sku_id in have:
                have[pool.sku_id] += pool.free
        times = min(have[sku_id] // count for sku_id, count in self.parts.items())
        if not times:
            return NOTHING
        used, value = self._take(pools, times)
        saved = value - fen_of(self.price) * times
        return Use(used, saved) if saved > 0 else NOTHING

    def _take(self, pools: Sequence[Pool], times: int) -> tuple[dict[int, int], int]:
        wanted = {sku_id: count * times for sku_id, count in self.parts.items()}
        used, value = dict[int, int](), 0
        for pool in pools:
            count = min(pool.free, wanted.get(pool.sku_id, 0))
            if count:
                used[pool.place] = count
                wanted[pool.sku_id] -= count
                value += pool.unit * count
        return used, value


def _groups(pools: Sequence[Pool], size: int) -> Iterator[Group]:
    """Cut units into groups, dearest first; equal groups of one line come together."""
    open_parts: list[tuple[int, int, int]] = []
    room = size
    for pool in sorted(pools, key=lambda pool: (-pool.unit, pool.place)):
        left = pool.free
        if room < size and left:
            count = min(room, left)
            open_parts.append((pool.place, pool.unit, count))
            room, left = room - count, left - count
            if room == 0:
                yield Group(tuple(open_parts), 1)
                open_parts, room = [], size
        if left >= size:
            yield Group(((pool.place, pool.unit, size),), left // size)
            left %= size
        if left:
            open_parts, room = [*open_parts, (pool.place, pool.unit, left)], room - left


def _value_of_cheapest(group: Group, cheapest: int) -> int:
    value, wanted = 0, cheapest
    for _, unit, count in reversed(group.parts):
        taken = min(wanted, count)
        value += unit * taken
        wanted -= taken
    return value


def _note(used: dict[int, int], group: Group) -> None:
    for place, _, count in group.parts:
        used[place] = used.get(place, 0) + count * group.times


def _missing(pools: Sequence[Pool], size: int) -> int:
    return -sum(pool.free for pool in pools) % size
