"""What people are told about: each kind with the words that its templates may use, and over which channels."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    TRADE_PLACED = "TRADE_PLACED", _("order placed")
    ORDER_PAID = "ORDER_PAID", _("payment received")
    TRADE_CANCELLED = "TRADE_CANCELLED", _("order cancelled")
    ORDER_SHIPPED = "ORDER_SHIPPED", _("goods shipped")
    ORDER_RECEIVED = "ORDER_RECEIVED", _("goods received")
    ORDER_REFUNDED = "ORDER_REFUNDED", _("money paid back")
    PARCEL_PROBLEM = "PARCEL_PROBLEM", _("trouble with a parcel")
    PAYMENT_RETURNED = "PAYMENT_RETURNED", _("late or double payment returned")


class Channel(models.TextChoices):
    SITE = "SITE", _("in the shop")
    EMAIL = "EMAIL", _("e-mail")
    SMS = "SMS", _("SMS")


@dataclass(frozen=True, slots=True)
class Plan:
    """
    Who is told of a kind, and how. Signed-in shoppers are always told in the shop; guests get only SMS.

    ``words`` are the variables of its templates, each with what a preview shows.
    """

    channels: tuple[Channel, ...]
    guests_by_sms: bool
    words: Mapping[str, str]


_NUMBER = {
    "number": "26112000000000000018",
    "link": "https://shop.example/orders/26112000000000000018/",
}
_GOODS = {"goods": "保温杯 500 ml"}
_AMOUNT = {"amount": "¥128.00"}
_ALL = (Channel.SITE, Channel.EMAIL, Channel.SMS)

PLANS: dict[str, Plan] = {
    Kind.TRADE_PLACED: Plan(
        (Channel.SITE,), False, _NUMBER | _GOODS | _AMOUNT | {"pay_before": "2026-11-20 18:30"}
    ),
    Kind.ORDER_PAID: Plan((Channel.SITE, Channel.EMAIL), True, _NUMBER | _GOODS | _AMOUNT),
    Kind.TRADE_CANCELLED: Plan(
        (Channel.SITE, Channel.EMAIL), False, _NUMBER | _GOODS | {"reason": "not paid in time"}
    ),
    Kind.ORDER_SHIPPED: Plan(
        _ALL, True, _NUMBER | _GOODS | {"parcels": "顺丰速运 SF1234567890123"}
    ),
    Kind.ORDER_RECEIVED: Plan((Channel.SITE,), False, _NUMBER | _GOODS),
    Kind.ORDER_REFUNDED: Plan(_ALL, True, _NUMBER | _AMOUNT),
    Kind.PARCEL_PROBLEM: Plan(
        (Channel.SITE, Channel.EMAIL),
        True,
        _NUMBER | {"parcels": "顺丰速运 SF1234567890123", "problem": "refused by the recipient"},
    ),
    Kind.PAYMENT_RETURNED: Plan(_ALL, True, _NUMBER | _AMOUNT),
}
