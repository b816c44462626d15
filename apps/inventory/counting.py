"""The only place that changes counts: one UPDATE for many stock items, and one INSERT into the journal."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import connection

from apps.core import clock
from apps.core.actors import Actor
from apps.core.bus import Event
from apps.inventory.events import StockChanged, StockRanLow
from apps.inventory.models import Bucket, MovementReason, StockMovement

ORDER = list(Bucket.values)

UPDATE = """
WITH change AS (
    SELECT * FROM unnest(
        %s::bigint[], %s::int[], %s::int[], %s::int[], %s::int[], %s::int[], %s::int[]
    ) AS c(id, on_hand, reserved, damaged, quality_check, safety, incoming)
), locked AS MATERIALIZED (
    SELECT s.id FROM inventory_stockitem s JOIN change c ON c.id = s.id
    ORDER BY s.id FOR NO KEY UPDATE OF s
)
UPDATE inventory_stockitem s
SET on_hand = s.on_hand + c.on_hand, reserved = s.reserved + c.reserved,
    damaged = s.damaged + c.damaged, quality_check = s.quality_check + c.quality_check,
    safety = s.safety + c.safety, incoming = s.incoming + c.incoming
FROM locked l JOIN change c ON c.id = l.id
WHERE s.id = l.id
  AND s.available + c.on_hand - c.reserved - c.damaged - c.quality_check - c.safety >= 0
  AND s.on_hand + c.on_hand >= 0 AND s.reserved + c.reserved >= 0 AND s.damaged + c.damaged >= 0
  AND s.quality_check + c.quality_check >= 0 AND s.safety + c.safety >= 0
  AND s.incoming + c.incoming >= 0
RETURNING s.id, s.sku_id, s.low_threshold,
    s.on_hand, s.reserved, s.damaged, s.quality_check, s.safety, s.incoming
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the journal to be written: what happens to one bucket, and for whom."""

    stock_item_id: int
    bucket: str
    delta: int
    reference: str


@dataclass(frozen=True, slots=True)
class Count:
    """A stock item after the change."""

    stock_item_id: int
    sku_id: int
    low_threshold: int
    balances: tuple[int, ...]

    @property
    def available(self) -> int:
        on_hand, reserved, damaged, quality_check, safety, _incoming = self.balances
        return on_hand - reserved - damaged - quality_check - safety


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a change of counts did: the new counts, the items that refused, and the facts to publish."""

    counts: dict[int, Count]
    refused: frozenset[int]
    facts: tuple[Event, ...]


def change_counts(entries: Iterable[Entry]) -> Outcome:
    """
    Add the deltas, summed per stock item, in one UPDATE that takes its locks in primary-key order.

    A stock item on which any count (or what is available) would fall below zero is left as it is and
    named in ``refused``; the caller must then fall. Between the check and the change there is nothing.
    """
    deltas = _summed(entries)
    columns = [list(deltas), *([row[place] for row in deltas.values()] for place in range(6))]
    with connection.cursor() as cursor:
        cursor.execute(UPDATE, columns)
        counts = {row[0]: Count(row[0], row[1], row[2], tuple(row[3:])) for row in cursor}
    facts = [fact for pk, count in counts.items() for fact in _crossings(count, deltas[pk])]
    return Outcome(counts, frozenset(set(deltas) - set(counts)), tuple(facts))


def movements_of(
    entries: Sequence[Entry],
    counts: dict[int, Count],
    *,
    reason: MovementReason,
    actor: Actor | None = None,
    note: str = "",
) -> list[StockMovement]:
    """Return the journal rows, each with its balance, for a change that has been made."""
    at = clock.now()
    balance = {pk: list(count.balances) for pk, count in counts.items()}
    rows: list[StockMovement] = []
    for entry in reversed(entries):  # backwards from the balances that the UPDATE returned
        place = ORDER.index(entry.bucket)
        after = balance[entry.stock_item_id][place]
        balance[entry.stock_item_id][place] -= entry.delta
        rows.append(
            StockMovement(
                stock_item_id=entry.stock_item_id,
                bucket=entry.bucket,
                delta=entry.delta,
                balance_after=after,
                reason=reason,
                reference=entry.reference,
                actor=actor,
                note=note[:200],
                at=at,
            )
        )
    return rows[::-1]


def _summed(entries: Iterable[Entry]) -> dict[int, list[int]]:
    deltas: dict[int, list[int]] = defaultdict(lambda: [0] * len(ORDER))
    for entry in entries:
        deltas[entry.stock_item_id][ORDER.index(entry.bucket)] += entry.delta
    return dict(sorted(deltas.items()))


def _crossings(count: Count, delta: Sequence[int]) -> list[Event]:
    """Say whether the units ran out, came back, or fell to the threshold; nothing for an ordinary sale."""
    on_hand, *others, _incoming = delta
    before = count.available - on_hand + sum(others)
    facts: list[Event] = []
    if (before > 0) != (count.available > 0):
        facts.append(StockChanged(sku_id=count.sku_id))
    if before > count.low_threshold >= count.available:
        facts.append(StockRanLow(stock_item_id=count.stock_item_id, available=count.available))
    return facts
