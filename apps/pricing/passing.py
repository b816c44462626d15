"""One pass of a basket through the stages 2 to 7 with a given set of offers, in whole fen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from apps.core.money import split_fen
from apps.pricing.basket import Freight, Line, PackageFreight
from apps.pricing.fen import fen_of, percent_of, yuan_of
from apps.pricing.offers import Benefit, FreightCoupon, Offer, Points, Reduction, Step
from apps.pricing.quote import Params
from apps.pricing.unit_prices import PricedUnit
from apps.pricing.unit_rules import Pool, UnitRule


class Applied(NamedTuple):
    """One offer that took something off: how much in all, and from which line."""

    offer: Offer
    amount: int
    shares: tuple[tuple[int, int], ...]
    params: Params


class Missed(NamedTuple):
    """A step of an offer that was not reached, and whether less discount before it would have."""

    offer: Offer
    step: Step | None
    amount: int
    quantity: int
    is_within_goods: bool


class Sent(NamedTuple):
    """One package with its places, its freight and what was taken off that (fen)."""

    package: PackageFreight
    places: tuple[int, ...]
    charged: int
    reduction: int


@dataclass(slots=True)
class Pass:
    """What came out of one pass."""

    lines: Sequence[Line]
    units: Sequence[PricedUnit]
    goods: list[int]
    amounts: list[int]
    applied: list[Applied] = field(default_factory=list)
    missed: list[Missed] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    before_points: list[int] = field(default_factory=list)
    points: tuple[int, ...] = ()
    is_points_limited: bool = False
    free_units: list[int] = field(default_factory=list)
    closed: set[int] = field(default_factory=set)

    @property
    def payable(self) -> int:
        return sum(self.amounts) + sum(sent.charged - sent.reduction for sent in self.sent)


def run_pass(
    lines: Sequence[Line],
    units: Sequence[PricedUnit],
    offers: Sequence[Offer],
    freight: Freight,
) -> Pass:
    """Return the basket after the stages 2 to 7; the offers come in the order in which they apply."""
    goods = [unit.unit * line.quantity for unit, line in zip(units, lines, strict=True)]
    done = Pass(lines, units, goods, goods.copy())
    done.free_units = [line.quantity for line in lines]
    freight_coupons, points = [], []
    for offer in offers:
        if isinstance(offer, Reduction):
            _reduce(done, offer)
        elif isinstance(offer, UnitRule):
            _count_units(done, offer)
        elif isinstance(offer, Points):
            points.append(offer)
        elif isinstance(offer, FreightCoupon):
            freight_coupons.append(offer)
    done.before_points = done.amounts.copy()
    for offer in points[:1]:
        _spend_points(done, offer)
    _send(done, freight)
    for coupon in freight_coupons:
        _reduce_freight(done, coupon)
    return done


def freight_of(lines: Sequence[Line], freight: Freight, amounts: Sequence[int]) -> list[int]:
    """Return what each package would cost if the lines came to these amounts."""
    return [fen_of(package.amount) for package in _packages(lines, freight, amounts)]


def best_step(steps: Sequence[Step], amount: int, quantity: int) -> Step | None:
    """Return the highest step that is met."""
    met = [
        step
        for step in steps
        if amount >= fen_of(step.from_amount) and quantity >= step.from_quantity
    ]
    return max(met, key=lambda step: (step.from_amount, step.from_quantity), default=None)


def benefit_of(benefit: Benefit, amount: int) -> int:
    """Return what a benefit takes off an amount: never more than the amount."""
    if benefit.amount_off is not None:
        off = fen_of(benefit.amount_off)
    else:
        off = percent_of(amount, benefit.percent_off or yuan_of(0))
    if benefit.cap is not None:
        off = min(off, fen_of(benefit.cap))
    return min(off, amount)


def _places(done: Pass, offer: Offer) -> list[int]:
    """Return the lines that an offer may touch."""
    stage, covers = offer.stage, offer.scope.covers
    return [
        place
        for place, line in enumerate(done.lines)
        if stage in done.units[place].open_stages and place not in done.closed and covers(line)
    ]


def _reduce(done: Pass, offer: Reduction) -> None:
    places = _places(done, offer)
    if not places:
        return
    amounts = [done.amounts[place] for place in places]
    amount = sum(amounts)
    quantity = sum(done.lines[place].quantity for place in places)
    step = best_step(offer.steps, amount, quantity)
    _note_missed(done, offer, step, places, amount, quantity)
    off = benefit_of(step.benefit, amount) if step else 0
    if step and off:
        _take(done, offer, places, split_fen(off, amounts), {"from_amount": step.from_amount})


def _note_missed(
    done: Pass, offer: Reduction, step: Step | None, places: list[int], amount: int, quantity: int
) -> None:
    ahead = [
        each for each in offer.steps if step is None or each.from_amount > step.from_amount
        or each.from_quantity > step.from_quantity
    ]  # fmt: skip
    if not ahead:
        return
    goods = sum(done.goods[place] for place in places)
    is_within = any(fen_of(each.from_amount) <= goods for each in ahead)
    upcoming = min(ahead, key=lambda each: (each.from_amount, each.from_quantity))
    missing = max(0, fen_of(upcoming.from_amount) - amount)
    done.missed.append(
        Missed(offer, upcoming, missing, max(0, upcoming.from_quantity - quantity), is_within)
    )


def _count_units(done: Pass, offer: UnitRule) -> None:
    pools = [
        Pool(place, done.units[place].unit, done.free_units[place], done.lines[place].sku_id)
        for place in _places(done, offer)
        if done.free_units[place]
    ]
    if not pools:
        return
    use = offer.use(pools)
    if not use.saved:
        missing = offer.missing(pools)
        if missing:
            done.missed.append(Missed(offer, None, 0, missing, is_within_goods=False))
        return
    places = sorted(use.used)
    weights = [done.units[place].unit * use.used[place] for place in places]
    shares = split_fen(use.saved, weights)
    _take(done, offer, places, shares, {"units": sum(use.used.values())})
    for place, count in use.used.items():
        done.free_units[place] -= count


def _take(
    done: Pass, offer: Offer, places: Sequence[int], shares: Sequence[int], params: Params
) -> None:
    """Take the shares off the lines: the one place that subtracts."""
    taken = []
    for place, share in zip(places, shares, strict=True):
        if share:
            done.amounts[place] -= share
            taken.append((place, share))
    done.applied.append(Applied(offer, sum(shares), tuple(taken), params))
    if offer.stop_after:
        done.closed.update(places)


def _spend_points(done: Pass, offer: Points) -> None:
    places = [place for place, line in enumerate(done.lines) if offer.scope.covers(line)]
    amounts = [done.amounts[place] for place in places]
    whole = sum(amounts)
    wanted = min(offer.asked, offer.balance) * 100 // offer.points_per_yuan
    leave = 0 if offer.is_zero_pay_allowed or sum(done.amounts) > whole else 1
    top, bottom = offer.cap_percent.as_integer_ratio()
    limit = max(0, min(whole * top // (bottom * 100), whole - leave))
    fen = min(wanted, limit)
    done.is_points_limited = wanted > limit
    if fen <= 0:
        return
    spent = -(-fen * offer.points_per_yuan // 100)
    by_place = dict(zip(places, split_fen(spent, amounts), strict=True))
    done.points = tuple(by_place.get(place, 0) for place in range(len(done.lines)))
    _take(done, offer, places, split_fen(fen, amounts), {"points": spent})


def _packages(
    lines: Sequence[Line], freight: Freight, amounts: Sequence[int]
) -> Sequence[PackageFreight]:
    if not callable(freight):
        return freight
    by_key: Mapping[str, object] = {
        line.key: yuan_of(amount) for line, amount in zip(lines, amounts, strict=True)
    }
    return freight(by_key)  # type: ignore[arg-type]


def _send(done: Pass, freight: Freight) -> None:
    for package in _packages(done.lines, freight, done.before_points):
        places = tuple(
            place
            for place, line in enumerate(done.lines)
            if line.merchant_id == package.merchant_id
            and (not package.line_keys or line.key in package.line_keys)
            and line.key not in package.refused_line_keys
        )
        charged = fen_of(package.amount)
        if charged < 0 or (charged and not places):
            raise ValueError(f"freight {package.amount} for no line of {package.merchant_id}")
        done.sent.append(Sent(package, places, charged, 0))


def _reduce_freight(done: Pass, offer: FreightCoupon) -> None:
    matching = set(_places(done, offer))
    goods = sum(done.before_points[place] for place in matching)
    if goods < fen_of(offer.from_amount):
        missing = fen_of(offer.from_amount) - goods
        step = Step(benefit=offer.benefit, from_amount=offer.from_amount)
        whole = sum(done.goods[place] for place in matching)
        is_within = whole >= fen_of(offer.from_amount)
        done.missed.append(Missed(offer, step, missing, 0, is_within))
        return
    chosen = [place for place, sent in enumerate(done.sent) if matching & set(sent.places)]
    rests = [done.sent[place].charged - done.sent[place].reduction for place in chosen]
    off = benefit_of(offer.benefit, sum(rests))
    if not off:
        return
    for place, share in zip(chosen, split_fen(off, rests), strict=True):
        sent = done.sent[place]
        done.sent[place] = sent._replace(reduction=sent.reduction + share)
    done.applied.append(Applied(offer, off, (), {}))
