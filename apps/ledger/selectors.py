"""Questions about the ledger."""

from decimal import Decimal

from django.db.models import Sum

from apps.ledger.models import Entry


def balances() -> dict[str, Decimal]:
    """Return what each account holds, by code."""
    rows = Entry.objects.values("account__code").annotate(total=Sum("amount")).order_by()
    return {row["account__code"]: row["total"] for row in rows}
