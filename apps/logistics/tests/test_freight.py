from dataclasses import dataclass
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.logistics.freight import (
    ChargeBy,
    FreeReason,
    FreightLine,
    FreightTable,
    Package,
    Rate,
    Tariff,
    charge_package,
)
from apps.pricing.basket import PackageFreight

XIHU = ("330000", "330100", "330106")
LHASA = ("540000", "540100", "540102")


def yuan(text):
    return Decimal(text)


def a_rate(*regions, first=1, fee="8.00", extra=1, extra_fee="2.00", **more):
    return Rate(frozenset(regions), first, yuan(fee), extra, yuan(extra_fee), **more)


def a_tariff(*rates, template_id=1, shipping_class_id=None, charge_by=ChargeBy.PIECE, **more):
    return Tariff(template_id, 7, shipping_class_id, charge_by, rates or (a_rate(),), **more)


def a_line(key="a", *, quantity=1, grams=0, cm3=0, amount="10.00", shipping_class_id=None):
    return FreightLine(key, shipping_class_id, quantity, grams, cm3, yuan(amount))


def charged(merchant_id, amount, free_reason, refused):
    return PackageFreight(
        merchant_id=merchant_id,
        amount=amount,
        free_reason=free_reason,
        refused_line_keys=refused,
    )


def charge(lines, *tariffs, region=XIHU):
    return charge_package(Package(7, tuple(lines)), tariffs, region)


@pytest.mark.parametrize(
    ("quantity", "amount"), [(1, "8.00"), (2, "8.00"), (3, "10.50"), (5, "10.50"), (6, "13.00")]
)
def test_pieces_beyond_the_first_are_counted_in_begun_steps(quantity, amount):
    tariff = a_tariff(a_rate(first=2, fee="8.00", extra=3, extra_fee="2.50"))

    assert charge([a_line(quantity=quantity)], tariff) == charged(7, yuan(amount), None, ())


@pytest.mark.parametrize(
    ("grams", "quantity", "amount"),
    [(500, 2, "12.00"), (1001, 1, "15.00"), (700, 3, "18.00"), (1, 1, "12.00"), (0, 4, "12.00")],
)
def test_weight_is_that_of_all_lines_together(grams, quantity, amount):
    tariff = a_tariff(
        a_rate(first=1000, fee="12.00", extra=1000, extra_fee="3.00"), charge_by=ChargeBy.WEIGHT
    )

    assert charge([a_line(grams=grams, quantity=quantity)], tariff).amount == yuan(amount)


def test_volume_is_charged_in_cubic_centimetres():
    tariff = a_tariff(
        a_rate(first=30_000, fee="20.00", extra=10_000, extra_fee="5.00"),
        charge_by=ChargeBy.VOLUME,
    )

    assert charge([a_line(cm3=25_000, quantity=2)], tariff).amount == yuan("30.00")


def test_two_lines_of_one_tariff_are_charged_once():
    lines = [a_line("a", quantity=1), a_line("b", quantity=2)]

    assert charge(lines, a_tariff()).amount == yuan("12.00")


def test_each_shipping_class_has_a_tariff_of_its_own_and_the_rest_share_the_general_one():
    bulky = a_tariff(a_rate(fee="60.00"), template_id=2, shipping_class_id=5)
    lines = [a_line("sofa", shipping_class_id=5), a_line("cup", shipping_class_id=9), a_line("pen")]

    assert charge(lines, a_tariff(), bulky).amount == yuan("70.00")


def test_the_smallest_named_region_decides():
    tariff = a_tariff(
        a_rate(fee="9.00"),
        a_rate("330000", fee="6.00"),
        a_rate("330106", "330102", fee="3.00"),
    )

    assert charge([a_line()], tariff).amount == yuan("3.00")
    assert charge([a_line()], tariff, region=("330000", "330200", "330203")).amount == yuan("6.00")
    assert charge([a_line()], tariff, region=LHASA).amount == yuan("9.00")


def test_a_region_without_delivery_names_the_lines_that_cannot_go():
    fragile = a_tariff(
        a_rate(), a_rate("540000", is_refused=True), template_id=2, shipping_class_id=5
    )
    lines = [a_line("vase", shipping_class_id=5), a_line("cup")]

    assert charge(lines, a_tariff(), fragile, region=LHASA) == charged(
        7, yuan("8.00"), None, ("vase",)
    )


