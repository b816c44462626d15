"""Stage 1: what one unit costs. Lowest of tier, limited-time and member price; no summing."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from apps.pricing.basket import Line
from apps.pricing.fen import fen_of, percent_of
from apps.pricing.offers import ExclusivePrice, Offer, UnitPrice
from apps.pricing.stages import Stage

ALL_STAGES = frozenset(Stage)
OUTSIDE_ACTIVITIES = ALL_STAGES - {
    Stage.UNIT_RULE,
    Stage.MERCHANT_REDUCTION,
    Stage.PLATFORM_REDUCTION,
    Stage.COUPON,
}


class PricedUnit(NamedTuple):
    """One line after stage 1: unit price in fen, where it comes from, which stages are open to it."""

    unit: int
    code: str
    ref: str
    open_stages: frozenset[Stage]


def price_units(lines: Sequence[Line], offers: Sequence[Offer]) -> tuple[PricedUnit, ...]:
    """Return the unit price of each line."""
    exclusive = [offer for offer in offers if isinstance(offer, ExclusivePrice)]
    lower = [offer for offer in offers if isinstance(offer, UnitPrice)]
    return tuple(_exclusive(line, exclusive) or _lowest(line, lower) for line in lines)


def _exclusive(line: Line, offers: Sequence[ExclusivePrice]) -> PricedUnit | None:
    found = [
        PricedUnit(
            fen_of(offer.prices[line.sku_id]),
            offer.code,
            offer.ref,
            OUTSIDE_ACTIVITIES | offer.allows,
        )
        for offer in offers
        if line.sku_id in offer.prices and offer.scope.covers(line)
    ]
    return min(found, key=lambda each: each.unit, default=None)


def _lowest(line: Line, offers: Sequence[UnitPrice]) -> PricedUnit:
    base = fen_of(line.unit_price)
    stages = OUTSIDE_ACTIVITIES if line.is_exclusive else ALL_STAGES
    best, code, ref = base, "", ""
    tier = _tier_price(line)
    if tier < best:
        best, code = tier, "TIER_PRICE"
    for offer in offers:
        price = _price_by(offer, line, base)
        if price is not None and price < best and offer.scope.covers(line):
            best, code, ref = price, offer.code, offer.ref
    return PricedUnit(best, code, ref, stages)


def _tier_price(line: Line) -> int:
    reached = [tier for tier in line.tiers if tier[0] <= line.quantity]
    return fen_of(max(reached)[1] if reached else line.unit_price)


def _price_by(offer: UnitPrice, line: Line, base: int) -> int | None:
    if offer.percent_off is not None:
        return percent_of(base, Decimal(100) - offer.percent_off)
    price = offer.prices.get(line.sku_id)
    return None if price is None else fen_of(price)
