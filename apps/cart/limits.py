"""How much one line and one basket may hold: the shop's numbers, unless a merchant's contract allows more."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from apps.catalog.selectors import SaleableSku
from apps.core.errors import Refusal
from apps.merchants.selectors import Limits


class TooManyLines(Refusal):
    code = "TOO_MANY_LINES"
    http_status = 409
    text = _("A cart holds at most {limit} different articles.")


class QuantityNotAllowed(Refusal):
    """``limit`` is the nearest quantity that is allowed."""

    code = "QUANTITY_NOT_ALLOWED"
    http_status = 409
    text = _(
        "“{name}” is sold from {minimum} pieces in steps of {step}, at most {maximum} at once."
    )


class NotForSale(Refusal):
    code = "NOT_FOR_SALE"
    http_status = 409
    text = _("“{name}” is not for sale now.")


@dataclass(frozen=True, slots=True)
class QuantityRule:
    """From, step and at most, for one SKU."""

    minimum: int
    step: int
    maximum: int

    def allows(self, quantity: int) -> bool:
        return (
            self.minimum <= quantity <= self.maximum and (quantity - self.minimum) % self.step == 0
        )

    def nearest(self, quantity: int) -> int:
        """Return the largest allowed quantity that is no more than this one; 0 if there is none."""
        if quantity < self.minimum or self.maximum < self.minimum:
            return 0
        capped = min(quantity, self.maximum)
        return capped - (capped - self.minimum) % self.step


def rule_for(sku: SaleableSku, limits: Limits) -> QuantityRule:
    """Return what a buyer may ask of a SKU: its own limits within its merchant's."""
    maximum = limits.quantity or settings.LINE_MAX_QUANTITY
    if sku.max_per_order is not None:
        maximum = min(maximum, sku.max_per_order)
    return QuantityRule(sku.min_quantity, sku.step_quantity, maximum)


def must_allow(sku: SaleableSku, limits: Limits, quantity: int) -> None:
    """
    Check a quantity.

    :raises QuantityNotAllowed: with what would be allowed
    """
    rule = rule_for(sku, limits)
    if not rule.allows(quantity):
        raise QuantityNotAllowed(
            name=sku.name, minimum=rule.minimum, step=rule.step, maximum=rule.maximum
        )
