"""
Specs and price tiers as an operator types them, and back.

    colour: 颜色/Colour = red: 红色/Red, blue: 蓝色/Blue
    size: 尺码/Size = s: S, l: L
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from apps.catalog.drafts import AxisDraft, ValueDraft
from apps.catalog.models import SpecAxis

LANGUAGES = ("zh-hans", "en")
FULL_WIDTH = str.maketrans({"：": ":", "，": ",", "／": "/", "＝": "="})
CODE = re.compile(r"[-\w]{1,40}")


class UnreadableText(ValueError):
    """The text does not follow the pattern; the message says where."""


def read_axes(text: str) -> list[AxisDraft]:
    """
    Read one axis per line.

    :raises UnreadableText: with the line that cannot be read
    """
    return [_axis(line) for line in text.translate(FULL_WIDTH).splitlines() if line.strip()]


def write_axes(axes: Iterable[SpecAxis]) -> str:
    """Return axes (with their values prefetched) as ``read_axes`` reads them."""
    lines = []
    for axis in axes:
        values = sorted(axis.values.all(), key=lambda value: (value.position, value.pk))
        chosen = ", ".join(_write_names(value.code, value.names) for value in values)
        lines.append(f"{_write_names(axis.code, axis.names)} = {chosen}")
    return "\n".join(lines)


def read_specs(text: str, axes: Sequence[AxisDraft]) -> dict[str, str]:
    """
    Read which value a SKU has on each axis: "red, l".

    :raises UnreadableText: if there is not one value for each axis
    """
    codes = [code.strip() for code in text.translate(FULL_WIDTH).split(",") if code.strip()]
    if len(codes) != len(axes):
        names = ", ".join(axis.code for axis in axes) or "–"
        raise UnreadableText(_("one value for each of: {axes}").format(axes=names))
    return {axis.code: code for axis, code in zip(axes, codes, strict=True)}


def read_tiers(text: str) -> list[tuple[int, Decimal]]:
    """
    Read price tiers: "10: 35.00, 50: 30.00".

    :raises UnreadableText: with the tier that cannot be read
    """
    tiers = []
    for part in text.translate(FULL_WIDTH).split(","):
        if not part.strip():
            continue
        quantity, _colon, price = part.partition(":")
        try:
            tiers.append((int(quantity), Decimal(price.strip())))
        except (ValueError, InvalidOperation) as problem:
            raise UnreadableText(_("“{part}” is not like 10: 35.00").format(part=part)) from problem
    return tiers


def write_tiers(tiers: Iterable[tuple[int, Decimal]]) -> str:
    return ", ".join(f"{quantity}: {price:.2f}" for quantity, price in sorted(tiers))


def _axis(line: str) -> AxisDraft:
    head, equals, rest = line.partition("=")
    values = [_named(part) for part in rest.split(",") if part.strip()]
    if not equals or not values:
        raise UnreadableText(_("“{line}” is not like colour: 颜色 = red: 红色").format(line=line))
    code, names = _named(head)
    return AxisDraft(
        code=code,
        names=names,
        values=[ValueDraft(code=value, names=texts) for value, texts in values],
    )


def _named(part: str) -> tuple[str, dict[str, str]]:
    code, _colon, names = part.partition(":")
    code = code.strip()
    if not CODE.fullmatch(code):
        raise UnreadableText(_("“{part}” does not begin with a code").format(part=part.strip()))
    texts = [name.strip() for name in (names.strip() or code).split("/")]
    return code, {language: text for language, text in zip(LANGUAGES, texts, strict=False) if text}


def _write_names(code: str, names: Mapping[str, str]) -> str:
    texts = "/".join(names.get(language, "") for language in LANGUAGES).rstrip("/")
    return f"{code}: {texts}" if texts and texts != code else code
