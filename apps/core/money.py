"""Money is Decimal with two places at the edges and whole fen inside the arithmetic. Pure Python."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal, localcontext

FEN = Decimal("0.01")
ZERO = Decimal("0.00")


def to_fen(amount: Decimal) -> int:
    """
    Return an amount in yuan as whole fen.

    :raises ValueError: if it has a fraction of a fen, is not finite, or is not a Decimal
    """
    if not isinstance(amount, Decimal) or not amount.is_finite():
        raise ValueError(f"not an amount of money: {amount!r}")
    fen = amount.scaleb(2)
    if fen != fen.to_integral_value():
        raise ValueError(f"{amount} has a fraction of a fen")
    return int(fen)


def from_fen(fen: int) -> Decimal:
    """Return whole fen as an amount in yuan with exactly two places."""
    return Decimal(fen).scaleb(-2)


def round_half_up(amount: Decimal) -> Decimal:
    """Return the amount rounded half-up to the fen, as percentages and taxes are."""
    with localcontext() as context:
        context.prec = 40
        return amount.quantize(FEN, rounding=ROUND_HALF_UP)


def split_fen(total: int, weights: Sequence[int]) -> list[int]:
    """
    Return shares of ``total`` fen in proportion to ``weights`` that sum to it exactly.

    Each share is the exact one rounded down; the fen that are left go to the largest remainders,
    ties to the larger weight and then to the earlier place (pricing.md 3.3). A weight of zero gets zero.

    :raises ValueError: if total or a weight is negative, or if there is something to split and no weight
    """
    if total < 0 or any(weight < 0 for weight in weights):
        raise ValueError("neither the total nor a weight may be negative")
    whole = sum(weights)
    if total == 0:
        return [0] * len(weights)
    if whole == 0:
        raise ValueError("nothing to split by: every weight is zero")
    shares = [total * weight // whole for weight in weights]
    order = sorted(
        range(len(weights)),
        key=lambda place: (-(total * weights[place] % whole), -weights[place], place),
    )
    for place in order[: total - sum(shares)]:
        shares[place] += 1
    return shares


def split(amount: Decimal, weights: Sequence[Decimal | int]) -> list[Decimal]:
    """
    Return shares of ``amount`` (yuan) in proportion to ``weights`` that sum to it to the fen.

    :raises ValueError: as ``split_fen``
    """
    exponent = min((Decimal(weight).as_tuple().exponent for weight in weights), default=0)
    scale = -exponent if isinstance(exponent, int) and exponent < 0 else 0
    whole = [int(Decimal(weight).scaleb(scale)) for weight in weights]
    return [from_fen(share) for share in split_fen(to_fen(amount), whole)]


def share_up_to(amount: Decimal, units: int, of_units: int) -> Decimal:
    """
    Return R(k): what ``units`` out of ``of_units`` are worth of ``amount``, cumulatively.

    Floor for a part, everything for the whole (pricing.md 3.4), so the refund of units a→b is
    ``share_up_to(b) - share_up_to(a)`` and any path adds up to the amount.

    :raises ValueError: unless 0 <= units <= of_units and of_units > 0
    """
    if not 0 <= units <= of_units or of_units == 0:
        raise ValueError(f"{units} units of {of_units}")
    return from_fen(to_fen(amount) * units // of_units)
