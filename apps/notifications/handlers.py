"""Who is told what, about which fact. Each handler re-reads, for the present may be another already."""

from django.db.models import Sum
from django.utils import translation

from apps.core.bus import handles
from apps.core.templatetags.money import money
from apps.logistics.events import ParcelMoved
from apps.logistics.models import Parcel, ProblemKind
from apps.notifications.kinds import Kind
from apps.notifications.services import News, tell
from apps.notifications.wording import (
    address_of,
    goods_of,
    language_of,
    moment,
    name_of,
    parcels_of,
    path_to,
)
from apps.orders.events import (
    OrderPaid,
    OrderReceived,
    OrderRefunded,
    OrderShipped,
    TradeCancelled,
    TradePlaced,
)
from apps.orders.models import Order, OrderLine, OrderRefund, Trade
from apps.payments.events import RefundSucceeded
from apps.payments.models import Refund, RefundReason


@handles(TradePlaced)
def ask_for_payment(event: TradePlaced) -> None:
    trade = _trade(event.trade_id)
    if not trade.is_unpaid:
        return
    with translation.override(language_of(trade)):
        words = {
            "goods": goods_of(trade),
            "amount": money(trade.payable_amount, trade.currency),
            "pay_before": moment(trade.expires_at),
        }
        _tell_of_trade(Kind.TRADE_PLACED, trade, words)


@handles(OrderPaid)
def confirm_payment(event: OrderPaid) -> None:
    """One payment, one message, however many merchants share it."""
    trade = _order(event.order_id).trade
    with translation.override(language_of(trade)):
        words = {
            "goods": goods_of(trade),
            "amount": money(trade.payable_amount, trade.currency),
        }
        _tell_of_trade(Kind.ORDER_PAID, trade, words)


@handles(TradeCancelled)
def tell_cancelled(event: TradeCancelled) -> None:
    trade = _trade(event.trade_id)
    with translation.override(language_of(trade)):
        words = {
            "goods": goods_of(trade),
            "reason": str(trade.get_cancel_reason_display()),
        }
        _tell_of_trade(Kind.TRADE_CANCELLED, trade, words)


@handles(OrderShipped)
def tell_shipped(event: OrderShipped) -> None:
    """Each further part that leaves is news; the same state told twice is not."""
    order = _order(event.order_id)
    shipped = OrderLine.objects.filter(order=order).aggregate(n=Sum("shipped_quantity"))["n"] or 0
    if not shipped:
        return
    with translation.override(language_of(order.trade)):
        words = {"goods": goods_of(order), "parcels": parcels_of(order.pk)}
        _tell_of_order(Kind.ORDER_SHIPPED, order, words, f"{order.pk}:{shipped}")


@handles(OrderReceived)
def tell_received(event: OrderReceived) -> None:
    order = _order(event.order_id)
    with translation.override(language_of(order.trade)):
        words = {"goods": goods_of(order)}
        _tell_of_order(Kind.ORDER_RECEIVED, order, words, str(order.pk))


@handles(OrderRefunded)
def tell_refunded(event: OrderRefunded) -> None:
    refund = OrderRefund.objects.select_related("order__trade__shopper").get(
        pk=event.order_refund_id
    )
    order = refund.order
    if not refund.amount:
        return
    with translation.override(language_of(order.trade)):
        words = {"amount": money(refund.amount, order.currency)}
        _tell_of_order(Kind.ORDER_REFUNDED, order, words, str(refund.pk))


@handles(ParcelMoved)
def tell_problem(event: ParcelMoved) -> None:
    if not event.problem:
        return
    order = _order(event.order_id)
    parcel = Parcel.objects.select_related("carrier").get(pk=event.parcel_id)
    with translation.override(language_of(order.trade)):
        problem = str(ProblemKind(event.problem).label)
        words = {"parcels": name_of(parcel), "problem": problem}
        _tell_of_order(Kind.PARCEL_PROBLEM, order, words, f"{parcel.pk}:{event.problem}")


@handles(RefundSucceeded)
def tell_money_returned(event: RefundSucceeded) -> None:
    """Money that came for a closed or paid order went back (E7); other refunds are told as the order's."""
    refund = Refund.objects.select_related("payment").get(pk=event.refund_id)
    trade = Trade.objects.filter(number=refund.payment.reference).select_related("shopper").first()
    if refund.reason != RefundReason.LATE_PAYMENT or trade is None:
        return
    with translation.override(language_of(trade)):
        words = {"amount": money(refund.amount, refund.payment.currency)}
        _tell_of_trade(Kind.PAYMENT_RETURNED, trade, words, f"{trade.pk}:{refund.pk}")


def _tell_of_trade(kind: str, trade: Trade, words: dict[str, str], about: str = "") -> None:
    _tell(kind, trade, trade.number, path_to("trade", trade.number), words, about or str(trade.pk))


def _tell_of_order(kind: str, order: Order, words: dict[str, str], about: str) -> None:
    _tell(kind, order.trade, order.number, path_to("order", order.number), words, about)


def _tell(
    kind: str, trade: Trade, number: str, path: str, words: dict[str, str], about: str
) -> None:
    tell(
        News(
            kind=kind,
            about=about,
            user=trade.shopper,
            phone=trade.contact_phone,
            language=language_of(trade),
            words={"number": number, "link": address_of(path), **words},
            number=number,
            link=path,
        )
    )


def _trade(trade_id: int) -> Trade:
    trade: Trade = Trade.objects.select_related("shopper").get(pk=trade_id)
    return trade


def _order(order_id: int) -> Order:
    order: Order = Order.objects.select_related("trade__shopper").get(pk=order_id)
    return order
