"""Quotes, placing and paying on the wire."""

from typing import Any

from rest_framework import serializers

from apps.core.api.fields import AmountField, BoundedInt, CleanCharField
from apps.payments.gateways.charges import ChargeKind, Scene
from apps.payments.models import PaymentStatus, Provider

MOST = 999_999
MAX_LINES = 1000


class BasketLineSerializer(serializers.Serializer[Any]):
    sku_id = BoundedInt(min_value=1, max_value=2**31 - 1)
    quantity = BoundedInt(min_value=1, max_value=MOST)


class QuoteRequestSerializer(serializers.Serializer[Any]):
    """What to price: these lines, or without any the selected lines of the cart."""

    lines = serializers.ListField(
        child=BasketLineSerializer(), required=False, max_length=MAX_LINES
    )
    address_id = BoundedInt(min_value=1, max_value=2**31 - 1, required=False)
    region_code = CleanCharField(max_length=6, required=False)


class QuotedLineSerializer(serializers.Serializer[Any]):
    sku_id = serializers.IntegerField()
    quantity = serializers.IntegerField()
    unit_price = AmountField()
    goods_amount = AmountField()
    discount_amount = AmountField()
    freight_amount = AmountField()
    tax_amount = AmountField(help_text="VAT, included in the price.")
    payable_amount = AmountField(help_text="Goods less reductions; freight stands beside it.")


class QuotedPackageSerializer(serializers.Serializer[Any]):
    merchant_id = serializers.IntegerField()
    amount = AmountField()
    free_reason = serializers.CharField(allow_blank=True)


class QuoteProblemSerializer(serializers.Serializer[Any]):
    sku_id = serializers.IntegerField()
    code = serializers.CharField()
    message = serializers.CharField()


class QuoteSerializer(serializers.Serializer[Any]):
    """What a basket would cost now. ``quote`` is the signed word on it that placing asks for."""

    quote = serializers.CharField()
    lines = QuotedLineSerializer(many=True)
    packages = QuotedPackageSerializer(many=True)
    problems = QuoteProblemSerializer(many=True)
    goods_amount = AmountField()
    discount_amount = AmountField()
    freight_amount = AmountField()
    tax_amount = AmountField()
    payable_amount = AmountField()
    is_freight_known = serializers.BooleanField()


class RemarkSerializer(serializers.Serializer[Any]):
    merchant_id = BoundedInt(min_value=1, max_value=2**31 - 1)
    text = CleanCharField(max_length=200)


class PlaceSerializer(serializers.Serializer[Any]):
    """What a trade is placed with: the quote that was shown, and where the goods go."""

    quote = CleanCharField(max_length=60_000)
    address_id = BoundedInt(min_value=1, max_value=2**31 - 1)
    remarks = serializers.ListField(child=RemarkSerializer(), required=False, max_length=50)


class StartPaymentSerializer(serializers.Serializer[Any]):
    provider = serializers.ChoiceField(choices=Provider.choices)
    scene = serializers.ChoiceField(choices=[scene.value for scene in Scene])
    open_id = CleanCharField(max_length=128, required=False, default="", allow_blank=True)


class ChargeSerializer(serializers.Serializer[Any]):
    """What the shopper's app needs in order to pay."""

    payment = serializers.CharField(source="payment_number")
    kind = serializers.ChoiceField(choices=[kind.value for kind in ChargeKind])
    url = serializers.CharField(allow_blank=True)
    fields_to_post = serializers.DictField(child=serializers.CharField(), source="fields")
    qr_text = serializers.CharField(allow_blank=True)


class PaymentSerializer(serializers.Serializer[Any]):
    number = serializers.CharField()
    provider = serializers.ChoiceField(choices=Provider.choices)
    status = serializers.ChoiceField(choices=PaymentStatus.choices)
    amount = AmountField()
    refunded_amount = AmountField()
    currency = serializers.CharField()
    paid_at = serializers.DateTimeField(allow_null=True)


class CancelSerializer(serializers.Serializer[Any]):
    reason = CleanCharField(max_length=200, required=False, default="", allow_blank=True)


class CancellationSerializer(serializers.Serializer[Any]):
    """REFUNDING: the money is on its way. ASKED: the merchant decides until ``decide_by``."""

    outcome = serializers.ChoiceField(choices=["CANCELLED", "REFUNDING", "ASKED"])
    decide_by = serializers.DateTimeField(required=False, allow_null=True)
