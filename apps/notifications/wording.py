"""Rows into the words of a text, in the language of whoever will read it."""

from datetime import datetime

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from apps.core import clock
from apps.logistics.models import Parcel
from apps.orders.models import Order, OrderLine, Trade

LONGEST_NAME = 30
PARCELS_NAMED = 3


def goods_of(bought: Trade | Order) -> str:
    """Return e.g. “保温杯 and 2 more”."""
    place = "order" if isinstance(bought, Order) else "order__trade"
    lines = OrderLine.objects.filter(**{place: bought}).order_by("pk")
    names = list(lines.values_list("name", flat=True))
    if not names:
        return ""
    name = names[0] if len(names[0]) <= LONGEST_NAME else f"{names[0][: LONGEST_NAME - 1]}…"
    if len(names) == 1:
        return name
    return _("%(name)s and %(count)d more") % {"name": name, "count": len(names) - 1}


def parcels_of(order_id: int) -> str:
    """Return carrier and waybill of an order's newest parcels."""
    parcels = (
        Parcel.objects.live()
        .filter(shipment__order_id=order_id)
        .select_related("carrier")
        .order_by("-pk")[:PARCELS_NAMED]
    )
    return ", ".join(name_of(parcel) for parcel in parcels)


def name_of(parcel: Parcel) -> str:
    return f"{parcel.carrier.name} {parcel.waybill}".strip()


def moment(at: datetime) -> str:
    """Return a time as people in the shop's zone say it."""
    return at.astimezone(clock.BUSINESS_ZONE).strftime("%Y-%m-%d %H:%M")


def path_to(page: str, number: str) -> str:
    """Return where to read on; nothing, when there is no such page."""
    try:
        return reverse(page, args=[number])
    except NoReverseMatch:
        return ""


def address_of(path: str) -> str:
    """Return the whole address, from the settings and never from a request."""
    return f"{settings.SITE_URL}{path}" if path else settings.SITE_URL


def language_of(trade: Trade) -> str:
    """A shopper is told in their own language, a guest in that of the purchase."""
    return trade.shopper.language if trade.shopper else trade.language
