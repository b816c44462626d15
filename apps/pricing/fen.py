"""Between yuan at the edges and whole fen inside: the conversions of the hot path, remembered."""

from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from apps.core.money import from_fen, to_fen

fen_of = lru_cache(maxsize=65_536, typed=True)(to_fen)
yuan_of = lru_cache(maxsize=65_536)(from_fen)


@lru_cache(maxsize=1024)
def _ratio(percent: Decimal) -> tuple[int, int]:
    return (Fraction(percent) / 100).as_integer_ratio()


@lru_cache(maxsize=1024)
def _vat_ratio(percent: Decimal) -> tuple[int, int]:
    rate = Fraction(percent)
    return (rate / (100 + rate)).as_integer_ratio()


def percent_of(fen: int, percent: Decimal) -> int:
    """Return so many percent of an amount, rounded half-up to the fen."""
    top, bottom = _ratio(percent)
    return (2 * fen * top + bottom) // (2 * bottom)


def vat_in(fen: int, percent: Decimal) -> int:
    """Return the VAT that an amount includes, rounded half-up to the fen."""
    top, bottom = _vat_ratio(percent)
    return (2 * fen * top + bottom) // (2 * bottom)
