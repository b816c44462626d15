"""Numbers that people see: 20 digits, the day in front, not guessable, with a check digit."""

import secrets

from apps.core import clock

DIGITS = 20
_RANDOM_DIGITS = 13


def new_number() -> str:
    """Return yymmdd, 13 random digits and the ISO 7064 MOD 11,10 check digit. Uniqueness is the database's."""
    body = f"{clock.today():%y%m%d}{secrets.randbelow(10**_RANDOM_DIGITS):0{_RANDOM_DIGITS}d}"
    return body + _check_digit(body)


def is_number(text: str) -> bool:
    """Say whether a text can be one of our numbers, before anything is looked up."""
    return (
        len(text) == DIGITS
        and text.isascii()
        and text.isdigit()
        and text[-1] == _check_digit(text[:-1])
    )


def _check_digit(body: str) -> str:
    product = 10
    for char in body:
        total = (int(char) + product) % 10 or 10
        product = total * 2 % 11
    return str((11 - product) % 10)
