"""The signed word on what a confirm page showed. Nothing is stored; nobody but the shop can make one."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core import signing
from django.utils.translation import gettext_lazy as _

from apps.checkout.baskets import BasketLine, BasketQuote
from apps.core.errors import Refusal

SALT = "checkout.quote"
MAX_AGE_SECONDS = 24 * 3600


class PriceChanged(Refusal):
    """``lines`` lists what differs: SKU, what was shown, what it is now."""

    code = "PRICE_CHANGED"
    http_status = 409
    text = _("The price has changed from ¥{shown} to ¥{now}. Please look at it again.")


class QuoteUnreadable(Refusal):
    code = "QUOTE_INVALID"
    http_status = 400
    text = _("The page is too old or was changed on the way. Please check out again.")


@dataclass(frozen=True, slots=True)
class ShownQuote:
    """What the shopper saw: the lines with unit price and line amount, the freight and the total."""

    lines: tuple[tuple[int, int, Decimal, Decimal], ...]
    freight_amount: Decimal
    payable_amount: Decimal
    is_cart: bool = False

    @property
    def basket(self) -> tuple[BasketLine, ...]:
        return tuple(BasketLine(sku_id, quantity) for sku_id, quantity, _unit, _cash in self.lines)


def sign_quote(basket: BasketQuote, *, is_cart: bool = False) -> str:
    """Return the token of a quote; ``is_cart``: placing it empties the cart of its lines."""
    return signing.dumps(_plain(basket) | {"cart": is_cart}, salt=SALT, compress=True)


def read_quote(token: str) -> ShownQuote:
    """
    Return what a token says was shown.

    :raises QuoteUnreadable: if it is none of ours, or older than a day
    """
    try:
        data = signing.loads(token, salt=SALT, max_age=MAX_AGE_SECONDS)
        return ShownQuote(
            lines=tuple(
                (int(sku), int(quantity), Decimal(unit), Decimal(cash))
                for sku, quantity, unit, cash in data["lines"]
            ),
            freight_amount=Decimal(data["freight"]),
            payable_amount=Decimal(data["payable"]),
            is_cart=bool(data["cart"]),
        )
    except (signing.BadSignature, ValueError, KeyError, TypeError) as problem:
        raise QuoteUnreadable from problem


def must_still_hold(shown: ShownQuote, now: BasketQuote) -> None:
    """
    Compare what was shown with what it costs now.

    :raises PriceChanged: if the total differs by a fen or more, with the lines that do
    """
    if shown.payable_amount == now.payable_amount:
        return
    current = now.lines_by_sku
    lines = [
        {"sku_id": sku_id, "shown": str(unit), "now": str(current[sku_id].unit_price)}
        for sku_id, _quantity, unit, _cash in shown.lines
        if sku_id in current and current[sku_id].unit_price != unit
    ]
    raise PriceChanged(
        shown=str(shown.payable_amount),
        now=str(now.payable_amount),
        freight_shown=str(shown.freight_amount),
        freight_now=str(now.quote.freight_amount),
        lines=lines,
    )


def _plain(basket: BasketQuote) -> dict[str, Any]:
    quantities = basket.quantities
    return {
        "lines": [
            [
                int(line.key),
                quantities[int(line.key)],
                str(line.unit_price),
                str(line.payable_amount),
            ]
            for line in basket.quote.lines
        ],
        "freight": str(basket.quote.freight_amount),
        "payable": str(basket.quote.payable_amount),
    }
