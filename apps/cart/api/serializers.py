"""Cart lines on the wire."""

from typing import Any

from rest_framework import serializers

from apps.core.api.fields import AmountField, BoundedInt

MOST = 999_999


class CartLineSerializer(serializers.Serializer[Any]):
    """One line, with the goods as they are now."""

    id = serializers.IntegerField()
    sku_id = serializers.IntegerField()
    name = serializers.CharField()
    spec_text = serializers.CharField()
    merchant_id = serializers.IntegerField()
    unit_price = AmountField(help_text="What one piece costs now.")
    added_price = AmountField(help_text="What it cost when it was put into the cart.")
    quantity = serializers.IntegerField()
    is_selected = serializers.BooleanField()
    problem = serializers.CharField(
        allow_blank=True, help_text="The code of what speaks against buying it; empty: nothing."
    )


class CartLineWriteSerializer(serializers.Serializer[Any]):
    sku_id = BoundedInt(min_value=1, max_value=2**31 - 1)
    quantity = BoundedInt(min_value=1, max_value=MOST)


class CartLineChangeSerializer(serializers.Serializer[Any]):
    quantity = BoundedInt(min_value=1, max_value=MOST, required=False)
    is_selected = serializers.BooleanField(required=False)
