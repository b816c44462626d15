"""The worked examples of the price rules, to the fen."""

from decimal import Decimal
from itertools import pairwise

from apps.core.money import share_up_to
from apps.pricing import (
    Benefit,
    Coupon,
    Earning,
    Line,
    PackageFreight,
    PlatformCoupon,
    PlatformReduction,
    Points,
    Reduction,
    Scope,
    Stage,
    Step,
    UnitPrice,
    price_basket,
)

A, C = 1, 3
VAT = Decimal(13)


def yuan(*texts):
    return [Decimal(text) for text in texts]


def line(key, price, quantity=1, merchant_id=A, sku_id=None, **more):
    return Line(
        key=key,
        merchant_id=merchant_id,
        sku_id=sku_id or ord(key),
        quantity=quantity,
        unit_price=Decimal(price),
        **more,
    )


def off(amount, from_amount="0"):
    return (Step(benefit=Benefit(amount_off=Decimal(amount)), from_amount=Decimal(from_amount)),)


def test_a_tie_goes_to_the_first_line():
    coupon = Coupon(ref="coupon:1", steps=off("10.00"))

    quote = price_basket(
        [line("a", "10.00"), line("b", "10.00"), line("c", "10.00")], [coupon], vat_percent=VAT
    )

    assert [each.discount_amount for each in quote.lines] == yuan("3.34", "3.33", "3.33")
    assert quote.payable_amount == Decimal("20.00")


def test_uneven_lines_share_by_largest_remainder():
    coupon = Coupon(ref="coupon:1", steps=off("1.57"))

    quote = price_basket(
        [line("a", "5.01"), line("b", "3.42"), line("c", "2.13")], [coupon], vat_percent=VAT
    )

    assert [each.discount_amount for each in quote.lines] == yuan("0.74", "0.51", "0.32")
    assert [each.payable_amount for each in quote.lines] == yuan("4.27", "2.91", "1.81")
    assert quote.payable_amount == Decimal("8.99")


def full_stack():
    lines = [
        line("a", "199.00", 2),
        line("b", "59.90"),
        line("c", "128.00", merchant_id=C),
    ]
    of_a, sku_a = Scope(merchant_id=A), Scope(sku_ids=frozenset({ord("a")}))
    offers = [
        UnitPrice(ref="limited:1", code="LIMITED_TIME", percent_off=Decimal(10), scope=sku_a),
        UnitPrice(ref="level:2", code="MEMBER_PRICE", percent_off=Decimal(5), scope=sku_a),
        Reduction(ref="promotion:3", steps=off("50.00", "400.00"), scope=of_a),
        Coupon(ref="coupon:4", steps=off("10.00", "300.00"), scope=of_a, offer_id=4),
        PlatformCoupon(ref="coupon:5", steps=off("40.00", "400.00"), offer_id=5),
        Points(ref="points", asked=1500, balance=9000),
        Earning(ref="earning"),
    ]
    seen = []

    def freight(amounts):
        seen.append(dict(amounts))
        is_free = amounts["a"] + amounts["b"] >= 199
        return [
            PackageFreight(
                merchant_id=A,
                amount=Decimal("0.00") if is_free else Decimal("12.00"),
                free_reason="FREE_FROM_AMOUNT" if is_free else None,
            ),
            PackageFreight(merchant_id=C, amount=Decimal("8.00")),
        ]

    return price_basket(lines, offers, freight, vat_percent=VAT), seen


def test_the_full_stack():
    quote, seen = full_stack()

    assert [each.list_amount for each in quote.lines] == yuan("398.00", "59.90", "128.00")
    assert [each.goods_amount for each in quote.lines] == yuan("358.20", "59.90", "128.00")
    assert quote.line("a").unit_price == Decimal("179.10")
    assert quote.line("a").unit_price_code == "LIMITED_TIME"
    taken = {
        ref: [
            next((one.amount for one in each.adjustments if one.offer_ref == ref), Decimal(0))
            for each in quote.lines
        ]
        for ref in ("promotion:3", "coupon:4", "coupon:5", "points")
    }
    assert taken == {
        "promotion:3": yuan("42.84", "7.16", "0"),
        "coupon:4": yuan("8.57", "1.43", "0"),
        "coupon:5": yuan("25.25", "4.22", "10.53"),
        "points": yuan("9.47", "1.58", "3.95"),
    }
    assert seen[0] == {"a": Decimal("281.54"), "b": Decimal("47.09"), "c": Decimal("117.47")}
    assert [each.spent_points for each in quote.lines] == [947, 158, 395]
    assert [each.payable_amount for each in quote.lines] == yuan("272.07", "45.51", "113.52")
    assert [each.freight_amount for each in quote.lines] == yuan("0.00", "0.00", "8.00")
    assert [each.tax_amount for each in quote.lines] == yuan("31.30", "5.24", "13.06")
    assert [each.earned_points for each in quote.lines] == [272, 46, 113]
    assert (quote.list_amount, quote.goods_amount) == (Decimal("585.90"), Decimal("546.10"))
    assert quote.discount_amount == Decimal("115.00")
    assert (quote.freight_amount, quote.tax_amount) == (Decimal("8.00"), Decimal("49.60"))
    assert quote.payable_amount == Decimal("439.10")
    assert (quote.spent_points, quote.earned_points) == (1500, 431)


def test_the_full_stack_explains_itself():
    quote, _ = full_stack()

    assert [(each.stage, each.code, each.amount) for each in quote.explanations] == [
        (Stage.UNIT_PRICE, "LIMITED_TIME", Decimal("39.80")),
        (Stage.MERCHANT_REDUCTION, "MERCHANT_REDUCTION", Decimal("50.00")),
        (Stage.COUPON, "MERCHANT_COUPON", Decimal("10.00")),
        (Stage.COUPON, "PLATFORM_COUPON", Decimal("40.00")),
        (Stage.POINTS, "POINTS", Decimal("15.00")),
        (Stage.FREIGHT, "FREE_FREIGHT", Decimal("0.00")),
        (Stage.FREIGHT, "FREIGHT", Decimal("8.00")),
        (Stage.TAX, "VAT_INCLUDED", Decimal("49.60")),
        (Stage.EARN, "POINTS_EARNED", Decimal("0.00")),
    ]
    assert quote.explanations[4].params == {"points": 1500}
    assert quote.near_misses == ()


def test_platform_reduction_comes_between_merchant_and_coupons():
    offers = [
        Coupon(ref="coupon:1", steps=off("5.00", "85.00")),
        PlatformReduction(ref="promotion:2", steps=off("10.00", "95.00")),
        Reduction(ref="promotion:3", steps=off("4.00", "100.00")),
    ]

    quote = price_basket([line("a", "100.00")], offers, vat_percent=VAT)

    assert [one.amount for one in quote.lines[0].adjustments] == yuan("4.00", "10.00", "5.00")
    assert quote.payable_amount == Decimal("81.00")


def test_units_are_refunded_cumulatively():
    def refunds(amount, units):
        steps = [share_up_to(Decimal(amount), k, units) for k in range(units + 1)]
        return [after - before for before, after in pairwise(steps)]

    assert refunds("10.00", 3) == yuan("3.33", "3.33", "3.34")
    assert refunds("99.99", 7) == yuan(
        "14.28", "14.28", "14.29", "14.28", "14.29", "14.28", "14.29"
    )
    assert share_up_to(Decimal("10.00"), 2, 3) == Decimal("6.66")
