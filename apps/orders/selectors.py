"""Questions about trades and orders."""

from collections import defaultdict
from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from django.db.models import Count, F, QuerySet, Sum

from apps.core import clock
from apps.core.numbers import is_number
from apps.core.secrets import keyed_hash
from apps.orders.models import Order, OrderHold, OrderLine, OrderStatus, Trade


def find_trade_of_form(*, owner: str, checkout_key: UUID) -> Trade | None:
    """Return the trade that this owner's form has made already, if it has."""
    return Trade.objects.filter(owner=owner, checkout_key=checkout_key).first()


def find_trade(number: str) -> Trade | None:
    """Return the trade of a number, whoever asks; doors look among the asker's own instead."""
    return Trade.objects.filter(number=number).first() if is_number(number) else None


def find_guest_trade(number: str, last_digits: str) -> Trade | None:
    """Return a trade by number and the last four digits of its contact phone."""
    if not is_number(number):
        return None
    hashed = keyed_hash(last_digits, "phone-last4")
    return Trade.objects.filter(number=number, contact_last4_hash=hashed).first()


def bought_quantities(
    *, shopper_id: int, sku_ids: Collection[int], within: timedelta | None = None
) -> dict[int, int]:
    """Return how many of each SKU the shopper has bought, paid or not, less what was cancelled or refunded."""
    lines = OrderLine.objects.filter(
        order__trade__shopper_id=shopper_id, sku_id__in=sku_ids
    ).exclude(order__status__in=[OrderStatus.CANCELLED, OrderStatus.CLOSED_REFUNDED])
    if within is not None:
        lines = lines.filter(order__placed_at__gte=clock.now() - within)
    sums = lines.values("sku_id").annotate(total=Sum(F("quantity") - F("refunded_quantity")))
    return {row["sku_id"]: row["total"] for row in sums}


def lines_by_order(order_ids: Collection[int]) -> dict[int, list[OrderLine]]:
    """Return the lines of each order with their adjustments, in the order in which they were bought."""
    found: dict[int, list[OrderLine]] = defaultdict(list)
    lines = OrderLine.objects.filter(order_id__in=order_ids).order_by("pk")
    for line in lines.prefetch_related("adjustments"):
        found[line.order_id].append(line)
    return dict(found)


def holds_by_order(order_ids: Collection[int]) -> dict[int, list[OrderHold]]:
    """Return the holds that stand on each order."""
    found: dict[int, list[OrderHold]] = defaultdict(list)
    for hold in OrderHold.objects.filter(order_id__in=order_ids, lifted_at=None).order_by("pk"):
        found[hold.order_id].append(hold)
    return dict(found)


def count_by_status(orders: QuerySet[Order]) -> dict[str, int]:
    """Return how many orders stand in each state, for the tabs of a list."""
    rows = orders.order_by().values("status").annotate(count=Count("pk"))
    return {row["status"]: row["count"] for row in rows}
