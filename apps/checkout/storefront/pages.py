"""What the confirm page and the pay page show: plain values, so that templates ask no questions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import segno
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.catalog.pictures import Picture
from apps.checkout.baskets import BasketQuote
from apps.core.money import ZERO
from apps.payments.gateways.charges import Charge, ChargeKind, Scene
from apps.payments.models import PaymentChannel, Provider


@dataclass(slots=True)
class ReviewLine:
    title: str
    spec_text: str
    image: Picture | None
    price: Decimal
    quantity: int
    problem: str


@dataclass(slots=True)
class ReviewGroup:
    """One merchant's part of the page."""

    merchant_id: int
    merchant_name: str
    freight_text: str
    remark: str
    lines: list[ReviewLine] = field(default_factory=list)


def review_groups(basket: BasketQuote, remarks: Mapping[int, str]) -> list[ReviewGroup]:
    """Return the basket by merchant, lines that cannot be bought included with the reason."""
    groups: dict[int, ReviewGroup] = {}
    quoted = basket.lines_by_sku
    for line in basket.wanted:
        sku = basket.skus.get(line.sku_id)
        if sku is None:
            continue
        group = groups.setdefault(
            sku.merchant_id,
            ReviewGroup(
                sku.merchant_id,
                sku.merchant_name,
                _freight_text(basket, sku.merchant_id),
                remarks.get(sku.merchant_id, ""),
            ),
        )
        problem = basket.problems.get(line.sku_id)
        price = quoted[line.sku_id].unit_price if line.sku_id in quoted else sku.unit_price
        group.lines.append(
            ReviewLine(
                sku.name,
                sku.spec_text,
                sku.picture,
                price,
                line.quantity,
                problem.message if problem else "",
            )
        )
    return list(groups.values())


def _freight_text(basket: BasketQuote, merchant_id: int) -> str:
    if not basket.is_freight_known:
        return _("shown once the address is known")
    amount = sum(
        (each.amount for each in basket.quote.packages if each.merchant_id == merchant_id), ZERO
    )
    return f"¥{amount:.2f}" if amount else _("free")


@dataclass(slots=True)
class ChannelRow:
    """One way to pay."""

    value: str
    provider: str
    label: str
    text: str
    is_chosen: bool


WAYS: dict[str, tuple[tuple[Scene, Any, Any], ...]] = {
    Provider.ALIPAY: (
        (Scene.PAGE, gettext_lazy("Alipay"), gettext_lazy("Pay on Alipay's page")),
        (Scene.QR, gettext_lazy("Alipay, by code"), gettext_lazy("Scan a code with the app")),
    ),
    Provider.WECHAT: (
        (Scene.QR, gettext_lazy("WeChat Pay"), gettext_lazy("Scan a code with the app")),
    ),
    Provider.UNIONPAY: (
        (Scene.PAGE, gettext_lazy("Bank card"), gettext_lazy("Through UnionPay's gateway")),
    ),
}


def channel_rows(channels: list[PaymentChannel], chosen: str) -> list[ChannelRow]:
    """Return the ways to pay that are open, with the one that was picked last marked."""
    rows = []
    for channel in channels:
        for scene, label, text in WAYS.get(channel.provider, ()):
            value = f"{channel.provider}-{scene}"
            rows.append(ChannelRow(value, channel.provider, str(label), str(text), value == chosen))
    return rows


def read_way(value: str) -> tuple[str, Scene] | None:
    """Return channel and scene of a row's value, or ``None`` for anything else."""
    for provider, ways in WAYS.items():
        for scene, _label, _text in ways:
            if value == f"{provider}-{scene}":
                return str(provider), scene
    return None


@dataclass(slots=True)
class ChargeView:
    """An open charge as the page shows it."""

    kind: str
    label: str
    url: str
    action: str
    fields: dict[str, str]
    qr_svg: SafeString | str


def charge_view(charge: Charge, label: str) -> ChargeView:
    """Return what the page needs of a charge; a code is drawn here, as SVG."""
    qr = ""
    if charge.kind is ChargeKind.QR:
        svg = segno.make(charge.qr_text, error="m").svg_inline(scale=6, border=2)
        qr = mark_safe(svg)  # noqa: S308  segno's own drawing: digits and path commands
    return ChargeView(charge.kind, label, charge.url, charge.url, dict(charge.fields), qr)
