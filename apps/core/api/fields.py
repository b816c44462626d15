"""Fields that take what they say and nothing that merely looks like it (faults F4, F5)."""

import re
from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.core.text import is_clean

_DIGITS = re.compile(r"[0-9]{1,9}", re.ASCII)
_AMOUNT = re.compile(r"[0-9]{1,9}\.[0-9]{2}", re.ASCII)


class BoundedInt(serializers.IntegerField):
    """A whole number between two bounds: a JSON number, or 1 to 9 ASCII digits in a query."""

    def __init__(self, *, min_value: int, max_value: int, **kwargs: Any) -> None:
        super().__init__(min_value=min_value, max_value=max_value, **kwargs)

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, bool) or not isinstance(data, int | str):
            self.fail("invalid")
        if isinstance(data, str) and not _DIGITS.fullmatch(data):
            self.fail("invalid")
        return super().to_internal_value(data)


@extend_schema_field({"type": "string", "pattern": r"^[0-9]{1,9}\.[0-9]{2}$", "example": "12.50"})
class AmountField(serializers.Field[Decimal, Any, str, Any]):
    """Money as a string with exactly two places, never a float."""

    default_error_messages = {"invalid": 'An amount is a string such as "12.50".'}

    def to_internal_value(self, data: Any) -> Decimal:
        if not isinstance(data, str) or not _AMOUNT.fullmatch(data):
            self.fail("invalid")
        return Decimal(data)

    def to_representation(self, value: Decimal) -> str:
        return f"{value:.2f}"


class CleanCharField(serializers.CharField):
    """Text without NUL and lone surrogates, with a length that is always bounded."""

    def __init__(self, *, max_length: int, **kwargs: Any) -> None:
        super().__init__(max_length=max_length, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        if isinstance(data, bool | int | float) or not isinstance(data, str) or not is_clean(data):
            self.fail("invalid")
        return super().to_internal_value(data)
