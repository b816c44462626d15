"""Is this text one that Postgres can hold and a person can have meant? (faults F1, F2)"""

from typing import Any
from unicodedata import category

MAX_JSON_DEPTH = 32
_DIRECTION_OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def is_clean(text: str) -> bool:
    """Say whether a text is free of NUL and of lone surrogates."""
    return "\0" not in text and not any("\ud800" <= char <= "\udfff" for char in text)


def is_one_line(text: str) -> bool:
    """Say whether a text is clean and free of line breaks, control characters and direction overrides."""
    return is_clean(text) and not any(
        category(char) in {"Cc", "Zl", "Zp"} or char in _DIRECTION_OVERRIDES for char in text
    )


def must_be_clean_json(value: Any, depth: int = 0) -> None:
    """
    Check a decoded JSON value for what no column can hold.

    :raises ValueError: with the reason
    """
    if depth > MAX_JSON_DEPTH:
        raise ValueError("it is nested too deeply")
    if isinstance(value, str):
        if not is_clean(value):
            raise ValueError("it holds characters that are not text")
    elif isinstance(value, dict):
        for key, inner in value.items():
            must_be_clean_json(key, depth + 1)
            must_be_clean_json(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            must_be_clean_json(inner, depth + 1)
