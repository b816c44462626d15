from datetime import timedelta
from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from apps.core import clock
from apps.core.numbers import new_number
from apps.payments import models
from apps.payments.gateways.facts import ChannelFact, FactKind

PAYEE = "test-app/test-merchant"


class PaymentFactory(DjangoModelFactory):
    """An attempt that waits for the channel."""

    class Meta:
        model = models.Payment

    number = factory.LazyFunction(new_number)
    out_trade_no = factory.SelfAttribute("number")
    reference = factory.LazyFunction(new_number)
    provider = models.Provider.ALIPAY
    scene = "PAGE"
    subject = "订单"
    amount = Decimal("26.00")
    payee = PAYEE
    status = models.PaymentStatus.PENDING
    expires_at = factory.LazyFunction(lambda: clock.now() + timedelta(minutes=30))


def a_payment_for(trade, **fields):
    """An attempt to pay a trade."""
    return PaymentFactory(reference=trade.number, amount=trade.payable_amount, **fields)


def paid_fact(payment, **changes):
    """What the channel answers once the shopper has paid; that it was asked is on record, as always."""
    models.ChannelCall.objects.create(
        provider=payment.provider, operation="query", reference=payment.out_trade_no, status=200
    )
    values = {
        "provider": payment.provider,
        "kind": FactKind.PAYMENT,
        "is_success": True,
        "out_trade_no": payment.out_trade_no,
        "channel_transaction_no": f"channel-{payment.number}",
        "amount": payment.amount,
        "payee": payment.payee,
        "occurred_at": clock.now(),
    }
    return ChannelFact(**(values | changes))


def refunded_fact(refund, **changes):
    """What the channel says once a refund has reached the shopper."""
    values = {
        "provider": refund.provider,
        "kind": FactKind.REFUND,
        "is_success": True,
        "out_trade_no": refund.payment.out_trade_no,
        "out_refund_no": refund.number,
        "channel_refund_no": f"refund-{refund.number}",
        "amount": refund.amount,
        "occurred_at": clock.now(),
    }
    return ChannelFact(**(values | changes))
