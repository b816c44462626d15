"""What a basket costs, given prices and offers: the only arithmetic on baskets."""

from collections.abc import Sequence
from decimal import Decimal

from apps.pricing.basket import Freight, Line
from apps.pricing.combining import Choice, choose, sort_offers
from apps.pricing.fen import fen_of
from apps.pricing.offers import Earning, Offer, PlatformCoupon
from apps.pricing.passing import Pass, freight_of, run_pass
from apps.pricing.quote import Quote
from apps.pricing.rendering import TaxRounding, render
from apps.pricing.stages import Stage
from apps.pricing.unit_prices import PricedUnit, price_units


def price_basket(
    lines: Sequence[Line],
    offers: Sequence[Offer] = (),
    freight: Freight = (),
    *,
    vat_percent: Decimal,
    tax_rounding: TaxRounding = TaxRounding.LINE,
) -> Quote:
    """
    Return what the lines cost with the best legal combination of the offers.

    :raises ValueError: if two lines have one key, a quantity is below 1 or a price is negative
    """
    _check(lines)
    earning = [offer for offer in offers if isinstance(offer, Earning)]
    ordered = sorted((offer for offer in offers if not isinstance(offer, Earning)), key=_order)
    choice = sort_offers(ordered)
    attempt = _Attempt(lines, freight, choice)
    chosen = choose(choice, attempt, attempt.may_lose)
    left_out = [offer for offer in choice.open if offer not in chosen.offers]
    return render(
        chosen.best,
        left_out=left_out,
        earning=earning[0] if earning else None,
        is_search_limited=chosen.is_search_limited,
        vat_percent=vat_percent,
        tax_rounding=tax_rounding,
    )


class _Attempt:
    """Tries one combination after another on the same lines; unit prices are kept from one to the next."""

    def __init__(self, lines: Sequence[Line], freight: Freight, choice: Choice) -> None:
        self.lines = lines
        self.freight = freight
        self.fixed = choice.fixed
        self.units_by_offers: dict[tuple[str, ...], tuple[PricedUnit, ...]] = {}

    def __call__(self, chosen: Sequence[Offer]) -> Pass:
        offers = sorted((*self.fixed, *chosen), key=_order) if chosen else self.fixed
        return run_pass(self.lines, self._units(offers), offers, self.freight)

    def may_lose(self, whole: Pass) -> bool:
        """Say whether fewer coupons could be cheaper: by a step, free freight or points they cost."""
        if whole.is_points_limited or any(missed.is_within_goods for missed in whole.missed):
            return True
        if not callable(self.freight):
            return False
        at_most = freight_of(self.lines, self.freight, whole.goods)
        return at_most != [sent.charged for sent in whole.sent]

    def _units(self, offers: Sequence[Offer]) -> tuple[PricedUnit, ...]:
        first = [offer for offer in offers if offer.stage is Stage.UNIT_PRICE]
        refs = tuple(offer.ref for offer in first)
        if refs not in self.units_by_offers:
            self.units_by_offers[refs] = price_units(self.lines, first)
        return self.units_by_offers[refs]


def _order(offer: Offer) -> tuple[int, bool, int, str]:
    return (int(offer.stage), isinstance(offer, PlatformCoupon), offer.offer_id, offer.ref)


def _check(lines: Sequence[Line]) -> None:
    if len({line.key for line in lines}) != len(lines):
        raise ValueError("two lines have one key")
    for line in lines:
        if line.quantity < 1 or fen_of(line.unit_price) < 0:
            raise ValueError(f"line {line.key}: {line.quantity} × {line.unit_price}")