def test_a_region_that_no_rate_names_is_not_delivered_to():
    tariff = a_tariff(a_rate("330000"))

    assert charge([a_line("a"), a_line("b")], tariff, region=LHASA).refused_line_keys == ("a", "b")


@pytest.mark.parametrize(
    ("amount", "quantity", "reason"),
    [
        ("98.99", 4, None),
        ("99.00", 1, FreeReason.AMOUNT),
        ("10.00", 5, FreeReason.QUANTITY),
        ("99.00", 5, FreeReason.AMOUNT),
    ],
)
def test_enough_money_or_enough_pieces_travel_free(amount, quantity, reason):
    tariff = a_tariff(free_amount=yuan("99.00"), free_quantity=5)

    found = charge([a_line(amount=amount, quantity=quantity)], tariff)

    assert found.free_reason == reason
    assert (found.amount == 0) == (reason is not None)


@pytest.mark.parametrize(
    ("amount", "quantity", "is_free"),
    [("99.00", 4, False), ("98.99", 5, False), ("99.00", 5, True)],
)
def test_a_tariff_may_ask_for_both(amount, quantity, is_free):
    tariff = a_tariff(free_amount=yuan("99.00"), free_quantity=5, is_free_by_both=True)

    found = charge([a_line(amount=amount, quantity=quantity)], tariff)

    assert (found.amount == 0) is is_free


def test_far_regions_may_be_left_out_of_free_shipping():
    tariff = a_tariff(
        a_rate(), a_rate("540000", fee="25.00", is_never_free=True), free_amount=yuan("99.00")
    )

    assert charge([a_line(amount="200.00")], tariff).amount == yuan("0.00")
    assert charge([a_line(amount="200.00")], tariff, region=LHASA).amount == yuan("25.00")


def test_thresholds_look_at_the_lines_of_their_own_tariff_alone():
    bulky = a_tariff(
        a_rate(fee="60.00"), template_id=2, shipping_class_id=5, free_amount=yuan("100.00")
    )
    lines = [a_line("sofa", shipping_class_id=5, amount="99.00"), a_line("cup", amount="50.00")]

    assert charge(lines, a_tariff(), bulky).amount == yuan("68.00")


def test_a_merchant_without_tariffs_sends_for_nothing():
    assert charge([a_line()]) == charged(7, yuan("0.00"), FreeReason.NO_TARIFF, ())


def test_a_tariff_of_zero_says_that_it_is_free():
    assert charge([a_line()], a_tariff(a_rate(fee="0.00", extra=0, extra_fee="0.00"))) == charged(
        7, yuan("0.00"), FreeReason.TARIFF, ()
    )


def test_another_merchants_tariff_is_not_looked_at():
    other = Tariff(3, 8, None, ChargeBy.PIECE, (a_rate(fee="50.00"),))

    assert charge([a_line()], a_tariff(), other).amount == yuan("8.00")


@dataclass(frozen=True)
class ALine:
    key: str
    merchant_id: int
    quantity: int = 1
    weight_grams: int = 0
    volume_cm3: int = 0
    shipping_class_id: int | None = None


def test_a_table_charges_one_package_per_merchant_by_the_amounts_it_is_told():
    table = FreightTable((a_tariff(free_amount=yuan("99.00")),), XIHU)
    lines = [ALine("a", 7, quantity=3), ALine("b", 8), ALine("c", 7)]

    before = table.charge(lines, {"a": yuan("90.00"), "b": yuan("5.00"), "c": yuan("9.00")})
    after = table.charge(lines, {"a": yuan("80.00"), "b": yuan("5.00"), "c": yuan("9.00")})

    assert before == [
        charged(7, yuan("0.00"), FreeReason.AMOUNT, ()),
        charged(8, yuan("0.00"), FreeReason.NO_TARIFF, ()),
    ]
    assert after[0] == charged(7, yuan("14.00"), None, ())


@given(
    first=st.integers(1, 50),
    extra=st.integers(1, 50),
    quantities=st.lists(st.integers(1, 99), min_size=1, max_size=6),
)
def test_freight_does_not_depend_on_the_order_of_lines_and_never_falls(first, extra, quantities):
    tariff = a_tariff(a_rate(first=first, extra=extra))
    lines = [a_line(str(place), quantity=each) for place, each in enumerate(quantities)]

    whole = charge(lines, tariff).amount

    assert whole == charge(reversed(lines), tariff).amount
    assert whole >= charge(lines[:-1] or lines, tariff).amount
    assert whole == charge([a_line(quantity=sum(quantities))], tariff).amount
