"""Questions about merchants."""

from collections.abc import Collection
from dataclasses import dataclass

from apps.merchants.models import Contract


@dataclass(frozen=True, slots=True)
class Limits:
    """What a merchant's contract allows beyond the shop's own numbers; None where it says nothing."""

    lines: int | None = None
    quantity: int | None = None


NO_LIMITS = Limits()


def limits_of(merchant_ids: Collection[int]) -> dict[int, Limits]:
    """Return the limits of each merchant's contract, for every id that is asked for."""
    rows = Contract.objects.filter(merchant_id__in=merchant_ids).values_list(
        "merchant_id", "max_lines_per_order", "max_quantity_per_line"
    )
    found = {merchant_id: Limits(lines, quantity) for merchant_id, lines, quantity in rows}
    return {merchant_id: found.get(merchant_id, NO_LIMITS) for merchant_id in merchant_ids}
