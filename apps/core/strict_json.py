"""JSON as the shop reads it from strangers: bounded, unambiguous, finite (rule R22)."""

import json
from typing import Any

from apps.core.text import MAX_JSON_DEPTH, must_be_clean_json

MAX_JSON_BYTES = 64 * 1024
MAX_DIGITS = 20


class MalformedJson(ValueError):
    """The text is not JSON that the shop reads; the message says why."""


def read_strict_json(raw: bytes) -> Any:
    """
    Return the decoded value.

    :raises MalformedJson: not UTF-8, too large, too deep, duplicate keys, NaN or infinite numbers, NUL or
        surrogates in a text
    """
    if len(raw) > MAX_JSON_BYTES:
        raise MalformedJson(f"it has more than {MAX_JSON_BYTES} bytes")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as problem:
        raise MalformedJson("it is not UTF-8") from problem
    if _depth_of(text) > MAX_JSON_DEPTH:
        raise MalformedJson("it is nested too deeply")
    try:
        value = json.loads(
            text,
            object_pairs_hook=_without_duplicates,
            parse_constant=_refuse_constant,
            parse_float=_finite,
            parse_int=_bounded,
        )
        must_be_clean_json(value)
    except ValueError as problem:
        raise MalformedJson(str(problem)) from problem
    return value


def _depth_of(text: str) -> int:
    """Return the deepest bracket, counted before anything recurses; brackets in strings only make it stricter."""
    depth = deepest = 0
    for char in text:
        if char in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif char in "]}":
            depth -= 1
    return deepest


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a number")


def _finite(digits: str) -> float:
    value = float(digits)
    if value in {float("inf"), float("-inf")}:
        raise ValueError("a number is too large")
    return value


def _bounded(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise ValueError("a number has too many digits")
    return int(digits)
