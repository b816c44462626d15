"""What holds for every basket, searched by hypothesis."""

from dataclasses import replace
from decimal import Decimal
from itertools import pairwise, permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.core.money import share_up_to, split_fen, to_fen
from apps.pricing import (
    Benefit,
    CheapestOff,
    Coupon,
    Earning,
    FreightCoupon,
    Line,
    PackageFreight,
    PlatformCoupon,
    PlatformReduction,
    Points,
    Reduction,
    Scope,
    Step,
    TaxRounding,
    UnitPrice,
    UnitsForPrice,
    price_basket,
)

VAT = Decimal(13)
ON_SUM = TaxRounding.SUM_BY_NET_KEEP_GROSS
ZERO = Decimal(0)

fen = st.integers(0, 50_000).map(lambda value: Decimal(value).scaleb(-2))
percents = st.integers(0, 1000).map(lambda value: Decimal(value).scaleb(-1))


@st.composite
def baskets(draw):
    count = draw(st.integers(1, 8))
    return [
        Line(
            key=f"line-{place}",
            merchant_id=draw(st.integers(1, 3)),
            sku_id=place,
            quantity=draw(st.integers(1, 20)),
            unit_price=draw(fen),
            tiers=tuple(draw(st.lists(st.tuples(st.integers(2, 9), fen), max_size=2))),
            is_exclusive=draw(st.booleans()),
        )
        for place in range(count)
    ]


@st.composite
def benefits(draw):
    cap = draw(st.none() | fen)
    if draw(st.booleans()):
        return Benefit(amount_off=draw(fen), cap=cap)
    return Benefit(percent_off=draw(percents), cap=cap)


@st.composite
def offer_sets(draw):
    steps = st.lists(
        st.builds(
            lambda benefit, amount, quantity: Step(
                benefit=benefit, from_amount=amount, from_quantity=quantity
            ),
            benefits(),
            fen,
            st.integers(0, 10),
        ),
        min_size=1,
        max_size=3,
    ).map(tuple)
    scopes = st.builds(Scope, merchant_id=st.none() | st.integers(1, 3))
    groups = st.sampled_from(["", "", "one"])
    kinds = [Reduction, PlatformReduction, Coupon, PlatformCoupon]
    offers = [
        draw(st.sampled_from(kinds))(
            ref=f"offer:{number}",
            offer_id=number,
            steps=draw(steps),
            scope=draw(scopes),
            exclusive_group=draw(groups),
            stop_after=draw(st.booleans()) and draw(st.booleans()),
        )
        for number in range(draw(st.integers(0, 5)))
    ]
    if draw(st.booleans()):
        offers.append(UnitPrice(ref="unit", code="LIMITED_TIME", percent_off=draw(percents)))
    if draw(st.booleans()):
        offers.append(UnitsForPrice(ref="rule", units=draw(st.integers(2, 5)), price=draw(fen)))
    if draw(st.booleans()):
        offers.append(
            CheapestOff(ref="rule2", group=draw(st.integers(2, 4)), percent_off=draw(percents))
        )
    if draw(st.booleans()):
        offers.append(FreightCoupon(ref="freight", benefit=draw(benefits()), from_amount=draw(fen)))
    if draw(st.booleans()):
        asked = draw(st.integers(0, 100_000))
        offers.append(Points(ref="points", asked=asked, balance=draw(st.integers(0, 100_000))))
    offers.append(
        Earning(ref="earning", factor=draw(st.sampled_from([Decimal(1), Decimal("1.5")])))
    )
    return offers


def by_merchant(lines):
    def freight(amounts):
        packages = []
        for merchant_id in sorted({line.merchant_id for line in lines}):
            goods = sum(amounts[line.key] for line in lines if line.merchant_id == merchant_id)
            cost = ZERO if goods >= 99 else Decimal("8.00")
            packages.append(PackageFreight(merchant_id=merchant_id, amount=cost))
        return packages

    return freight


@settings(max_examples=300, deadline=None)
@given(lines=baskets(), offers=offer_sets())
def test_every_fen_stands_on_a_line(lines, offers):
    quote = price_basket(lines, offers, by_merchant(lines), vat_percent=VAT)

    for line in quote.lines:
        assert line.payable_amount >= 0
        assert line.goods_amount - line.discount_amount == line.payable_amount
        assert sum(each.amount for each in line.adjustments) == line.discount_amount
        assert all(each.amount > 0 for each in line.adjustments)
        assert 0 <= line.tax_amount <= line.payable_amount
        assert (
            line.unit_price * next(each.quantity for each in lines if each.key == line.key)
            == line.goods_amount
        )
    cash = sum(line.payable_amount for line in quote.lines)
    freight = sum(line.freight_amount for line in quote.lines)
    assert quote.payable_amount == cash + freight
    assert quote.freight_amount == freight == sum(each.amount for each in quote.packages)
    assert quote.goods_amount - quote.discount_amount + quote.freight_amount == quote.payable_amount
    assert quote.goods_amount == sum(line.goods_amount for line in quote.lines)
    assert quote.tax_amount == sum(line.tax_amount for line in quote.lines)
    assert quote.spent_points == sum(line.spent_points for line in quote.lines)
    assert quote.earned_points == sum(line.earned_points for line in quote.lines)
    for amount in (quote.payable_amount, quote.discount_amount, quote.tax_amount):
        assert amount == amount.quantize(Decimal("0.01"))


