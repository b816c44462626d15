"""A few invoices at once, from where each stands to where it ends. May be cut short anywhere."""

import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from apps.backoffice.cashier import Cashier
from apps.backoffice.replay.doors import (
    Counter,
    Unfaithful,
    open_payment,
    place_invoice,
    problem_of,
    receive_invoice,
    ship_invoice,
)
from apps.backoffice.replay.invoices import Invoice
from apps.backoffice.replay.standings import (
    Standing,
    live_payments,
    paid_trades,
    standings_of,
)
from apps.backoffice.replay.watch import Watch
from apps.checkout.services import AlreadyPaid, apply_channel_fact, expire_trade
from apps.core.errors import Refusal
from apps.core.states import IllegalMove
from apps.orders.models import OrderStatus, Trade
from apps.payments.services import query_channel

NOTICE_PATIENCE = 20.0  # seconds; then the channel is asked, as the poller would
GIVE_UP = 90.0
LOOK_EVERY = 0.02


@dataclass(slots=True)
class Round:
    """What became of some invoices: how many were done before, now, and what went wrong with which."""

    watch: Watch = field(default_factory=Watch)
    finished: int = 0
    problems: dict[str, str] = field(default_factory=dict)
    began: dict[str, float] = field(default_factory=dict)


def play_round(invoices: Sequence[Invoice], counter: Counter, cashier: Cashier) -> Round:
    """Take each invoice through the doors that it has not passed yet."""
    this, began = Round(), time.perf_counter()
    numbers = [invoice.number for invoice in invoices]
    stand = standings_of(numbers, merchant_id=counter.merchant_id)
    todo = [invoice for invoice in invoices if not stand[invoice.number].is_done]
    this.finished = len(invoices) - len(todo)
    if _expire_overdue(stand):
        stand = standings_of(numbers, merchant_id=counter.merchant_id)
    _place_all(todo, stand, counter, this)
    stand = standings_of(numbers, merchant_id=counter.merchant_id)
    _pay_all(
        [i for i in todo if stand[i.number].status == OrderStatus.UNPAID], stand, cashier, this
    )
    stand = standings_of(numbers, merchant_id=counter.merchant_id)
    for invoice in todo:
        _deliver(invoice, stand[invoice.number], counter, this)
        this.watch.note("whole", time.perf_counter() - this.began.get(invoice.number, began))
    return this


def _expire_overdue(stand: dict[str, Standing]) -> bool:
    """Cancel what an interrupted run has left unpaid for too long; its invoice is placed anew."""
    ids = [each.trade_id for each in stand.values() if each.status == OrderStatus.UNPAID]
    overdue = list(Trade.objects.overdue().filter(pk__in=ids).values_list("pk", flat=True))
    for trade_id in overdue:
        with suppress(IllegalMove, AlreadyPaid):  # a worker was faster, or the money was
            expire_trade(trade_id=trade_id)
    return bool(overdue)


def _place_all(
    todo: Sequence[Invoice], stand: dict[str, Standing], counter: Counter, this: Round
) -> None:
    for invoice in todo:
        if stand[invoice.number].is_placed:
            continue
        this.began[invoice.number] = time.perf_counter()
        try:
            place_invoice(invoice, stand[invoice.number].tries, counter, this.watch)
        except Refusal as refusal:
            this.problems[invoice.number] = problem_of(refusal)
        except Unfaithful as problem:
            this.problems[invoice.number] = str(problem)


def _pay_all(
    unpaid: Sequence[Invoice], stand: dict[str, Standing], cashier: Cashier, this: Round
) -> None:
    """Open every charge, let the shoppers pay them all, and wait for the channels' notices."""
    charges = []
    for invoice in unpaid:
        try:
            charges.append(open_payment(invoice, stand[invoice.number], this.watch))
        except Refusal as refusal:
            this.problems[invoice.number] = problem_of(refusal)
    began = time.perf_counter()
    cashier.pay(
        charges
    )  # one that is paid already says so, and its money is on record or on its way
    waiting = {
        stand[i.number].trade_id: stand[i.number].trade_number
        for i in unpaid
        if i.number not in this.problems
    }
    while waiting and time.perf_counter() - began < GIVE_UP:
        for trade_id in paid_trades(waiting):
            del waiting[trade_id]
            this.watch.note("notice", time.perf_counter() - began)
        if waiting and time.perf_counter() - began > NOTICE_PATIENCE:
            _ask_channels(list(waiting.values()))
        time.sleep(LOOK_EVERY)
    for invoice in unpaid:
        if stand[invoice.number].trade_id in waiting:
            this.problems[invoice.number] = "its payment did not arrive"


def _ask_channels(trade_numbers: Sequence[str]) -> None:
    for payment_id in live_payments(trade_numbers):
        fact = query_channel(payment_id)
        if fact is not None:
            apply_channel_fact(fact)
    time.sleep(1)


def _deliver(invoice: Invoice, standing: Standing, counter: Counter, this: Round) -> None:
    if invoice.number in this.problems:
        return
    try:
        if standing.status in {OrderStatus.PAID, OrderStatus.PARTIALLY_SHIPPED}:
            ship_invoice(standing.order_id, this.watch)
        receive_invoice(invoice, standing.order_id, counter, this.watch)
    except Refusal as refusal:
        this.problems[invoice.number] = problem_of(refusal)
    else:
        this.finished += 1
