"""Money: exact, in whole fen, and never a float."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.core.money import from_fen, round_half_up, share_up_to, split, split_fen, to_fen


@given(st.integers(-(10**14), 10**14))
def test_fen_and_yuan_are_the_same_money(fen):
    assert to_fen(from_fen(fen)) == fen
    assert from_fen(fen).as_tuple().exponent == -2


@pytest.mark.parametrize("value", [1.0, 1, "1.00", None, True])
def test_only_decimals_are_money(value):
    with pytest.raises(ValueError, match="not an amount"):
        to_fen(value)


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity", "sNaN"])
def test_what_is_not_finite_is_no_money(text):
    with pytest.raises(ValueError, match="not an amount"):
        to_fen(Decimal(text))


@pytest.mark.parametrize("text", ["0.001", "26.005", "1e-3"])
def test_a_fraction_of_a_fen_is_no_money(text):
    with pytest.raises(ValueError, match="fraction"):
        to_fen(Decimal(text))


@pytest.mark.parametrize(
    ("text", "rounded"),
    [
        ("0.005", "0.01"),
        ("0.004999", "0.00"),
        ("2.675", "2.68"),
        ("-0.005", "-0.01"),
        ("1", "1.00"),
    ],
)
def test_halves_go_up(text, rounded):
    assert str(round_half_up(Decimal(text))) == rounded


@given(st.integers(0, 10**10), st.lists(st.integers(0, 10**8), min_size=1, max_size=40))
@settings(deadline=None)
def test_shares_sum_to_the_whole(total, weights):
    if total and not sum(weights):
        with pytest.raises(ValueError, match="nothing to split by"):
            split_fen(total, weights)
        return
    shares = split_fen(total, weights)

    assert sum(shares) == total
    assert all(share == 0 for share, weight in zip(shares, weights, strict=True) if not weight)


@given(
    st.integers(0, 10**8).map(lambda fen: Decimal(fen).scaleb(-2)),
    st.lists(st.decimals(0, 10**6, places=3), min_size=1, max_size=20).filter(sum),
)
@settings(deadline=None)
def test_yuan_split_by_any_weights_sum_to_the_fen(amount, weights):
    shares = split(amount, weights)

    assert sum(shares) == amount
    assert all(share.as_tuple().exponent == -2 for share in shares)


def test_ties_go_to_the_larger_weight_and_then_to_the_first():
    assert split_fen(1, [5, 5]) == [1, 0]
    assert split_fen(2, [1, 1, 1]) == [1, 1, 0]
    assert split_fen(3, [1, 2, 3]) == [0, 1, 2]  # both remainders are a half: the larger weight


@pytest.mark.parametrize(("total", "weights"), [(-1, [1]), (1, [-1, 2])])
def test_nothing_negative_is_split(total, weights):
    with pytest.raises(ValueError, match="negative"):
        split_fen(total, weights)


@pytest.mark.parametrize(("units", "of_units"), [(-1, 3), (4, 3), (0, 0)])
def test_units_lie_within_their_line(units, of_units):
    with pytest.raises(ValueError, match="units"):
        share_up_to(Decimal("1.00"), units, of_units)
