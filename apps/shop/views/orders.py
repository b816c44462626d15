"""A shopper's orders, or those of the guest that this browser belongs to."""

from django.db.models import OuterRef, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.cart.visitors import visitor_of
from apps.checkout.summaries import summary_of_order
from apps.core.numbers import is_number
from apps.logistics.selectors import parcels_by_order
from apps.orders.models import Adjustment, Order, OrderLine, OrderQuerySet, OrderStatus
from apps.orders.selectors import count_by_status
from apps.payments.models import Disposition, Payment
from apps.shop.order_page import OrderCard, OrderView

S = OrderStatus
PAGE_SIZE = 10
TABS = {
    "": (gettext_lazy("All"), ()),
    "unpaid": (gettext_lazy("To pay"), (S.UNPAID,)),
    "paid": (gettext_lazy("To be shipped"), (S.PAID,)),
    "shipped": (gettext_lazy("To receive"), (S.PARTIALLY_SHIPPED, S.SHIPPED)),
    "received": (gettext_lazy("Received"), (S.RECEIVED, S.COMPLETED)),
    "closed": (gettext_lazy("Cancelled"), (S.CANCELLED, S.CLOSED_REFUNDED)),
}


def orders_of(request: HttpRequest) -> OrderQuerySet:
    """Return the orders that this visitor placed, as a guest or signed in."""
    mine: OrderQuerySet = Order.objects.owned_by(visitor_of(request).owners)
    return mine


@never_cache
@require_safe
def orders(request: HttpRequest) -> HttpResponse:
    """The list, by state, newest first, a page at a time from the last one seen."""
    if not visitor_of(request).owners:
        return redirect(f"{reverse('sign-in')}?{urlencode({'next': request.get_full_path()})}")
    mine, tab = orders_of(request), request.GET.get("state", "")
    chosen = mine.filter(status__in=TABS[tab][1]) if TABS.get(tab, ("", ()))[1] else mine
    rows = list(_after(chosen, request.GET.get("before", ""))[: PAGE_SIZE + 1])
    shown = rows[:PAGE_SIZE]
    lines = _lines_by_order([order.pk for order in shown])
    told = {"state": tab, "before": shown[-1].number} if len(rows) > PAGE_SIZE else {}
    context = {
        "tabs": _tabs(count_by_status(mine), tab),
        "orders": [OrderCard(order, lines.get(order.pk, [])) for order in shown],
        "next_url": f"?{urlencode(told)}" if told else "",
    }
    return render(request, "shop/orders.html", context)


@never_cache
@require_safe
def order(request: HttpRequest, number: str) -> HttpResponse:
    return render(request, "shop/order.html", _order_context(_get(request, number)))


@never_cache
@require_safe
def order_print(request: HttpRequest, number: str) -> HttpResponse:
    return render(request, "shop/order_print.html", _order_context(_get(request, number)))


def _get(request: HttpRequest, number: str) -> Order:
    applied = Payment.objects.filter(
        reference=OuterRef("trade__number"), disposition=Disposition.APPLIED
    )
    mine = (
        orders_of(request)
        .select_related("trade", "merchant")
        .annotate(paid_with=Subquery(applied.values("provider")[:1]))
    )
    found: Order | None = mine.filter(number=number).first() if is_number(number) else None
    if found is None:
        raise Http404
    return found


def _after(chosen: OrderQuerySet, before: str) -> OrderQuerySet:
    rows = chosen.newest_first().select_related("trade", "merchant")
    if is_number(before):
        rows = rows.filter(pk__lt=Order.objects.filter(number=before).values("pk"))
    return rows


def _lines_by_order(order_ids: list[int]) -> dict[int, list[OrderLine]]:
    """Return the lines of each order; a list does not explain their prices, so without adjustments."""
    found: dict[int, list[OrderLine]] = {}
    for line in OrderLine.objects.filter(order_id__in=order_ids).order_by("pk"):
        found.setdefault(line.order_id, []).append(line)
    return found


def _tabs(counts: dict[str, int], current: str) -> list[dict[str, object]]:
    return [
        {
            "label": label,
            "url": f"?{urlencode({'state': key})}" if key else "?",
            "is_current": key == current,
            "count": sum(counts.get(status, 0) for status in states),
        }
        for key, (label, states) in TABS.items()
    ]


def _order_context(found: Order) -> dict[str, object]:
    lines = list(found.lines.order_by("pk"))
    has_refunds, has_parcels = found.refunding_amount > 0, found.shipped_at is not None
    view = OrderView(
        found,
        lines,
        refunds=list(found.refunds.order_by("pk")) if has_refunds else [],
        moves=list(found.moves.order_by("pk")),
    )
    adjustments = Adjustment.objects.filter(line__order=found) if found.discount_amount else []
    return {
        "order": found,
        "view": view,
        "summary": summary_of_order(found, adjustments),
        "parcels": parcels_by_order([found.pk]).get(found.pk, []) if has_parcels else [],
    }
