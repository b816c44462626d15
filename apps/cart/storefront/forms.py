"""What a shopper may ask of the cart. Only the shape is looked at here; commands decide."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

DIGITS = re.compile(r"[0-9]{1,9}", re.ASCII)


class PlainInteger(forms.IntegerField):
    """One to nine ASCII digits: no signs, no other scripts' digits, no separators (fault F5)."""

    def to_python(self, value: Any) -> int | None:
        if value in self.empty_values:
            return None
        if not DIGITS.fullmatch(str(value)):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return int(value)


class AddForm(forms.Form):
    sku = PlainInteger(label=_("SKU"), min_value=1)
    quantity = PlainInteger(label=_("Quantity"), min_value=1, initial=1)


class QuantityForm(forms.Form):
    quantity = PlainInteger(label=_("Quantity"), min_value=1)
