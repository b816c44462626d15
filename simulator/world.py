"""All rows in memory, every change of them a line in the book."""

import dataclasses
import time
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, TypeVar

from simulator.book import Book, Record
from simulator.rows import (
    Attempt,
    Knob,
    Message,
    Notice,
    Parcel,
    Payment,
    Refund,
    RefundStatus,
    SmsTemplate,
)

Row = Payment | Refund | Notice | Attempt | Knob | Message | Parcel | SmsTemplate
AnyRow = TypeVar("AnyRow", Payment, Refund, Notice, Attempt, Knob, Message, Parcel, SmsTemplate)

TABLES: dict[str, type[Row]] = {
    "payment": Payment,
    "refund": Refund,
    "notice": Notice,
    "attempt": Attempt,
    "knob": Knob,
    "message": Message,
    "parcel": Parcel,
    "sms_template": SmsTemplate,
}
FIELDS = {
    name: {each.name for each in dataclasses.fields(row_type)} for name, row_type in TABLES.items()
}
NAMES = {row_type: name for name, row_type in TABLES.items()}


class World:
    """Add, change and find rows; the book follows."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.payments: dict[str, Payment] = {}
        self.refunds: dict[str, Refund] = {}
        self.notices: dict[str, Notice] = {}
        self.attempts: dict[str, Attempt] = {}
        self.knobs: dict[str, Knob] = {}
        self.messages: dict[str, Message] = {}
        self.parcels: dict[str, Parcel] = {}
        self.sms_templates: dict[str, SmsTemplate] = {}
        self._by_number: dict[tuple[str, str], Payment] = {}
        self._by_trade_no: dict[tuple[str, str], Payment] = {}
        self._parcels_by_order: dict[str, Parcel] = {}
        self._refund_by_number: dict[tuple[str, str], Refund] = {}
        self._refunds_of: dict[str, list[Refund]] = defaultdict(list)
        self._attempts_of: dict[str, list[Attempt]] = defaultdict(list)

    def replay(self) -> None:
        """Rebuild everything from the book; fields that an older version wrote are passed over."""
        for record in self.book.replay():
            self._apply(record)

    def add(self, row: AnyRow, what: str) -> AnyRow:
        """Remember a new row."""
        record = {
            "at": time.time(),
            "what": what,
            "table": NAMES[type(row)],
            "key": row.key,
            "set": dataclasses.asdict(row),
        }
        self.book.append(record)
        self._table(record)[row.key] = row
        self._index(row)
        return row

    def change(self, row: Row, what: str, **changes: Any) -> None:
        """Set fields of a row."""
        self.book.append(
            {
                "at": time.time(),
                "what": what,
                "table": NAMES[type(row)],
                "key": row.key,
                "set": changes,
            }
        )
        for name, value in changes.items():
            setattr(row, name, value)

    def remove(self, row: Knob, what: str) -> None:
        """Forget a knob; the book keeps that it was there."""
        self.book.append(
            {"at": time.time(), "what": what, "table": "knob", "key": row.key, "gone": True}
        )
        del self.knobs[row.key]

    def payment(self, channel: str, out_trade_no: str) -> Payment | None:
        return self._by_number.get((channel, out_trade_no))

    def payments_numbered(self, out_trade_no: str) -> Iterator[Payment]:
        """Yield the payments of all channels with that number."""
        for channel in ("alipay", "wechat", "unionpay"):
            if payment := self.payment(channel, out_trade_no):
                yield payment

    def payment_by_trade_no(self, channel: str, trade_no: str) -> Payment | None:
        return self._by_trade_no.get((channel, trade_no))

    def refunds_of(self, payment: Payment) -> list[Refund]:
        return self._refunds_of[payment.key]

    def refund(self, payment: Payment, number: str) -> Refund | None:
        for refund in self._refunds_of[payment.key]:
            if refund.number == number:
                return refund
        return None

    def refund_numbered(self, channel: str, number: str) -> Refund | None:
        """Return the channel's last refund with that number."""
        return self._refund_by_number.get((channel, number))

    def refunded(self, payment: Payment) -> int:
        """Return what has left or is leaving the payment."""
        return sum(
            refund.amount
            for refund in self._refunds_of[payment.key]
            if refund.status != RefundStatus.FAILED
        )

    def parcel_of_order(self, order_id: str) -> Parcel | None:
        return self._parcels_by_order.get(order_id)

    def attempts_of(self, notice: Notice) -> list[Attempt]:
        return self._attempts_of[notice.key]

    def _table(self, record: Record) -> dict[str, Any]:
        table: dict[str, Any] = getattr(self, record["table"] + "s")
        return table

    def _apply(self, record: Record) -> None:
        table = self._table(record)
        if record.get("gone"):
            table.pop(record["key"], None)
            return
        known = FIELDS[record["table"]]
        fields = {name: value for name, value in record["set"].items() if name in known}
        if record["key"] in table:
            for name, value in fields.items():
                setattr(table[record["key"]], name, value)
        else:
            row = TABLES[record["table"]](**fields)
            table[record["key"]] = row
            self._index(row)

    def _index(self, row: Row) -> None:
        if isinstance(row, Payment):
            self._by_number[row.channel, row.out_trade_no] = row
            self._by_trade_no[row.channel, row.trade_no] = row
        elif isinstance(row, Refund):
            self._refunds_of[row.payment].append(row)
            self._refund_by_number[self.payments[row.payment].channel, row.number] = row
        elif isinstance(row, Parcel) and row.order_id:
            self._parcels_by_order[row.order_id] = row
        elif isinstance(row, Attempt):
            self._attempts_of[row.notice].append(row)
