"""Banners, category tiles and sellers' marks."""

from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFilter

from apps.backoffice.demo.pictures.canvas import blot, font, gradient, scale, stand, write
from apps.backoffice.demo.pictures.ink import (
    RGB,
    from_hex,
    load_drawing,
    main_colour,
    mix,
    shade,
)

WIDE, NARROW = (1680, 560), (780, 468)
TILE = 240
_WHITE: RGB = (255, 255, 255)
# Where the four drawings stand: centre and box, as shares of the height, from the right edge.
_PLACES = ((0.62, 0.56, 0.66), (1.12, 0.64, 0.44), (0.24, 0.7, 0.36), (1.46, 0.74, 0.26))
_NARROW_PLACES = ((0.42, 0.52, 0.56), (0.16, 0.76, 0.34), (0.72, 0.8, 0.28))


def draw_banner(assets: Path, banner: dict[str, Any], size: tuple[int, int]) -> Image.Image:
    """Draw goods on the right and leave the left to the words."""
    width, height = size
    light, ground = (from_hex(colour) for colour in banner["ground"])
    deep = mix(ground, shade(ground, saturation=0.4, lightness=0.4), 0.5)
    picture = gradient(width, height, light, ground)
    _sun(picture, mix(ground, _WHITE, 0.45))
    _hill(picture, mix(ground, deep, 0.18))
    places = _PLACES if size == WIDE else _NARROW_PLACES
    # the nearest last, so that it stands in front
    for (right, down, box), icon in reversed(list(zip(places, banner["icons"], strict=False))):
        product = scale(load_drawing(assets, icon), round(height * box))
        at = (width - round(height * right), round(height * down))
        stand(picture, product, at, shadow=deep)
    return picture


def draw_tile(assets: Path, icon: str) -> Image.Image:
    """Draw the entrance to a category."""
    drawing = load_drawing(assets, icon)
    colour = main_colour(drawing)
    light = shade(colour, saturation=0.45, lightness=0.95)
    picture = gradient(TILE, TILE, light, shade(colour, saturation=0.4, lightness=0.87))
    product = scale(drawing, 158)
    deep = shade(colour, saturation=0.3, lightness=0.6)
    shadow = Image.new("L", picture.size, 0)
    foot = 120 + product.height // 2
    ImageDraw.Draw(shadow).ellipse((60, foot - 10, 180, foot + 8), fill=120)
    shadow = shadow.filter(ImageFilter.GaussianBlur(6))
    picture.paste(Image.new("RGB", picture.size, deep), (0, 0), shadow)
    picture.paste(product, (120 - product.width // 2, 120 - product.height // 2), product)
    return picture


def draw_mark(name: str, colour: str) -> Image.Image:
    """Draw a seller's or a brand's mark: the first characters on its colour."""
    base = from_hex(colour)
    picture = gradient(TILE, TILE, mix(base, _WHITE, 0.12), base)
    short = name[:2]
    face = font(96 if short.isascii() else 92, bold=True)
    write(picture, (TILE // 2, TILE // 2 - 4), short, face, _WHITE, "mm")
    return picture


def _sun(picture: Image.Image, colour: RGB) -> None:
    height = picture.height
    middle = picture.width - round(height * 0.72)
    reach = round(height * 0.52)
    box = (
        middle - reach,
        round(height * 0.42) - reach,
        middle + reach,
        round(height * 0.42) + reach,
    )
    blot(picture, box, colour, 1)


def _hill(picture: Image.Image, colour: RGB) -> None:
    width, height = picture.size
    box = (round(width * 0.32), round(height * 0.76), round(width * 1.5), round(height * 1.9))
    blot(picture, box, colour, 1)
