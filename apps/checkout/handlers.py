"""What follows from the state of trades for pages that are open."""

from apps.checkout.live import tell_after_commit
from apps.core.bus import handles
from apps.orders.events import OrderPaid, TradeCancelled
from apps.orders.models import Order


@handles(OrderPaid)
def show_paid(event: OrderPaid) -> None:
    """Let the pay page know."""
    tell_after_commit(Order.objects.values_list("trade_id", flat=True).get(pk=event.order_id))


@handles(TradeCancelled)
def show_cancelled(event: TradeCancelled) -> None:
    """Let the pay page know."""
    tell_after_commit(event.trade_id)
