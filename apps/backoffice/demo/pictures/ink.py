"""Colours: what a drawing is mostly made of, soft grounds that suit it, and its recolouring."""

import colorsys
from functools import cache
from pathlib import Path

from PIL import Image, ImageChops, ImageFilter, ImageOps

RGB = tuple[int, int, int]
_VIVID = 60  # of 255: below it a pixel counts as grey
_HUE_REACH = 26  # of 256, to each side of the main hue
_SOFTEN = 1.2
_SEEN, _SOLID = 8, 128  # of 255: how opaque a pixel is


def from_hex(text: str) -> RGB:
    """Return the colour of ``#RRGGBB``."""
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def shade(colour: RGB, *, saturation: float, lightness: float) -> RGB:
    """Return the same hue, as vivid and as light as asked."""
    hue, _, own = colorsys.rgb_to_hls(*(part / 255 for part in colour))
    red, green, blue = colorsys.hls_to_rgb(hue, lightness, min(saturation, own + 0.15))
    return round(red * 255), round(green * 255), round(blue * 255)


def mix(one: RGB, other: RGB, share: float) -> RGB:
    """Return the colour that lies ``share`` of the way from one to the other."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


@cache
def load_drawing(assets: Path, icon: str) -> Image.Image:
    """Return one drawing, cut to what is on it."""
    drawing = Image.open(assets / f"{icon}.webp").convert("RGBA")
    return drawing.crop(
        drawing.getchannel("A").point(lambda alpha: 255 * (alpha > _SEEN)).getbbox()
    )


def main_colour(drawing: Image.Image) -> RGB:
    """Return what most of the vivid pixels are, or a warm grey for a drawing without any."""
    small = drawing.resize((48, 48))
    hue = _main_hue(small)
    if hue is None:
        return 196, 188, 178
    red, green, blue = colorsys.hsv_to_rgb(hue / 255, 0.6, 0.8)
    return round(red * 255), round(green * 255), round(blue * 255)


def recolour(drawing: Image.Image, target: RGB, *, over: str = "") -> Image.Image:
    """
    Return the drawing with its main colour turned into another, light and shadow kept.

    ``over`` says what to paint over instead: a colour (#RRGGBB), or ``greys``, or ``all``.
    """
    mask = _mask(drawing, over)
    grey = ImageOps.grayscale(drawing.convert("RGB"))
    middle = _mean(grey, mask)
    dark, light = mix(target, (14, 12, 18), 0.72), mix(target, (255, 255, 255), 0.72)
    painted = ImageOps.colorize(
        grey, black=dark, mid=target, white=light, midpoint=min(max(middle, 60), 200)
    )
    painted = Image.composite(painted, drawing.convert("RGB"), mask)
    painted.putalpha(drawing.getchannel("A"))
    return painted


def _main_hue(drawing: Image.Image) -> int | None:
    hue, saturation, value = drawing.convert("RGB").convert("HSV").split()
    counts = [0] * 256
    pixels = zip(
        hue.tobytes(),
        saturation.tobytes(),
        value.tobytes(),
        drawing.getchannel("A").tobytes(),
        strict=True,
    )
    for h, s, v, alpha in pixels:
        if s > _VIVID and v > _VIVID and alpha > _SOLID:
            counts[h] += s
    if sum(counts) < 255 * 40:
        return None
    return max(range(256), key=lambda h: sum(counts[(h + near) % 256] for near in range(-8, 9)))


def _mask(drawing: Image.Image, over: str) -> Image.Image:
    alpha = drawing.getchannel("A")
    main = _hue_of(over) if over.startswith("#") else _main_hue(drawing.resize((48, 48)))
    if over == "all" or (main is None and over != "greys"):
        return alpha
    hue, saturation, _ = drawing.convert("RGB").convert("HSV").split()
    if over == "greys":
        mask = ImageChops.multiply(saturation.point(lambda s: max(0, 255 - s * 4)), alpha)
    else:
        near = hue.point(lambda h: 255 * (min((h - main) % 256, (main - h) % 256) <= _HUE_REACH))
        vivid = saturation.point(lambda s: min(255, max(0, (s - 26) * 7)))
        mask = ImageChops.multiply(ImageChops.multiply(near, vivid), alpha)
    return mask.filter(ImageFilter.GaussianBlur(_SOFTEN))


def _hue_of(text: str) -> int:
    hue, _, _ = colorsys.rgb_to_hsv(*(part / 255 for part in from_hex(text)))
    return round(hue * 255)


def _mean(grey: Image.Image, mask: Image.Image) -> int:
    values = [v for v, m in zip(grey.tobytes(), mask.tobytes(), strict=True) if m > _SOLID]
    return sum(values) // len(values) if values else 128
