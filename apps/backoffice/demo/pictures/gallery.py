"""The pictures of one SPU: alone, in use, its reasons, and its colours or its facts."""

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter

from apps.backoffice.demo.pictures.canvas import (
    SIZE,
    blot,
    font,
    gradient,
    scale,
    stand,
    window_light,
    write,
)
from apps.backoffice.demo.pictures.ink import (
    RGB,
    from_hex,
    load_drawing,
    main_colour,
    mix,
    recolour,
    shade,
)
from apps.backoffice.demo.reading import DemoSpu, shop_words

_INK: RGB = (44, 40, 38)
_WHITE: RGB = (255, 255, 255)
_CARD_CHARACTERS = 10  # what fits beside the drawing on the card of facts
# What stands in the background of a department's scenes.
_PROPS = {
    "home": ("1fab4", "1f4da", "1f56f-fe0f", "1f5bc-fe0f"),
    "kitchen": ("1f33f", "1fad9", "1f34b", "1f37d-fe0f"),
    "clothing": ("1fab4", "1f6cd-fe0f", "1fa9e", "1f490"),
    "bags": ("1f5fa-fe0f", "1f576-fe0f", "1f4f7", "2615"),
    "digital": ("1fab4", "2615", "1f4da", "1f4a1"),
    "food": ("1f33f", "1f9fa", "1f37d-fe0f", "1fad9"),
    "beauty": ("1f338", "1fa9e", "1f33f", "1f56f-fe0f"),
    "baby-toys": ("1f388", "1f4da", "1f9e9", "1f31f"),
    "sport": ("26f0-fe0f", "1f332", "1f9ed", "1f3c5"),
    "culture": ("1f4da", "2615", "1fab4", "1f56f-fe0f"),
    "pets-garden": ("1f33b", "1fab4", "1f43e", "1f33f"),
    "tools-gifts": ("1fab4", "1f381", "1f4e6", "1fa9c"),
}


@dataclass(frozen=True, slots=True)
class Palette:
    """What suits one drawing."""

    light: RGB
    ground: RGB
    deep: RGB
    accent: RGB

    @classmethod
    def of(cls, colour: RGB) -> "Palette":
        return cls(
            light=shade(colour, saturation=0.42, lightness=0.955),
            ground=shade(colour, saturation=0.36, lightness=0.865),
            deep=shade(colour, saturation=0.32, lightness=0.62),
            accent=shade(colour, saturation=0.45, lightness=0.36),
        )


def dress(assets: Path, spu: DemoSpu, colour: str = "") -> Image.Image:
    """Return the SPU's drawing in one of its colours, or as it is."""
    drawing = load_drawing(assets, spu.icon)
    name = colour or spu.tint
    if not name:
        return drawing
    return recolour(drawing, from_hex(shop_words()["colours"][name][1]), over=spu.paint)


