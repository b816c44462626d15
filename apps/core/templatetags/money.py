"""How an amount of money looks. Pages show amounts through {% price %}, sentences through |money."""

from decimal import Decimal

from django import template

from apps.core.money import round_half_up

register = template.Library()

SYMBOLS = {"CNY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "HKD": "HK$"}


def money(amount: Decimal | int | str, currency: str = "CNY") -> str:
    """Spell an amount as people read it: ¥1,234.50, −¥20.00."""
    value = round_half_up(Decimal(amount))
    sign = "−" if value < 0 else ""
    return f"{sign}{SYMBOLS.get(currency, currency + ' ')}{abs(value):,.2f}"


def money_parts(amount: Decimal | int | str, currency: str = "CNY") -> dict[str, str]:
    """Split the same text, so that the symbol and the fen can be set smaller."""
    text = money(amount, currency)
    symbol = SYMBOLS.get(currency, currency + " ")
    before, _, digits = text.partition(symbol)
    whole, _, minor = digits.partition(".")
    return {"text": text, "symbol": before + symbol, "whole": whole, "minor": f".{minor}"}


@register.filter("money")
def money_filter(amount: Decimal | int | str | None, currency: str = "CNY") -> str:
    """Spell an amount inside a sentence; nothing stays nothing."""
    return "" if amount in (None, "") else money(amount, currency)


@register.inclusion_tag("components/price.html")
def price(
    amount: Decimal | int | str | None, look: str = "", currency: str = "CNY", **extra: str
) -> dict[str, object]:
    """
    Show an amount. Looks, separated by spaces: large, plain, was (struck out), off (a saving).

    `fill` names the place for scripts that rewrite the price when another SKU is chosen.
    """
    looks = look.split()
    classes = " ".join(["price", *(f"price--{name}" for name in looks)])
    parts = None if amount in (None, "") else money_parts(amount, currency)
    return {"parts": parts, "classes": classes, "was": "was" in looks, "fill": extra.get("fill")}
