"""The ledger's one verb."""

from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction

from apps.core import clock
from apps.core.money import ZERO
from apps.ledger.models import Account, Entry, Posting, PostingKind


@transaction.atomic
def post(
    *, kind: PostingKind, reference: str, entries: Mapping[str, Decimal], currency: str
) -> bool:
    """
    Write one posting of ``entries`` (account code → amount), once per reference. Return whether it was new.

    :raises ValueError: if the entries do not sum to zero (the database would refuse them as well)
    """
    if sum(entries.values(), ZERO) != 0:
        raise ValueError(f"{kind} {reference} does not sum to zero: {entries}")
    posting, is_new = Posting.objects.get_or_create(
        kind=kind, reference=reference, defaults={"posted_at": clock.now()}
    )
    if not is_new:
        return False
    accounts = _accounts(sorted(entries), currency)
    Entry.objects.bulk_create(
        [
            Entry(posting=posting, account_id=accounts[code], amount=amount)
            for code, amount in sorted(entries.items())
            if amount
        ]
    )
    return True


def _accounts(codes: list[str], currency: str) -> dict[str, int]:
    """Return the ids of accounts by code, opening those that are new."""
    found = dict(Account.objects.filter(code__in=codes).values_list("code", "pk"))
    missing = [code for code in codes if code not in found]
    if missing:
        Account.objects.bulk_create(
            [Account(code=code, currency=currency) for code in missing], ignore_conflicts=True
        )
        found = dict(Account.objects.filter(code__in=codes).values_list("code", "pk"))
    return found
