"""The order in which a basket is priced; each stage sees the amounts after the one before (pricing.md 3.2)."""

from enum import IntEnum


class Stage(IntEnum):
    """Where in the pipeline something happens to an amount."""

    LIST = 0
    UNIT_PRICE = 1
    UNIT_RULE = 2
    MERCHANT_REDUCTION = 3
    PLATFORM_REDUCTION = 4
    COUPON = 5
    POINTS = 6
    FREIGHT = 7
    TAX = 8
    TENDER = 9
    EARN = 10