def draw_hero(assets: Path, spu: DemoSpu, colour: str = "") -> Image.Image:
    """Show it alone, on one of three stages."""
    drawing = dress(assets, spu, colour)
    palette = Palette.of(main_colour(drawing))
    ground = gradient(SIZE, SIZE, palette.light, palette.ground)
    stage = _STAGES[zlib.crc32(spu.department.encode() + spu.code[:3].encode()) % len(_STAGES)]
    foot = stage(ground, palette)
    product = scale(drawing, 470)
    stand(ground, product, (SIZE // 2, foot - product.height // 2), shadow=palette.deep)
    return ground


def draw_scene(assets: Path, spu: DemoSpu) -> Image.Image:
    """Show it on a table by the window, among things of its department."""
    drawing = dress(assets, spu, spu.colours[-1] if spu.colours else "")
    palette = Palette.of(main_colour(drawing))
    ground = gradient(SIZE, SIZE, palette.ground, palette.light)
    window_light(ground)
    _table(ground, palette)
    for prop, x, box in zip(_props(spu), (128, 690), (250, 210), strict=True):
        side = scale(load_drawing(assets, prop), box).filter(ImageFilter.GaussianBlur(3.2))
        stand(ground, side, (x, 570 - side.height // 2), shadow=palette.deep)
    product = scale(drawing, 430)
    stand(ground, product, (SIZE // 2 + 10, 655 - product.height // 2), shadow=palette.deep)
    return ground


def draw_reasons(assets: Path, spu: DemoSpu) -> Image.Image:
    """Show a close-up and say why one would want it."""
    drawing = dress(assets, spu, spu.colours[0] if spu.colours else "")
    palette = Palette.of(main_colour(drawing))
    ground = gradient(SIZE, SIZE, palette.light, palette.ground)
    blot(ground, (330, 300, 1010, 980), mix(palette.ground, palette.deep, 0.35), 0)
    product = scale(drawing, 620)
    stand(ground, product, (610, 600), shadow=palette.deep)
    write(ground, (60, 66), spu.subtitle, font(46, bold=True), palette.accent)
    ImageDraw.Draw(ground).rounded_rectangle((62, 142, 122, 148), 3, fill=palette.accent)
    for place, point in enumerate(spu.points):
        _pill(ground, (60, 184 + place * 70), point, palette)
    return ground


def draw_colours(assets: Path, spu: DemoSpu) -> Image.Image:
    """Show all its colours side by side, with their names."""
    names = spu.colours[:4]
    palette = Palette.of(main_colour(dress(assets, spu, names[0])))
    ground = gradient(SIZE, SIZE, mix(palette.light, _WHITE, 0.5), palette.light)
    _heading(ground, f"{len(spu.colours)} 色可选", spu.name, palette)
    places = {1: [(400, 480)], 2: [(230, 480), (570, 480)], 3: [(148, 470), (400, 470), (652, 470)]}
    four = [(230, 355), (570, 355), (230, 615), (570, 615)]
    for name, (x, y) in zip(names, places.get(len(names), four), strict=True):
        reach = {2: 140, 3: 112}.get(len(names), 106)
        tone = from_hex(shop_words()["colours"][name][1])
        blot(ground, (x - reach, y - reach, x + reach, y + reach), mix(tone, _WHITE, 0.72), 0)
        product = scale(dress(assets, spu, name), round(reach * 1.5))
        stand(ground, product, (x, y), shadow=palette.deep)
        write(ground, (x, y + reach + 10), name, font(26), _INK, "ma")
    return ground


def draw_facts(assets: Path, spu: DemoSpu) -> Image.Image:
    """Show what it is made of, and from where, as a card."""
    drawing = dress(assets, spu)
    palette = Palette.of(main_colour(drawing))
    ground = gradient(SIZE, SIZE, palette.light, palette.ground)
    _heading(ground, shop_words()["brands"][spu.brand]["name"], spu.name, palette)
    ImageDraw.Draw(ground).rounded_rectangle((60, 220, 740, 740), 36, fill=_WHITE)
    blot(ground, (86, 330, 386, 630), palette.light, 0)
    product = scale(drawing, 230)
    stand(ground, product, (236, 480), shadow=palette.deep)
    rows = _facts(spu)
    for place, (label, value) in enumerate(rows):
        top = 480 - len(rows) * 41 + place * 82
        write(ground, (436, top), label, font(22), mix(_INK, _WHITE, 0.45))
        write(ground, (436, top + 30), value, font(28, bold=True), _INK)
    return ground


def draw_fourth(assets: Path, spu: DemoSpu) -> Image.Image:
    """Show its colours where it has several, else its facts."""
    return draw_colours(assets, spu) if len(spu.colours) > 1 else draw_facts(assets, spu)


def _props(spu: DemoSpu) -> tuple[str, str]:
    around = [icon for icon in _PROPS[spu.department] if icon != spu.icon]
    first = zlib.crc32(spu.slug.encode()) % len(around)
    return around[first], around[(first + 1) % len(around)]


def _facts(spu: DemoSpu) -> Sequence[tuple[str, str]]:
    facts = list(spu.attributes.items())[:3]
    choices = [(axis.name, " / ".join(o.name for o in axis.options)) for axis in spu.axes]
    short = [
        (label, value) for label, value in (*facts, *choices) if len(value) <= _CARD_CHARACTERS
    ]
    return (*short[:4], ("净重", f"{spu.weight_grams / 1000:g} 千克"))[:5]


def _heading(ground: Image.Image, title: str, line: str, palette: Palette) -> None:
    write(ground, (SIZE // 2, 62), title, font(46, bold=True), palette.accent, "ma")
    write(ground, (SIZE // 2, 142), line, font(28), mix(_INK, _WHITE, 0.2), "ma")


def _pill(ground: Image.Image, at: tuple[int, int], text: str, palette: Palette) -> None:
    face = font(27)
    width = round(face.getlength(text))
    draw = ImageDraw.Draw(ground)
    draw.rounded_rectangle((at[0], at[1], at[0] + width + 78, at[1] + 54), 27, fill=_WHITE)
    dot = (at[0] + 24, at[1] + 27)
    draw.ellipse((dot[0] - 8, dot[1] - 8, dot[0] + 8, dot[1] + 8), fill=palette.accent)
    write(ground, (at[0] + 46, at[1] + 26), text, face, _INK, "lm")


def _table(ground: Image.Image, palette: Palette) -> None:
    top = mix(palette.light, (236, 216, 190), 0.55)
    board = gradient(SIZE, 260, top, mix(top, palette.deep, 0.35))
    ground.paste(board, (0, 540))
    edge = mix(top, _WHITE, 0.6)
    ImageDraw.Draw(ground).line((0, 540, SIZE, 540), fill=edge, width=3)


def _disc(ground: Image.Image, palette: Palette) -> int:
    blot(ground, (120, 90, 680, 650), mix(palette.ground, palette.deep, 0.22), 0)
    return 668


def _podium(ground: Image.Image, palette: Palette) -> int:
    side, top = mix(palette.ground, palette.deep, 0.38), mix(palette.light, _WHITE, 0.45)
    draw = ImageDraw.Draw(ground)
    blot(ground, (90, 650, 710, 800), mix(palette.ground, palette.deep, 0.5), 24)
    draw.ellipse((120, 652, 680, 772), fill=side)
    draw.rectangle((120, 652, 680, 712), fill=side)
    draw.ellipse((120, 592, 680, 712), fill=top)
    return 668


def _floor(ground: Image.Image, palette: Palette) -> int:
    floor = gradient(SIZE, SIZE - 560, mix(palette.light, _WHITE, 0.4), palette.light)
    mask = Image.new("L", floor.size, 0)
    ImageDraw.Draw(mask).ellipse((-300, 0, SIZE + 300, 900), fill=255)
    ground.paste(floor, (0, 560), mask.filter(ImageFilter.GaussianBlur(1)))
    return 690


_STAGES: tuple[Callable[[Image.Image, Palette], int], ...] = (_disc, _podium, _floor)