@settings(max_examples=150, deadline=None)
@given(lines=baskets(), offers=offer_sets())
def test_what_an_offer_took_is_what_its_lines_lost(lines, offers):
    quote = price_basket(lines, offers, by_merchant(lines), vat_percent=VAT)

    taken = {}
    for line in quote.lines:
        for each in line.adjustments:
            taken[each.offer_ref] = taken.get(each.offer_ref, ZERO) + each.amount
    explained = {
        each.offer_ref: each.amount
        for each in quote.explanations
        if each.offer_ref in taken and each.amount
    }
    assert explained == taken


@settings(max_examples=150, deadline=None)
@given(lines=baskets(), offers=offer_sets(), seed=st.randoms(use_true_random=False))
def test_the_total_does_not_depend_on_the_order_of_lines(lines, offers, seed):
    """Offers for everybody: a fen that sits on the other of two equal lines is seen by none of them."""
    for_all = [replace(offer, scope=Scope()) for offer in offers]
    shuffled = list(lines)
    seed.shuffle(shuffled)

    one = price_basket(lines, for_all, vat_percent=VAT, tax_rounding=ON_SUM)
    other = price_basket(shuffled, for_all, vat_percent=VAT, tax_rounding=ON_SUM)

    for name in ("payable_amount", "goods_amount", "discount_amount", "tax_amount", "spent_points"):
        assert getattr(one, name) == getattr(other, name)


@settings(max_examples=150, deadline=None)
@given(lines=baskets(), offers=offer_sets())
def test_offers_are_never_dearer_than_none(lines, offers):
    coupons = [offer for offer in offers if offer.is_coupon]

    bare = price_basket(lines, [], by_merchant(lines), vat_percent=VAT)
    best = price_basket(lines, coupons, by_merchant(lines), vat_percent=VAT)

    assert best.payable_amount <= bare.payable_amount


@settings(max_examples=150, deadline=None)
@given(lines=baskets(), offers=offer_sets())
def test_one_discount_alone_is_the_best_of_all_subsets(lines, offers):
    """Every combination of a few coupons, by brute force, is no cheaper than the one that was chosen."""
    coupons = [offer for offer in offers if isinstance(offer, Coupon)][:3]
    chosen = price_basket(lines, coupons, by_merchant(lines), vat_percent=VAT)

    for mask in range(2 ** len(coupons)):
        some = [offer for place, offer in enumerate(coupons) if mask >> place & 1]
        groups = [offer.exclusive_group for offer in some if offer.exclusive_group]
        if len(groups) == len(set(groups)):
            other = price_basket(lines, some, by_merchant(lines), vat_percent=VAT)
            assert chosen.payable_amount <= other.payable_amount


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 10**9), st.lists(st.integers(0, 10**6), min_size=1, max_size=30))
def test_shares_add_up_and_stay_within_their_weights(total, weights):
    whole = sum(weights)
    total = min(total, whole)

    shares = split_fen(total, weights)

    assert sum(shares) == total
    assert all(0 <= share <= weight for share, weight in zip(shares, weights, strict=True))
    assert all(
        abs(share * whole - total * weight) < whole
        for share, weight in zip(shares, weights, strict=True)
        if whole
    )


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(0, 500), min_size=1, max_size=5, unique=True), st.integers(0, 300))
def test_shares_follow_their_line_and_not_its_place(weights, total):
    total = min(total, sum(weights))
    first = dict(zip(weights, split_fen(total, weights), strict=True))

    for order in permutations(weights):
        assert dict(zip(order, split_fen(total, order), strict=True)) == first


@settings(max_examples=200, deadline=None)
@given(amount=st.integers(0, 10**8), units=st.integers(1, 60), data=st.data())
def test_every_path_of_refunds_gives_the_same_total(amount, units, data):
    whole = Decimal(amount).scaleb(-2)
    stops = data.draw(st.lists(st.integers(0, units), max_size=6).map(sorted))
    path = [0, *stops, units]

    parts = [
        share_up_to(whole, after, units) - share_up_to(whole, before, units)
        for before, after in pairwise(path)
    ]

    assert sum(parts) == whole
    assert all(part >= 0 for part in parts)


@settings(max_examples=100, deadline=None)
@given(lines=baskets())
def test_tax_on_the_sum_is_rounded_once(lines):
    quote = price_basket(lines, vat_percent=VAT, tax_rounding=ON_SUM)

    exact = Decimal(to_fen(quote.goods_amount)) * VAT / (100 + VAT)
    assert abs(Decimal(to_fen(quote.tax_amount)) - exact) <= Decimal("0.5")


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        ([("a", 0, "1.00")], "quantity"),
        ([("a", 1, "-0.01")], "price"),
        ([("a", 1, "1.00"), ("a", 1, "1.00")], "key"),
        ([("a", 1, "1.001")], "fraction"),
    ],
)
def test_a_basket_that_makes_no_sense_is_refused(lines, problem):
    rows = [
        Line(key=key, merchant_id=1, sku_id=1, quantity=quantity, unit_price=Decimal(price))
        for key, quantity, price in lines
    ]

    with pytest.raises(ValueError, match=r"\S"):
        price_basket(rows, vat_percent=VAT)
