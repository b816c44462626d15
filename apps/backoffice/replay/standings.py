"""How far the shop has got with each invoice: read from its rows, so that a run may begin anywhere."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from apps.orders.models import Order, OrderStatus
from apps.payments.models import Payment

RECEIVED = {OrderStatus.RECEIVED, OrderStatus.COMPLETED, OrderStatus.CLOSED_REFUNDED}


@dataclass(frozen=True, slots=True)
class Standing:
    """The live order of an invoice; ``tries`` counts those that were cancelled before it."""

    order_id: int = 0
    trade_id: int = 0
    trade_number: str = ""
    status: str = ""
    tries: int = 0

    @property
    def is_placed(self) -> bool:
        return self.order_id != 0

    @property
    def is_done(self) -> bool:
        return self.status in RECEIVED


def standings_of(numbers: Collection[str], *, merchant_id: int) -> dict[str, Standing]:
    """Return the standing of every invoice that is asked for. Its order carries its number as the remark."""
    rows = Order.objects.filter(merchant_id=merchant_id, remark__in=numbers).order_by("pk")
    found = {number: Standing() for number in numbers}
    for pk, trade_id, trade_number, status, remark in rows.values_list(
        "pk", "trade_id", "trade__number", "status", "remark"
    ):
        tries = found[remark].tries
        if status == OrderStatus.CANCELLED:  # its time to pay was over before anybody went on
            found[remark] = Standing(tries=tries + 1)
        else:
            found[remark] = Standing(pk, trade_id, trade_number, status, tries)
    return found


def paid_trades(trade_ids: Iterable[int]) -> set[int]:
    """Return those of the trades whose money has arrived."""
    ids = list(trade_ids)
    rows = Order.objects.filter(trade_id__in=ids, status=OrderStatus.PAID)
    return set(rows.values_list("trade_id", flat=True))


def live_payments(trade_numbers: Collection[str]) -> list[int]:
    """Return the attempts to pay these trades that are still open."""
    rows = Payment.objects.live().filter(reference__in=trade_numbers)
    return list(rows.values_list("pk", flat=True))
