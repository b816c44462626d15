"""Our payments against the channels' own book, number by number, to the fen."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, Sum
from django.db.models.functions import Coalesce

from apps.core.money import ZERO
from apps.payments.models import Payment, RefundStatus

FEN = 100


@dataclass(frozen=True, slots=True)
class Difference:
    """One payment of which the two books do not say the same; amounts in fen."""

    provider: str
    number: str
    what: str
    ours: int
    theirs: int

    def __str__(self) -> str:
        return (
            f"{self.provider} {self.number}: {self.what} {self.ours} fen here, {self.theirs} there"
        )


@dataclass(frozen=True, slots=True)
class BookCheck:
    """What both books hold for each channel, and where they differ."""

    totals: dict[str, tuple[int, int]]  # provider: paid and refunded, ours
    theirs: dict[str, tuple[int, int]]
    differences: list[Difference]

    @property
    def is_equal(self) -> bool:
        return not self.differences and self.totals == self.theirs


def check_book(book: dict[str, Any]) -> BookCheck:
    """Compare what we received and returned with what a channel's book (``Cashier.book``) says."""
    ours, theirs = _ours(), _theirs(book["rows"])
    return BookCheck(
        totals=_totals(ours),
        theirs={
            channel.upper(): (said["paid"], said["refunded"])
            for channel, said in book["totals"].items()
            if said["paid"] or said["refunded"]
        },
        differences=list(_differences(ours, theirs)),
    )


Money = dict[tuple[str, str], tuple[int, int]]


def _ours() -> Money:
    returned = Sum("refunds__amount", filter=Q(refunds__status=RefundStatus.SUCCEEDED))
    rows = Payment.objects.filter(paid_at__isnull=False).annotate(returned=Coalesce(returned, ZERO))
    return {
        (provider, number): (int(amount * FEN), int(back * FEN))
        for provider, number, amount, back in rows.values_list(
            "provider", "out_trade_no", "amount", "returned"
        )
    }


def _theirs(rows: list[dict[str, Any]]) -> Money:
    return {
        (row["channel"].upper(), row["out_trade_no"]): (row["amount"], row["refunded"])
        for row in rows
        if row["status"] == "PAID"
    }


def _totals(money: Money) -> dict[str, tuple[int, int]]:
    sums: dict[str, tuple[int, int]] = {}
    for (provider, _number), (paid, back) in money.items():
        had = sums.get(provider, (0, 0))
        sums[provider] = (had[0] + paid, had[1] + back)
    return sums


def _differences(ours: Money, theirs: Money) -> Iterator[Difference]:
    for key in sorted(ours.keys() | theirs.keys()):
        here, there = ours.get(key, (0, 0)), theirs.get(key, (0, 0))
        for what, mine, yours in zip(("paid", "refunded"), here, there, strict=True):
            if mine != yours:
                yield Difference(*key, what, mine, yours)
