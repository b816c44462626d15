from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.catalog.drafts import Unsound, must_be_price
from apps.catalog.events import SpuChanged
from apps.catalog.models import PriceChange, PriceKind, Sku, Spu
from apps.catalog.services.reviewing import review_again
from apps.catalog.services.versions import must_be_version, next_version
from apps.core.actors import Actor
from apps.core.bus import publish
from apps.core.errors import InvalidInput, Refusal


class PriceNeedsConfirmation(Refusal):
    """``skus`` says of each SKU from what to what its price would change."""

    code = "PRICE_NEEDS_CONFIRMATION"
    http_status = 409
    text = _("This changes a price by more than {percent} %. Confirm that it is meant.")


@dataclass(frozen=True, slots=True)
class Change:
    """One price of one SKU, before and after."""

    sku: Sku
    kind: PriceKind
    before: str
    after: str


@transaction.atomic
def change_price(
    *,
    sku_id: int,
    price: Decimal,
    actor: Actor | None,
    reason: str = "",
    expected_version: int | None = None,
    is_confirmed: bool = False,
) -> Sku:
    """
    Set the price of a SKU and log who did it and why. ``expected_version`` is that of its SPU.

    :raises InvalidInput: if it is no price, or not below the tiers' order
    :raises VersionConflict: if somebody saved the SPU in the meantime
    :raises PriceNeedsConfirmation: if it changes by more than half and is not confirmed
    """
    try:
        must_be_price("price", price)
    except Unsound as problem:
        raise InvalidInput(field=problem.field, reason=problem.reason) from problem
    spu = Spu.objects.locked().get(skus=sku_id)
    must_be_version(spu, expected_version)
    sku = Sku.objects.locked().get(pk=sku_id)
    if sku.tiers.filter(price__gte=price).exists():
        raise InvalidInput(field="price", reason=_("a price tier is not cheaper"))
    before = sku.price
    if price == before:
        return sku
    must_be_confirmed([(sku.code, before, price)], is_confirmed)
    sku.price, sku.version = price, sku.version + 1
    sku.save(update_fields=["price", "version"])
    log_changes([Change(sku, PriceKind.PRICE, str(before), str(price))], actor, reason)
    name = f"sku {sku.code} price"
    next_version(spu, {name: str(before)}, {name: str(price)}, actor)
    review_again(spu, actor)
    publish(SpuChanged(spu_id=spu.pk))
    return sku


def must_be_confirmed(changes: Iterable[tuple[str, Decimal, Decimal]], is_confirmed: bool) -> None:
    """
    Refuse large changes (code, before, after) that nobody has confirmed.

    :raises PriceNeedsConfirmation: if there are any
    """
    share: Decimal = settings.PRICE_CHANGE_NEEDS_CONFIRMATION
    large = {
        code: [str(before), str(after)]
        for code, before, after in changes
        if abs(after - before) > before * share
    }
    if large and not is_confirmed:
        raise PriceNeedsConfirmation(percent=int(share * 100), skus=large)


def log_changes(changes: Sequence[Change], actor: Actor | None, reason: str) -> None:
    PriceChange.objects.bulk_create(
        PriceChange(
            sku=change.sku,
            kind=change.kind,
            before=change.before[:200],
            after=change.after[:200],
            actor=actor,
            reason=reason[:200],
        )
        for change in changes
    )
