"""Amounts as channels write them, read strictly (rule R9): ASCII digits in one form, nothing else."""

import re
from decimal import Decimal

from apps.core.money import from_fen, to_fen

_YUAN = re.compile(r"[0-9]{1,9}\.[0-9]{2}")
_FEN = re.compile(r"[1-9][0-9]{0,10}|0")
MOST_FEN = 10**11


def read_yuan(text: object) -> Decimal | None:
    """Return the amount of ``26.00``; ``None`` for every other way to write it."""
    return Decimal(text) if isinstance(text, str) and _YUAN.fullmatch(text) else None


def read_fen(value: object) -> Decimal | None:
    """Return the amount of the whole number 2600; ``None`` for anything that is not one."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < MOST_FEN:
        return None
    return from_fen(value)


def read_fen_text(text: object) -> Decimal | None:
    """Return the amount of the digits ``2600``; ``None`` for every other way to write it."""
    return from_fen(int(text)) if isinstance(text, str) and _FEN.fullmatch(text) else None


def as_yuan(amount: Decimal) -> str:
    return str(from_fen(to_fen(amount)))


def as_fen(amount: Decimal) -> int:
    return to_fen(amount)
