from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from apps.core.actors import Actor
from apps.core.bus import publish
from apps.core.errors import InvalidInput
from apps.inventory.counting import Entry, change_counts, movements_of
from apps.inventory.models import Bucket, MovementReason, Reservation, StockMovement
from apps.inventory.services.consuming import NotReserved


class Condition(models.TextChoices):
    """What the inspector finds when goods come back."""

    SELLABLE = "SELLABLE", _("can be sold again")
    DAMAGED = "DAMAGED", _("damaged")
    UNCHECKED = "UNCHECKED", _("to be checked")


EXTRA_BUCKET = {Condition.DAMAGED: Bucket.DAMAGED, Condition.UNCHECKED: Bucket.QUALITY_CHECK}


@transaction.atomic
def restock(
    *,
    reference: str,
    quantity: int,
    condition: Condition,
    reason_reference: str,
    actor: Actor | None = None,
) -> None:
    """
    Put units that were shipped for a reference back where they came from. Repeats change nothing.

    :raises NotReserved: if fewer units were shipped for it and have not come back yet
    """
    if quantity < 1:
        raise InvalidInput(field="quantity", reason="< 1")
    rows = list(Reservation.objects.filter(reference=reference).locked())
    back = StockMovement.objects.filter(
        reference__startswith=f"{reference}@",
        reason=MovementReason.RESTOCKED,
        bucket=Bucket.ON_HAND,
    )
    because = f"{reference}@{reason_reference}"
    if back.filter(reference=because).exists():
        return
    returned = dict(back.values_list("stock_item_id").annotate(total=models.Sum("delta")))
    entries, left = [], quantity
    for row in rows:
        part = min(row.consumed_quantity - returned.get(row.stock_item_id, 0), left)
        if part > 0:
            entries += _entries(row.stock_item_id, part, condition, because)
            left -= part
    if left:
        raise NotReserved(reference=reference, held=quantity - left)
    outcome = change_counts(entries)
    StockMovement.objects.bulk_create(
        movements_of(entries, outcome.counts, reason=MovementReason.RESTOCKED, actor=actor)
    )
    publish(*outcome.facts)


def _entries(item_id: int, quantity: int, condition: Condition, because: str) -> list[Entry]:
    extra = EXTRA_BUCKET.get(condition)
    buckets = [Bucket.ON_HAND, *([extra] if extra else [])]
    return [Entry(item_id, bucket, quantity, because) for bucket in buckets]
