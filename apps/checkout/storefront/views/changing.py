"""What a shopper may do about a trade or an order: cancel it, confirm receipt, ask for more time."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.cart.visitors import visitor_of
from apps.checkout.services import cancel_order, cancel_trade
from apps.core.errors import Refusal
from apps.core.text import is_clean
from apps.orders.models import CancellationRequest, CancelReason, Order, Trade
from apps.orders.services import extend_receipt, receive_order

MAX_REASON = 200


@require_POST
def cancel(request: HttpRequest, number: str) -> HttpResponse:
    """Cancel a trade that is not paid."""
    visitor = visitor_of(request)
    trade: Trade = get_object_or_404(Trade.objects.owned_by(visitor.owners), number=number)
    _try(
        request,
        lambda: cancel_trade(trade_id=trade.pk, reason=CancelReason.SHOPPER, actor=visitor.user),
        _("The order is cancelled. Nothing was charged."),
    )
    return redirect(trade)


@require_POST
def cancel_paid(request: HttpRequest, number: str) -> HttpResponse:
    """Cancel an order that is paid and not shipped, or ask the merchant to."""
    visitor, order = visitor_of(request), _own_order(request, number)
    reason = request.POST.get("reason", "")[:MAX_REASON]

    def work() -> str:
        made = cancel_order(
            order_id=order.pk, reason=reason if is_clean(reason) else "", actor=visitor.user
        )
        if isinstance(made, CancellationRequest):
            return _("The parcel is packed already. The seller decides within 24 hours.")
        return _("The order is cancelled. Your money is on its way back.")

    _try(request, work)
    return redirect(order)


@require_POST
def receipt(request: HttpRequest, number: str) -> HttpResponse:
    """Confirm that everything has arrived."""
    order = _own_order(request, number)
    user = visitor_of(request).user
    _try(
        request,
        lambda: receive_order(order_id=order.pk, actor=user),
        _("Thank you. Receipt is confirmed."),
    )
    return redirect(order)


@require_POST
def extension(request: HttpRequest, number: str) -> HttpResponse:
    """Ask for more time before receipt is confirmed automatically."""
    order = _own_order(request, number)
    _try(
        request,
        lambda: extend_receipt(order_id=order.pk),
        _("You have three more days to confirm receipt."),
    )
    return redirect(order)


def _try(request: HttpRequest, work: Callable[[], object], good_news: str = "") -> None:
    """Run a command and tell the shopper how it went; ``work`` may return the good news itself."""
    try:
        news = work()
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, news if isinstance(news, str) else good_news)


def _own_order(request: HttpRequest, number: str) -> Order:
    mine = Order.objects.owned_by(visitor_of(request).owners)
    order: Order = get_object_or_404(mine, number=number)
    return order
