"""What is handed to ``create_trade``: plain values, every amount already computed."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressSnapshot:
    """Where the goods go, as it was when the trade was placed."""

    recipient: str
    phone: str
    region_code: str
    region_text: str
    street: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAdjustment:
    stage: str
    code: str
    offer_ref: str
    amount: Decimal
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLine:
    """One line, priced. ``key`` is what the quote calls it."""

    key: str
    sku_id: int
    sku_version: int
    sku_code: str
    spu_slug: str
    name: str
    spec_text: str
    image_url: str
    weight_grams: int
    volume_cm3: int
    list_price: Decimal | None
    unit_price: Decimal
    quantity: int
    goods_amount: Decimal
    discount_amount: Decimal
    payable_amount: Decimal
    freight_amount: Decimal
    tax_amount: Decimal
    adjustments: tuple[NewAdjustment, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOrder:
    merchant_id: int
    remark: str
    lines: tuple[NewLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTrade:
    """A basket that was quoted, checked and agreed."""

    owner: str
    shopper_id: int | None
    checkout_key: UUID
    contact_phone: str
    address: AddressSnapshot
    orders: tuple[NewOrder, ...]
    currency: str
    language: str
    expires_at: datetime
