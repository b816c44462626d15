"""Grounds, light and shadow that drawings stand on."""

from functools import cache
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

from apps.backoffice.demo.pictures.ink import RGB, mix

SIZE = 800
_FONTS = Path("/usr/share/fonts/opentype/noto")
_WHITE: RGB = (255, 255, 255)
_SIMPLIFIED = 2  # index in the Noto CJK collections


@cache
def font(size: int, *, bold: bool = False) -> ImageFont.FreeTypeFont:
    """Return the typeface of the pictures (Debian: fonts-noto-cjk)."""
    name = "NotoSansCJK-Bold.ttc" if bold else "NotoSansCJK-Regular.ttc"
    return ImageFont.truetype(str(_FONTS / name), size, index=_SIMPLIFIED)


def gradient(width: int, height: int, top: RGB, bottom: RGB) -> Image.Image:
    """Return a ground that goes from one colour to another, with a soft light from the upper left."""
    ramp = Image.linear_gradient("L").resize((width, height))
    ground = Image.composite(
        Image.new("RGB", (width, height), bottom), Image.new("RGB", (width, height), top), ramp
    )
    light = ImageChops.invert(Image.radial_gradient("L")).resize((width * 2, height * 2))
    light = light.crop((width * 3 // 4, height * 3 // 4, width * 7 // 4, height * 7 // 4))
    light = light.point(lambda value: value * 2 // 5)
    return Image.composite(Image.new("RGB", (width, height), _WHITE), ground, light)


def scale(drawing: Image.Image, box: int) -> Image.Image:
    """Return the drawing as large as fits a square box, kept crisp."""
    share = box / max(drawing.size)
    size = (round(drawing.width * share), round(drawing.height * share))
    grown = drawing.resize(size, Image.Resampling.LANCZOS)
    if share > 1:
        grown = grown.filter(ImageFilter.UnsharpMask(radius=2, percent=90, threshold=2))
    return grown


def stand(
    ground: Image.Image, drawing: Image.Image, centre: tuple[int, int], *, shadow: RGB
) -> None:
    """Put a drawing on the ground, with the shadow where it touches and a softer one behind."""
    x, y = centre[0] - drawing.width // 2, centre[1] - drawing.height // 2
    _touch(ground, centre[0], y + drawing.height, drawing.width, shadow)
    _cast(ground, drawing, (x + 10, y + 22), shadow)
    ground.paste(drawing, (x, y), drawing)


def blot(ground: Image.Image, box: tuple[int, int, int, int], colour: RGB, blur: int) -> None:
    """Lay a soft-edged ellipse on the ground."""
    mask = Image.new("L", ground.size, 0)
    ImageDraw.Draw(mask).ellipse(box, fill=255)
    if blur:
        mask = mask.filter(ImageFilter.GaussianBlur(blur))
    ground.paste(Image.new("RGB", ground.size, colour), (0, 0), mask)


def window_light(ground: Image.Image) -> None:
    """Let light fall in through a window with four panes."""
    mask = Image.new("L", ground.size, 0)
    draw = ImageDraw.Draw(mask)
    for left, top in ((250, -40), (470, -40), (190, 240), (410, 240)):
        draw.polygon(
            [(left, top), (left + 190, top), (left + 130, top + 250), (left - 60, top + 250)],
            fill=82,
        )
    mask = mask.filter(ImageFilter.GaussianBlur(9))
    ground.paste(Image.new("RGB", ground.size, (255, 252, 240)), (0, 0), mask)


def write(
    ground: Image.Image,
    at: tuple[int, int],
    text: str,
    face: ImageFont.FreeTypeFont,
    colour: RGB,
    anchor: str = "la",
) -> None:
    """Write one line."""
    ImageDraw.Draw(ground).text(at, text, font=face, fill=colour, anchor=anchor)


def _touch(ground: Image.Image, x: int, foot: int, width: int, shadow: RGB) -> None:
    reach, depth = round(width * 0.44), max(10, width // 18)
    for share, blur in ((0.55, 26), (0.3, 10)):
        spread = round(reach * (0.7 + share / 2))
        mask = Image.new("L", ground.size, 0)
        box = (x - spread, foot - depth, x + spread, foot + depth)
        ImageDraw.Draw(mask).ellipse(box, fill=round(210 * share))
        mask = mask.filter(ImageFilter.GaussianBlur(blur))
        ground.paste(Image.new("RGB", ground.size, mix(shadow, (0, 0, 0), 0.45)), (0, 0), mask)


def _cast(ground: Image.Image, drawing: Image.Image, at: tuple[int, int], shadow: RGB) -> None:
    mask = Image.new("L", ground.size, 0)
    mask.paste(drawing.getchannel("A").point(lambda alpha: alpha * 3 // 10), at)
    mask = mask.filter(ImageFilter.GaussianBlur(22))
    ground.paste(Image.new("RGB", ground.size, mix(shadow, (0, 0, 0), 0.3)), (0, 0), mask)
