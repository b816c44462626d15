"""A shopper picks a channel: the payment's row is committed first, then the channel is asked."""

from django.utils.translation import gettext_lazy as _

from apps.checkout.services.settling import apply_channel_fact
from apps.core import clock
from apps.core.errors import Refusal
from apps.core.retrying import whole_transaction
from apps.orders.models import Trade, TradeStatus
from apps.payments.gateways.charges import Charge, Scene
from apps.payments.models import Payment, Purpose
from apps.payments.services import (
    MoneyRequest,
    ask_channel_to_close,
    finish_closing,
    open_charge,
    start_payment,
)


class NotPayable(Refusal):
    code = "NOT_PAYABLE"
    http_status = 409
    text = _("This order cannot be paid any more: it is “{status}”.")


class PaymentTimeOver(Refusal):
    code = "PAYMENT_TIME_OVER"
    http_status = 409
    text = _("The time to pay is over. Please order again.")


def start_trade_payment(
    *, trade_id: int, provider: str, scene: Scene, payer_ip: str, open_id: str = ""
) -> Charge:
    """
    Ask a channel for the trade's money and return what the shopper needs to pay.

    Another attempt that is still open is closed first; if that one was paid meanwhile, its money counts.

    :raises NotPayable, PaymentTimeOver: if the trade does not wait for money
    :raises ChannelRefused, ChannelUnavailable: (payments) if the channel is off or does not answer
    """
    payment, superseded = _start(trade_id, provider, scene)
    for payment_id in superseded:
        fact = ask_channel_to_close(payment_id)
        if fact is not None:
            apply_channel_fact(fact)
        finish_closing(payment_id=payment_id)
    if superseded:
        _must_still_wait(trade_id)
    return open_charge(payment.pk, payer_ip=payer_ip, open_id=open_id)


@whole_transaction
def _start(trade_id: int, provider: str, scene: Scene) -> tuple[Payment, list[int]]:
    trade = Trade.objects.locked().get(pk=trade_id)
    _must_be_payable(trade)
    request = MoneyRequest(
        reference=trade.number,
        purpose=Purpose.TRADE,
        amount=trade.payable_amount,
        currency=trade.currency,
        subject=str(_("EMShop order {number}")).format(number=trade.number),
        expires_at=trade.expires_at,
    )
    return start_payment(request, provider=provider, scene=scene)


def _must_still_wait(trade_id: int) -> None:
    _must_be_payable(Trade.objects.get(pk=trade_id))


def _must_be_payable(trade: Trade) -> None:
    if trade.status != TradeStatus.UNPAID:
        raise NotPayable(status=TradeStatus(trade.status).label)
    if trade.expires_at <= clock.now():
        raise PaymentTimeOver
