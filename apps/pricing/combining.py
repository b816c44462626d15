"""Which offers go together: among the legal combinations the one with the lowest payable amount."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import inf

from apps.pricing.offers import Offer
from apps.pricing.passing import Pass

MOST_COMBINATIONS = 64

Try = Callable[[Sequence[Offer]], Pass]


@dataclass(frozen=True, slots=True)
class Chosen:
    """The best pass, the offers it was tried with, and whether every combination was looked at."""

    best: Pass
    offers: tuple[Offer, ...]
    is_search_limited: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """Offers that always apply, those to choose from, and which of these do not go together."""

    fixed: tuple[Offer, ...]
    open: tuple[Offer, ...]
    clashes: frozenset[tuple[int, int]]
    is_order_free: bool


def sort_offers(offers: Sequence[Offer]) -> Choice:
    """Tell the offers that always apply from those that have to be chosen among."""
    clashes = frozenset(
        (first, second)
        for first, second in combinations(range(len(offers)), 2)
        if _clash(offers[first], offers[second])
    )
    clashing = {place for pair in clashes for place in pair}
    stops = any(offer.stop_after for offer in offers)
    is_open = [
        offer.is_coupon or offer.stop_after or place in clashing
        for place, offer in enumerate(offers)
    ]
    open_places = [place for place, chosen in enumerate(is_open) if chosen]
    renumbered = {place: number for number, place in enumerate(open_places)}
    return Choice(
        fixed=tuple(offer for offer, chosen in zip(offers, is_open, strict=True) if not chosen),
        open=tuple(offers[place] for place in open_places),
        clashes=frozenset((renumbered[first], renumbered[second]) for first, second in clashes),
        is_order_free=not clashes and not stops,
    )


def choose(choice: Choice, attempt: Try, may_lose: Callable[[Pass], bool]) -> Chosen:
    """
    Return the best legal combination.

    If nothing clashes and taking everything loses nothing (``may_lose`` says no), that is the best. Else
    up to 64 combinations are tried; beyond that offers are added one by one, the best first.
    """
    if choice.is_order_free:
        whole = attempt(choice.open)
        if not choice.open or not may_lose(whole):
            return Chosen(whole, choice.open, is_search_limited=False)
    legal = _legal_up_to(choice, MOST_COMBINATIONS)
    if legal is None:
        return _greedy(choice, attempt)
    tried = [(offers, attempt(offers)) for offers in legal]
    offers, best = min(tried, key=lambda each: _rank(each[1]))
    return Chosen(best, offers, is_search_limited=False)


def _clash(first: Offer, second: Offer) -> bool:
    return (
        (bool(first.exclusive_group) and first.exclusive_group == second.exclusive_group)
        or second.code in first.not_with
        or first.code in second.not_with
    )


def _legal_up_to(choice: Choice, most: int) -> list[tuple[Offer, ...]] | None:
    found: list[tuple[Offer, ...]] = []
    for places in _legal(len(choice.open), choice.clashes):
        if len(found) == most:
            return None
        found.append(tuple(choice.open[place] for place in places))
    return found


def _legal(
    count: int, clashes: frozenset[tuple[int, int]], start: int = 0, taken: tuple[int, ...] = ()
) -> Iterator[tuple[int, ...]]:
    yield taken
    for place in range(start, count):
        if not any((other, place) in clashes for other in taken):
            yield from _legal(count, clashes, place + 1, (*taken, place))


def _greedy(choice: Choice, attempt: Try) -> Chosen:
    taken: tuple[int, ...] = ()
    best = attempt(())
    while True:
        tried = [
            (places, attempt([choice.open[place] for place in places]))
            for places in _one_more(choice, taken)
        ]
        places, outcome = min(tried, key=lambda each: _rank(each[1]), default=(taken, best))
        if _rank(outcome) >= _rank(best):
            return Chosen(
                best, tuple(choice.open[place] for place in taken), is_search_limited=True
            )
        taken, best = places, outcome


def _one_more(choice: Choice, taken: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    for place in range(len(choice.open)):
        pairs = [(min(place, other), max(place, other)) for other in taken]
        if place not in taken and not any(pair in choice.clashes for pair in pairs):
            yield tuple(sorted((*taken, place)))


def _rank(done: Pass) -> tuple[object, ...]:
    """Lowest payable; then fewer coupons, earliest expiry, lowest id."""
    coupons = [applied.offer for applied in done.applied if applied.offer.is_coupon]
    expiries = sorted(
        coupon.expires_at.timestamp() if coupon.expires_at else inf for coupon in coupons
    )
    used = sorted(applied.offer.offer_id for applied in done.applied)
    return (done.payable, len(coupons), expiries, used)
