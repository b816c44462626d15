"""Which font can write Chinese on paper."""

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

SIMPLIFIED_CHINESE = 2  # its place in the Noto CJK collections
USUAL_PLACES = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/noto/NotoSansCJK-Regular.ttc",
    "/usr/local/share/fonts/NotoSansCJK-Regular.ttc",
)


@dataclass(frozen=True, slots=True)
class PaperFont:
    """A font file and, in a collection, which of its fonts."""

    path: str
    number: int


def find_paper_font() -> PaperFont | None:
    """Return the font that the settings name, or one of the usual places; None: print from the browser."""
    places = [settings.LOGISTICS_LABEL_FONT] if settings.LOGISTICS_LABEL_FONT else USUAL_PLACES
    for place in places:
        if Path(place).is_file():
            is_collection = place.lower().endswith((".ttc", ".otc"))
            return PaperFont(place, SIMPLIFIED_CHINESE if is_collection else 0)
    return None
