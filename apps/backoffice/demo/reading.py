"""The demo shop as its YAML files say it: who sells what, in which words and for how much."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import yaml
from django.utils.text import slugify

DEMO_DIR = Path(__file__).parent
MEDIA_DIR = DEMO_DIR / "media"
COLOUR_AXIS = "颜色"
_EXTRA = re.compile(r"(.+?)\+(\d+(?:\.\d+)?)")
_INHERITED = ("brand", "by", "care", "ship", "margin")
_DEFAULTS: dict[str, Any] = {"by": "emshop", "ship": "standard", "attrs": {}}


@dataclass(frozen=True, slots=True)
class DemoOption:
    """One choice on a spec axis and what it costs more."""

    name: str
    extra: Decimal


@dataclass(frozen=True, slots=True)
class DemoAxis:
    name: str
    options: tuple[DemoOption, ...]


@dataclass(frozen=True, slots=True)
class DemoCategory:
    slug: str
    name: str
    en: str
    parent: str
    level: int
    icon: str


@dataclass(frozen=True, slots=True)
class DemoSpu:
    code: str
    slug: str
    category: str
    department: str
    merchant: str
    brand: str
    shipping_class: str
    care: str
    name: str
    en: str
    subtitle: str
    about: str
    points: tuple[str, ...]
    icon: str
    tint: str
    paint: str
    price: Decimal
    list_price: Decimal
    cost_share: Decimal
    weight_grams: int
    axes: tuple[DemoAxis, ...]
    attributes: Mapping[str, str]
    limits: Mapping[str, int]
    tiers: Mapping[int, Decimal]

    @property
    def colours(self) -> tuple[str, ...]:
        """The names on the colour axis, if there is one."""
        return tuple(
            option.name for axis in self.axes if axis.name == COLOUR_AXIS for option in axis.options
        )

    def picture(self, place: int) -> str:
        """Return the name of the picture at this place of the gallery."""
        return f"goods/{self.code.lower()}-{place}.webp"

    def picture_in(self, colour: str) -> str:
        """Return the name of the picture that shows it in this colour."""
        place = self.colours.index(colour)
        return f"goods/{self.code.lower()}-c{place + 1}.webp" if place else self.picture(1)

    def combinations(self) -> Iterator[tuple[DemoOption, ...]]:
        """Return every SKU's choices, in the order of the axes."""
        return product(*(axis.options for axis in self.axes))


@cache
def shop_words() -> dict[str, Any]:
    """Return sellers, brands, shipping classes, attributes, axes, colours and care texts."""
    words: dict[str, Any] = read_yaml(DEMO_DIR / "shop.yaml")
    return words


@cache
def read_catalogue() -> tuple[tuple[DemoCategory, ...], tuple[DemoSpu, ...]]:
    """Return the categories, parents first, and the SPUs."""
    categories: list[DemoCategory] = []
    spus: list[DemoSpu] = []
    for path in sorted((DEMO_DIR / "catalogue").glob("*.yaml")):
        _walk(read_yaml(path), _DEFAULTS | {"path": ()}, categories, spus)
    return tuple(categories), tuple(spus)


@cache
def read_banners() -> tuple[dict[str, Any], ...]:
    """Return what the banners show and say."""
    return tuple(read_yaml(DEMO_DIR / "banners.yaml"))


@cache
def read_people() -> dict[str, Any]:
    """Return who may sign in, where goods lie and what sending costs."""
    people: dict[str, Any] = read_yaml(DEMO_DIR / "people.yaml")
    return people


def read_yaml(path: Path) -> Any:
    """Return what a YAML file says."""
    with path.open(encoding="utf-8") as file:
        return yaml.load(file, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 – it is the safe one


def _walk(
    node: dict[str, Any],
    above: dict[str, Any],
    categories: list[DemoCategory],
    spus: list[DemoSpu],
) -> None:
    path = above["path"]
    goods = node.get("goods", [])
    categories.append(
        DemoCategory(
            slug=node["slug"],
            name=node["name"],
            en=node["en"],
            parent=path[-1] if path else "",
            level=len(path) + 1,
            icon=str(node.get("icon") or _first_icon(node)),
        )
    )
    here = above | {key: node[key] for key in _INHERITED if key in node}
    here |= {"path": (*path, node["slug"]), "attrs": above["attrs"] | node.get("attrs", {})}
    for child in node.get("children", []):
        _walk(child, here, categories, spus)
    spus.extend(_spu(node, good, here, place) for place, good in enumerate(goods, start=1))


def _first_icon(node: dict[str, Any]) -> str:
    while not node.get("goods"):
        node = node["children"][0]
    return str(node["goods"][0]["icon"])


def _spu(leaf: dict[str, Any], good: dict[str, Any], above: dict[str, Any], place: int) -> DemoSpu:
    say = above | good
    price, list_price = (Decimal(str(amount)) for amount in good["price"])
    return DemoSpu(
        code=f"{leaf['code']}{place:02d}",
        slug=slugify(good["en"]),
        category=leaf["slug"],
        department=above["path"][0],
        merchant=say["by"],
        brand=say["brand"],
        shipping_class=say["ship"],
        care=say["care"],
        name=good["name"],
        en=good["en"],
        subtitle=good["sub"],
        about=good["about"],
        points=tuple(good["points"]),
        icon=str(good["icon"]),
        tint=good.get("tint", ""),
        paint=good.get("paint", ""),
        price=price,
        list_price=list_price,
        cost_share=Decimal(str(say["margin"])),
        weight_grams=int(Decimal(str(good["kg"])) * 1000),
        axes=tuple(_axis(name, options) for name, options in good["axes"].items()),
        attributes=above["attrs"] | good.get("attrs", {}),
        limits=_limits(good),
        tiers={int(at): Decimal(str(share)) for at, share in good.get("tiers", {}).items()},
    )


def _axis(name: str, options: list[Any]) -> DemoAxis:
    return DemoAxis(name, tuple(_option(str(option)) for option in options))


def _option(text: str) -> DemoOption:
    match = _EXTRA.fullmatch(text)
    return DemoOption(match[1], Decimal(match[2])) if match else DemoOption(text, Decimal(0))


def _limits(good: dict[str, Any]) -> dict[str, int]:
    """``limit`` says the most per order, or per shopper in so many days; ``min`` what one starts with."""
    return {**good.get("limit", {}), **good.get("min", {})}
