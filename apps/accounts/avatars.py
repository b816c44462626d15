"""Pictures that strangers send: looked at with suspicion, then drawn anew (rule R25)."""

import uuid
import warnings
from io import BytesIO
from typing import IO

from django.core.files.base import ContentFile
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps, UnidentifiedImageError

from apps.core.errors import Refusal

MAX_BYTES = 5 * 1024 * 1024
MAX_PIXELS = 40_000_000
SIZE = (256, 256)


class BadPicture(Refusal):
    code = "BAD_PICTURE"
    http_status = 400
    text = _("Send a JPEG, PNG or WebP picture of at most 5 MB.")


def draw_avatar(upload: IO[bytes]) -> ContentFile[bytes]:
    """
    Return the picture cut square, without anything hidden in the file, under a random name.

    :raises BadPicture: if it is too large or none of the three kinds
    """
    raw = upload.read(MAX_BYTES + 1)
    if not raw or len(raw) > MAX_BYTES:
        raise BadPicture
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return ContentFile(_redraw(raw), name=f"{uuid.uuid4().hex}.webp")
    except (
        UnidentifiedImageError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
        OSError,
        ValueError,
        SyntaxError,  # what Pillow says to a broken PNG
        EOFError,
    ) as problem:
        raise BadPicture from problem


def _redraw(raw: bytes) -> bytes:
    with Image.open(BytesIO(raw), formats=("JPEG", "PNG", "WEBP")) as picture:
        if picture.width * picture.height > MAX_PIXELS:
            raise ValueError("too many pixels")
        picture.draft("RGB", (SIZE[0] * 2, SIZE[1] * 2))
        upright = ImageOps.exif_transpose(picture)
        square = ImageOps.fit(upright.convert("RGBA"), SIZE, Image.Resampling.LANCZOS)
        page = Image.new("RGB", SIZE, "white")
        page.paste(square, mask=square.getchannel("A"))
        out = BytesIO()
        page.save(out, "WEBP", quality=82)
        return out.getvalue()
