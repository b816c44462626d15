"""Reading pictures that strangers send, and drawing what pages show of them."""

import struct
import zlib
from io import BytesIO
from typing import IO

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

FORMATS = ("JPEG", "PNG", "WEBP")
EXTENSIONS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp"}
MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 40_000_000
MAX_SIDE = 2000
MIN_SIDE = 16
WIDTHS = (160, 400, 800, 1200)


BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    LookupError,
    AttributeError,
    TypeError,
    ArithmeticError,
    EOFError,
    MemoryError,
    struct.error,
    zlib.error,
)  # what Pillow raises for bytes that were made to hurt


class UnreadablePicture(ValueError):
    """These bytes are not a picture that the shop takes; the text says why."""


def reencode(file: IO[bytes]) -> tuple[bytes, str]:
    """
    Return a picture drawn anew (no metadata, nothing behind it, at most 2000 pixels wide) and its format.

    :raises UnreadablePicture: unless it is one whole JPEG, PNG or WebP within the limits
    """
    data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise UnreadablePicture(_("it is larger than 10 MB."))
    picture, kind = _open(data)
    picture.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS)
    return _encode(picture, kind), kind


def render(name: str) -> dict[str, dict[str, str]]:
    """
    Draw the renditions of a stored picture and return their paths by width and format.

    :raises UnreadablePicture: if the stored file is not one
    """
    with default_storage.open(name) as file:
        picture, _kind = _open(file.read())
    stem = name.rpartition(".")[0]
    found: dict[str, dict[str, str]] = {}
    for width in [w for w in WIDTHS if w < picture.width] or [picture.width]:
        height = max(1, round(picture.height * width / picture.width))
        small = picture.resize((width, height), Image.Resampling.LANCZOS)
        found[str(width)] = {
            kind.lower(): _store(f"{stem}-{width}.{EXTENSIONS[kind]}", _encode(small, kind))
            for kind in ("WEBP", "JPEG")
        }
    return found


def _open(data: bytes) -> tuple[Image.Image, str]:
    try:
        picture = Image.open(BytesIO(data), formats=FORMATS)
        kind = str(picture.format)
        if picture.width * picture.height > MAX_PIXELS:
            raise UnreadablePicture(_("it has more than 40 million pixels."))
        if min(picture.size) < MIN_SIDE:
            raise UnreadablePicture(_("it is too small."))
        picture.load()
        upright = ImageOps.exif_transpose(picture)
    except UnreadablePicture:
        raise
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as problem:
        raise UnreadablePicture(_("it has more than 40 million pixels.")) from problem
    except BROKEN as problem:
        raise UnreadablePicture(_("it is not a whole JPEG, PNG or WebP picture.")) from problem
    is_clear = "A" in upright.getbands() or "transparency" in upright.info
    return upright.convert("RGBA" if is_clear else "RGB"), kind


def _encode(picture: Image.Image, kind: str) -> bytes:
    out = BytesIO()
    if kind == "JPEG":
        _on_white(picture).save(out, "JPEG", quality=85, optimize=True, progressive=True)
    elif kind == "WEBP":
        picture.save(out, "WEBP", quality=82, method=4)
    else:
        picture.save(out, "PNG")
    return out.getvalue()


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode != "RGBA":
        return picture
    white = Image.new("RGB", picture.size, "white")
    white.paste(picture, mask=picture.getchannel("A"))
    return white


def _store(name: str, data: bytes) -> str:
    if default_storage.exists(name):
        default_storage.delete(name)
    return default_storage.save(name, ContentFile(data))
