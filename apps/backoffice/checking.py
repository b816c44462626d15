"""What a run has to prove at its end: every law holds, and the channels' book is ours."""

from collections.abc import Iterator
from typing import Any

from apps.backoffice.book import BookCheck, check_book
from apps.backoffice.cashier import Cashier
from apps.core import clock
from apps.core.laws import Law, list_laws, list_violations

SHOWN = 10
Found = list[tuple[Law, list[tuple[Any, ...]]]]


def check_laws() -> Found:
    """Return each law with the rows that break it."""
    at = clock.now()
    return [(law, list_violations(law, at=at)) for law in list_laws()]


def law_lines(found: Found) -> Iterator[str]:
    """Return what to print: each broken law with its rows, and how many hold."""
    broken = [(law, rows) for law, rows in found if rows]
    for law, rows in broken:
        yield f"BROKEN  {law.number}  {law.name}"
        for row in rows:
            yield f"        {', '.join(str(value) for value in row)}"
    yield f"{len(found)} laws, " + (f"{len(broken)} broken" if broken else "all hold")


def check_books(url: str) -> BookCheck:
    """
    Compare our payments with the book of the simulator at this address.

    :raises NoSimulator: if nobody answers there
    """
    return check_book(Cashier(url).book())


def book_lines(check: BookCheck) -> Iterator[str]:
    """Return what to print: the totals of both sides, and the payments that differ."""
    for provider in sorted(check.totals.keys() | check.theirs.keys()):
        paid, back = check.totals.get(provider, (0, 0))
        their_paid, their_back = check.theirs.get(provider, (0, 0))
        yield (
            f"book    {provider:<9} paid {yuan(paid)} here, {yuan(their_paid)} there; "
            f"refunded {yuan(back)} here, {yuan(their_back)} there"
        )
    for difference in check.differences[:SHOWN]:
        yield f"DIFFERS {difference}"
    if check.is_equal:
        yield "the channels' book equals ours, payment by payment, to the fen"
    else:
        yield f"{len(check.differences)} differences between the channels' book and ours"


def yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"
