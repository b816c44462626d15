"""What the product page shows: the chosen SKU, which choices lead where, and the same for the script."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.catalog.pictures import Picture
from apps.catalog.selectors import Product, ProductAxis, SaleableSku
from apps.core.templatetags.money import money_parts

FEW = 10


@dataclass(frozen=True, slots=True)
class Option:
    """One choice on an axis and the SKU that a click on it leads to."""

    code: str
    name: str
    picture: Picture | None
    sku_code: str
    is_chosen: bool
    is_missing: bool

    @property
    def url(self) -> str:
        return f"?{urlencode({'sku': self.sku_code})}"


@dataclass(frozen=True, slots=True)
class Axis:
    index: int
    name: str
    options: tuple[Option, ...]


def chosen_sku(product: Product, code: str, quantities: Mapping[int, int]) -> SaleableSku:
    """Return the SKU of this code; else the cheapest in stock; else the first."""
    by_code = {sku.code: sku for sku in product.skus}
    if code in by_code:
        return by_code[code]
    in_stock = [sku for sku in product.skus if quantities.get(sku.sku_id)]
    return min(in_stock, key=lambda sku: sku.unit_price) if in_stock else product.skus[0]


def axes_of(product: Product, sku: SaleableSku, quantities: Mapping[int, int]) -> list[Axis]:
    """Return the axes with every choice; one that has no SKU or no stock beside the others is missing."""
    return [
        Axis(index, axis.name, tuple(_options(product, axis, index, sku, quantities)))
        for index, axis in enumerate(product.axes)
    ]


def _options(
    product: Product, axis: ProductAxis, index: int, sku: SaleableSku, quantities: Mapping[int, int]
) -> list[Option]:
    mine = values_of(sku)
    options = []
    for value in axis.values:
        wanted = (*mine[:index], value.code, *mine[index + 1 :])
        exact = next((each for each in product.skus if values_of(each) == wanted), None)
        near = exact or next(each for each in product.skus if values_of(each)[index] == value.code)
        own = product.sku_pictures.get(near.sku_id) if index == 0 else None
        options.append(
            Option(
                code=value.code,
                name=value.name,
                picture=own[0] if own else None,
                sku_code=near.code,
                is_chosen=mine[index] == value.code,
                is_missing=exact is None or not quantities.get(exact.sku_id),
            )
        )
    return options


def values_of(sku: SaleableSku) -> tuple[str, ...]:
    return tuple(spec.value for spec in sku.specs)


def stock_text(quantity: int) -> str:
    """Say how much there is: exactly when it is little, or only that it is."""
    if quantity <= 0:
        return _("Sold out")
    if quantity <= FEW:
        return ngettext("Only %(n)d left", "Only %(n)d left", quantity) % {"n": quantity}
    return _("In stock")


def limit_text(sku: SaleableSku) -> str:
    """Say in which quantities a SKU is sold, if there is something to say."""
    parts = []
    if sku.min_quantity > 1:
        parts.append(_("from %(n)d pieces") % {"n": sku.min_quantity})
    if sku.step_quantity > 1:
        parts.append(_("in steps of %(n)d") % {"n": sku.step_quantity})
    if sku.max_per_user:
        parts.append(_("at most %(n)d for each shopper") % {"n": sku.max_per_user})
    return _(", ").join(parts)


def skus_for_script(product: Product, quantities: Mapping[int, int]) -> list[dict[str, Any]]:
    """Return the combinations as the sku-picker reads them."""
    return [
        {
            "id": sku.sku_id,
            "code": sku.code,
            "values": values_of(sku),
            "quantity": quantities.get(sku.sku_id, 0),
            "min": sku.min_quantity,
            "step": sku.step_quantity,
            "max": most_of(sku, quantities),
            "picture": _own_picture(product.sku_pictures.get(sku.sku_id)),
            "fill": {
                "price": money_parts(sku.unit_price),
                "was": money_parts(was) if (was := was_price(sku)) is not None else None,
                "stock": stock_text(quantities.get(sku.sku_id, 0)),
                "limit": limit_text(sku),
            },
        }
        for sku in product.skus
    ]


def most_of(sku: SaleableSku, quantities: Mapping[int, int]) -> int:
    """Return the most that the quantity field should offer."""
    return max(1, min(quantities.get(sku.sku_id, 0), sku.max_per_order or 999))


def was_price(sku: SaleableSku) -> Decimal | None:
    """Return the crossed-out price, if the SKU is cheaper than it."""
    is_reduced = sku.list_price is not None and sku.list_price > sku.unit_price
    return sku.list_price if is_reduced else None


def _own_picture(pictures: Sequence[Picture] | None) -> str:
    return pictures[0].url if pictures else ""
