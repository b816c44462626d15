from apps.core.bus import handles
from apps.logistics.services import discard_draft, draft_shipment
from apps.logistics.services.problems import keep_clock
from apps.orders.events import OrderPaid, OrderRefunded


@handles(OrderPaid)
def put_order_on_shipping_list(event: OrderPaid) -> None:
    """Write the draft of a shipment; if the order is not to be shipped any more, none is written."""
    draft_shipment(order_id=event.order_id)


@handles(OrderRefunded)
def take_order_off_shipping_list(event: OrderRefunded) -> None:
    """Discard the draft where nothing is left to ship; the refund may also have made the order whole."""
    discard_draft(order_id=event.order_id)
    keep_clock(event.order_id)
