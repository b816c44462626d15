"""What a shopper needs in order to pay."""

from dataclasses import dataclass, field
from enum import StrEnum


class Scene(StrEnum):
    """How the shopper pays: on the channel's page, by scanning a code, inside the channel's own browser."""

    PAGE = "PAGE"
    QR = "QR"
    JSAPI = "JSAPI"


class ChargeKind(StrEnum):
    """REDIRECT: go to ``url``. FORM: post ``fields`` to ``url``. QR: show ``qr_text``. JSAPI: hand over ``fields``."""

    REDIRECT = "REDIRECT"
    FORM = "FORM"
    QR = "QR"
    JSAPI = "JSAPI"


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """An open request for money."""

    kind: ChargeKind
    payment_number: str
    url: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    qr_text: str = ""
