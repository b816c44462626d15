"""A basket on its way to becoming a trade: what is wanted, what it costs, and what speaks against it."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from apps.catalog.selectors import SaleableSku
from apps.core.errors import Refusal
from apps.pricing.quote import Quote, QuotedLine


class PurchaseLimitReached(Refusal):
    code = "PURCHASE_LIMIT_REACHED"
    http_status = 409
    text = _("“{name}”: at most {limit} for each shopper; you have bought {bought} already.")


class NoDeliveryThere(Refusal):
    code = "NO_DELIVERY_THERE"
    http_status = 409
    text = _("“{name}” cannot be delivered to this address.")


class EmptyBasket(Refusal):
    code = "BASKET_EMPTY"
    http_status = 409
    text = _("There is nothing to buy: select something in the cart first.")


@dataclass(frozen=True, slots=True)
class BasketLine:
    """So many of one SKU."""

    sku_id: int
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BasketQuote:
    """
    What a basket would cost now.

    ``quote`` holds the lines that can be bought, by the SKU's id as text; ``problems`` says why the others cannot.
    """

    quote: Quote
    wanted: tuple[BasketLine, ...]
    skus: Mapping[int, SaleableSku]
    problems: Mapping[int, Refusal]
    is_freight_known: bool

    @property
    def payable_amount(self) -> Decimal:
        return self.quote.payable_amount

    @property
    def lines_by_sku(self) -> dict[int, QuotedLine]:
        return {int(line.key): line for line in self.quote.lines}

    @property
    def quantities(self) -> dict[int, int]:
        return {line.sku_id: line.quantity for line in self.wanted}

    def must_be_buyable(self) -> None:
        """
        Check that every line can be bought.

        :raises EmptyBasket, Refusal: the first line's problem
        """
        if not self.wanted:
            raise EmptyBasket
        for line in self.wanted:
            if line.sku_id in self.problems:
                raise self.problems[line.sku_id]
