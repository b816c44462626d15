"""Trades, orders and refunds on the wire. Written by commands alone."""

from typing import Any

from rest_framework import serializers

from apps.core.api.fields import AmountField
from apps.orders.models import OrderRefundStatus, OrderStatus, TradeStatus


class OrderLineSerializer(serializers.Serializer[Any]):
    number = serializers.CharField()
    sku_id = serializers.IntegerField()
    sku_code = serializers.CharField()
    name = serializers.CharField()
    spec_text = serializers.CharField()
    image_url = serializers.CharField()
    unit_price = AmountField()
    quantity = serializers.IntegerField()
    goods_amount = AmountField()
    discount_amount = AmountField()
    payable_amount = AmountField()
    freight_amount = AmountField()
    tax_amount = AmountField()
    shipped_quantity = serializers.IntegerField()
    refunded_quantity = serializers.IntegerField()
    refunded_amount = AmountField()


class OrderBriefSerializer(serializers.Serializer[Any]):
    number = serializers.CharField()
    trade = serializers.CharField(source="trade.number")
    merchant_id = serializers.IntegerField()
    status = serializers.ChoiceField(choices=OrderStatus.choices)
    goods_amount = AmountField()
    discount_amount = AmountField()
    freight_amount = AmountField()
    tax_amount = AmountField()
    payable_amount = AmountField()
    refunded_amount = AmountField()
    currency = serializers.CharField()
    placed_at = serializers.DateTimeField()
    paid_at = serializers.DateTimeField(allow_null=True)
    shipped_at = serializers.DateTimeField(allow_null=True)
    auto_receive_at = serializers.DateTimeField(allow_null=True)
    received_at = serializers.DateTimeField(allow_null=True)
    completed_at = serializers.DateTimeField(allow_null=True)


class OrderSerializer(OrderBriefSerializer):
    recipient = serializers.CharField()
    phone = serializers.CharField()
    region_code = serializers.CharField()
    region_text = serializers.CharField()
    street = serializers.CharField()
    remark = serializers.CharField()
    lines = OrderLineSerializer(many=True)


class TradeSerializer(serializers.Serializer[Any]):
    number = serializers.CharField()
    status = serializers.ChoiceField(choices=TradeStatus.choices)
    goods_amount = AmountField()
    discount_amount = AmountField()
    freight_amount = AmountField()
    payable_amount = AmountField()
    currency = serializers.CharField()
    placed_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    paid_at = serializers.DateTimeField(allow_null=True)
    cancelled_at = serializers.DateTimeField(allow_null=True)
    cancel_reason = serializers.CharField()
    orders = serializers.SerializerMethodField()

    def get_orders(self, trade: Any) -> list[str]:
        return [order.number for order in trade.orders.all()]


class OrderRefundSerializer(serializers.Serializer[Any]):
    number = serializers.CharField(source="refund.number", default="")
    order = serializers.CharField(source="order.number")
    amount = AmountField()
    status = serializers.ChoiceField(choices=OrderRefundStatus.choices)
    reason = serializers.CharField()
    requested_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
