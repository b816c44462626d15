"""Putting things into carts and taking them out."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings
from django.db import transaction

from apps.cart.limits import NotForSale, TooManyLines, must_allow, rule_for
from apps.cart.models import Cart, CartLine
from apps.cart.selectors import token_hash
from apps.catalog.selectors import SaleableSku, skus_for_sale
from apps.core import clock
from apps.core.actors import Actor
from apps.core.errors import NotFound
from apps.inventory.selectors import quantities_by_sku
from apps.merchants.selectors import Limits, limits_of


@dataclass(frozen=True, slots=True)
class Capped:
    """A line that could not be merged whole: how many were wanted and how many are in the cart now."""

    name: str
    wanted: int
    kept: int


def get_or_create_cart(*, user: Actor | None, token: str) -> Cart:
    """Return the cart of a person or guest, made if it is the first time."""
    if user is not None:
        return Cart.objects.get_or_create(user=user)[0]
    return Cart.objects.get_or_create(token_hash=token_hash(token))[0]


def add_to_cart(*, cart_id: int, sku_id: int, quantity: int) -> CartLine:
    """
    Put so many more of a SKU into the cart.

    :raises NotFound: if there is no such SKU
    :raises NotForSale: if it is off the shelf or gone
    :raises QuantityNotAllowed: if the line would break the SKU's or the merchant's limits
    :raises TooManyLines: if the cart is full
    """
    return add_many_to_cart(cart_id=cart_id, quantities={sku_id: quantity})[0]


@transaction.atomic
def add_many_to_cart(*, cart_id: int, quantities: Mapping[int, int]) -> list[CartLine]:
    """
    Put so many more of each SKU (by id) into the cart, all or none: a wholesaler's whole list at once.

    :raises NotFound, NotForSale, QuantityNotAllowed, TooManyLines: as ``add_to_cart``
    """
    cart = Cart.objects.locked().get(pk=cart_id)
    skus = skus_for_sale(list(quantities))
    limits = limits_of({sku.merchant_id for sku in skus.values()})
    lines = {line.sku_id: line for line in CartLine.objects.filter(cart=cart)}
    added = []
    for sku_id, quantity in quantities.items():
        sku = _must_be_for_sale(skus.get(sku_id))
        line = lines.get(sku_id)
        total = quantity + (line.quantity if line else 0)
        must_allow(sku, limits[sku.merchant_id], total)
        if line is None:
            _must_have_room(len(lines), limits[sku.merchant_id])
            line = lines[sku_id] = CartLine(cart=cart, sku_id=sku_id)
        line.quantity, line.is_selected = total, True
        line.added_price, line.added_at = sku.unit_price, clock.now()
        added.append(line)
    _save_lines(added)
    _touch(cart)
    return added


@transaction.atomic
def set_quantity(*, cart_id: int, line_id: int, quantity: int) -> CartLine:
    """
    Set how many of a line are wanted.

    :raises NotFound: if it is no line of this cart
    :raises NotForSale, QuantityNotAllowed: as ``add_to_cart``
    """
    cart = Cart.objects.locked().get(pk=cart_id)
    line = _line_of(cart, line_id)
    must_allow(*_saleable(line.sku_id), quantity)
    line.quantity = quantity
    line.save(update_fields=["quantity"])
    _touch(cart)
    return line


@transaction.atomic
def set_selected(*, cart_id: int, selected: Mapping[int, bool]) -> None:
    """Say of each line (by id) whether it is to be bought now; ids of other carts are passed over."""
    lines = CartLine.objects.filter(cart_id=cart_id)
    for wanted in (True, False):
        ids = [line_id for line_id, is_selected in selected.items() if is_selected is wanted]
        lines.filter(pk__in=ids).update(is_selected=wanted)


@transaction.atomic
def remove_line(*, cart_id: int, line_id: int) -> None:
    """
    Take a line out.

    :raises NotFound: if it is no line of this cart
    """
    cart = Cart.objects.locked().get(pk=cart_id)
    _line_of(cart, line_id).delete()
    _touch(cart)


def empty_lines(*, cart_id: int, sku_ids: Collection[int]) -> None:
    """Take out what was bought; unselected lines stay."""
    CartLine.objects.filter(cart_id=cart_id, sku_id__in=sku_ids).delete()


@transaction.atomic
def merge_guest_cart(*, user: Actor, token: str) -> list[Capped]:
    """
    Add a guest's cart to the shopper's own, and return the lines that had to be capped.

    The same SKU adds up, at most to what is allowed and in stock; what finds no room stays out.
    """
    guest = Cart.objects.locked().filter(token_hash=token_hash(token)).first() if token else None
    if guest is None:
        return []
    cart = get_or_create_cart(user=user, token="")
    cart = Cart.objects.locked().get(pk=cart.pk)
    mine = {line.sku_id: line for line in CartLine.objects.filter(cart=cart)}
    theirs = list(CartLine.objects.filter(cart=guest).order_by("pk"))
    capped = _merge_lines(cart, mine, theirs)
    guest.delete()
    _touch(cart)
    return capped


def _merge_lines(cart: Cart, mine: dict[int, CartLine], theirs: list[CartLine]) -> list[Capped]:
    ids = [line.sku_id for line in theirs]
    skus, stock = skus_for_sale(ids), quantities_by_sku(ids)
    limits = limits_of({sku.merchant_id for sku in skus.values()})
    capped = []
    for line in theirs:
        sku = skus.get(line.sku_id)
        if sku is None:
            continue
        own = mine.get(line.sku_id)
        wanted = line.quantity + (own.quantity if own else 0)
        rule = rule_for(sku, limits[sku.merchant_id])
        kept = rule.nearest(min(wanted, max(stock.get(sku.sku_id, 0), line.quantity)))
        most_lines = limits[sku.merchant_id].lines or settings.CART_MAX_LINES
        if own is None and len(mine) >= most_lines:
            kept = 0
        if kept < wanted:
            capped.append(Capped(sku.name, wanted, kept))
        if kept:
            mine[line.sku_id] = _keep(cart, own, line, kept, sku.unit_price)
    return capped


def _keep(
    cart: Cart, own: CartLine | None, line: CartLine, quantity: int, price: Decimal
) -> CartLine:
    kept = own or CartLine(cart=cart, sku_id=line.sku_id, added_at=line.added_at)
    kept.quantity, kept.added_price = quantity, price
    kept.is_selected = True
    kept.save()
    return kept


def _save_lines(lines: list[CartLine]) -> None:
    known = [line for line in lines if line.pk is not None]
    CartLine.objects.bulk_create([line for line in lines if line.pk is None])
    columns = ["quantity", "is_selected", "added_price", "added_at"]
    CartLine.objects.bulk_update(known, columns)


def _saleable(sku_id: int) -> tuple[SaleableSku, Limits]:
    sku = _must_be_for_sale(skus_for_sale([sku_id]).get(sku_id))
    return sku, limits_of([sku.merchant_id])[sku.merchant_id]


def _must_be_for_sale(sku: SaleableSku | None) -> SaleableSku:
    if sku is None:
        raise NotFound
    if not sku.is_saleable:
        raise NotForSale(name=sku.name)
    return sku


def _line_of(cart: Cart, line_id: int) -> CartLine:
    line = CartLine.objects.filter(cart=cart, pk=line_id).first()
    if line is None:
        raise NotFound
    return line


def _must_have_room(taken: int, limits: Limits) -> None:
    limit = limits.lines or settings.CART_MAX_LINES
    if taken >= limit:
        raise TooManyLines(limit=limit)


def _touch(cart: Cart) -> None:
    Cart.objects.filter(pk=cart.pk).update(changed_at=clock.now())
