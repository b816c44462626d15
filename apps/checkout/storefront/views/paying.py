"""From a placed trade to a paid one: choose a channel, pay there, come back."""

import logging

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.cart.visitors import visitor_of
from apps.checkout.services import apply_channel_fact, start_trade_payment
from apps.checkout.storefront.pages import ChargeView, channel_rows, charge_view, read_way
from apps.core.errors import Refusal
from apps.core.middleware import client_ip
from apps.orders.models import Trade, TradeStatus
from apps.payments.gateways.charges import ChargeKind
from apps.payments.selectors import list_channels, list_live_payments
from apps.payments.services import query_channel

log = logging.getLogger(__name__)


@never_cache
@require_GET
def trade(request: HttpRequest, number: str) -> HttpResponse:
    """Go where the trade is to be looked at now: to the pay page, to its order, or to all orders."""
    found = _own_trade(request, number)
    if found.is_unpaid:
        return redirect("trade-pay", found.number)
    orders = list(found.orders.order_by("pk")[:2])
    return redirect(orders[0]) if len(orders) == 1 else redirect("orders")


@never_cache
@require_GET
def pay(request: HttpRequest, number: str) -> HttpResponse:
    """Show the ways to pay and the time that is left."""
    found = _own_trade(request, number)
    if not found.is_unpaid:
        return redirect(found)
    return _pay_page(request, found)


@never_cache
@require_POST
def payments(request: HttpRequest, number: str) -> HttpResponse:
    """Open a charge at the chosen channel and show it, or go to the channel's page."""
    found = _own_trade(request, number)
    chosen = request.POST.get("provider", "")
    way = read_way(chosen)
    if way is None:
        messages.error(request, _("Choose one of the ways to pay."))
        return redirect("trade-pay", found.number)
    provider, scene = way
    try:
        charge = start_trade_payment(
            trade_id=found.pk, provider=provider, scene=scene, payer_ip=client_ip(request)
        )
    except Refusal as refusal:
        messages.error(request, refusal.message)
        return redirect(found)
    if charge.kind is ChargeKind.REDIRECT:
        return redirect(charge.url)
    label = next(
        (
            row.label
            for row in channel_rows(list_channels(found.payable_amount), chosen)
            if row.is_chosen
        ),
        "",
    )
    return _pay_page(request, found, charge_view(charge, label), chosen)


@never_cache
@require_GET
def state(request: HttpRequest, number: str) -> JsonResponse:
    """Say whether it is paid, for the page that waits."""
    found = _own_trade(request, number)
    return JsonResponse({"state": found.status, "next": reverse("trade-done", args=[number])})


@csrf_exempt  # the bank's page posts the shopper's browser back to us; nothing is believed of what it says
@never_cache
@require_http_methods(["GET", "POST"])
def done(request: HttpRequest, number: str) -> HttpResponse:
    """Receive a shopper who comes back from a channel: ask the channel, and show what is true."""
    if request.method == "POST":
        return redirect("trade-done", number)
    found = _own_trade(request, number)
    if found.is_unpaid:
        _ask_channels(found)
        found.refresh_from_db()
    if found.status == TradeStatus.PAID:
        orders = list(found.orders.select_related("merchant").order_by("pk"))
        return render(request, "checkout/paid.html", {"trade": found, "orders": orders})
    if found.is_unpaid:
        messages.info(request, _("We have not heard of your payment yet. It can take a moment."))
    return redirect(found)


def _pay_page(
    request: HttpRequest, found: Trade, charge: ChargeView | None = None, chosen: str = ""
) -> HttpResponse:
    number = found.number
    context = {
        "trade": found,
        "channels": channel_rows(list_channels(found.payable_amount), chosen),
        "charge": charge,
        "payments_url": reverse("trade-payments", args=[number]),
        "state_url": reverse("trade-state", args=[number]),
        "socket_url": f"/ws/trades/{number}/",
        "done_url": reverse("trade-done", args=[number]),
        "cancel_url": reverse("trade-cancellation", args=[number]),
    }
    return render(request, "checkout/pay.html", context)


def _ask_channels(found: Trade) -> None:
    """Do what the poller would do a little later: the return itself proves nothing."""
    for payment in list_live_payments(found.number):
        fact = query_channel(payment.pk)
        if fact is not None:
            apply_channel_fact(fact)


def _own_trade(request: HttpRequest, number: str) -> Trade:
    mine = Trade.objects.owned_by(visitor_of(request).owners)
    found: Trade = get_object_or_404(mine, number=number)
    return found
